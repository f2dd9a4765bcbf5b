//! Functions whose bodies are written for them, where nothing is what it is elsewhere.

#![no_implicit_prelude]
#![allow(
    dead_code,
    non_upper_case_globals,
    reason = "what shadows is not used, and has the names of others"
)]

/// Not what the body returns.
pub(crate) struct Result;
pub(crate) struct Ok;
pub(crate) struct Some;
pub(crate) mod core {}
pub(crate) mod flytekit {}
pub(crate) const run: ::core::primitive::bool = false;
pub(crate) const task: ::core::primitive::bool = false;

const MAIN: &::core::primitive::str = "org.example.Main";
const FILES: [&::core::primitive::str; 1] = ["/opt/app.jar"];

#[::flytekit::task(generic_spark(
    application_type = Scala,
    main_class = MAIN,
    application = FILES[0],
    args(inputs, out, r#type, "x"),
))]
pub(crate) fn shadowed(
    inputs: ::core::primitive::i64,
    /** described */
    out: ::std::string::String,
    #[default(2.5)] r#type: ::core::primitive::f64,
);

macro_rules! application {
    ($name:ident, $file:expr, $input:ident: $ty:ty) => {
        #[::flytekit::task(generic_spark(
                                                                            application_type = R,
                                                                            application = $file,
                                                                            args("--input", $input)
                                                                        ))]
        pub(crate) fn $name($input: $ty);
    };
}

application!(generated, "/opt/app.R", rows: ::core::primitive::u8);

#[cfg(any())]
#[::flytekit::task(generic_spark(application_type = R, application = "/opt/app.R"))]
pub(crate) fn left_out();

/// They can be called, and say that there is no such file here.
#[::core::prelude::v1::test]
fn the_functions_are_there() {
    let shadowed: ::flytekit::Result<()> = shadowed(1, ::std::string::String::new(), 2.5);
    let generated: ::flytekit::Result<()> = generated(1);
    ::std::assert!(shadowed.is_err() && generated.is_err());
}
