//! Executors and their tasks, where nothing is what it is elsewhere.

#![no_implicit_prelude]
#![allow(
    dead_code,
    non_camel_case_types,
    reason = "what shadows is not used, and has the names of others"
)]

/// Not what the tasks return.
pub(crate) struct Result;
pub(crate) struct Some;
pub(crate) struct str;
pub(crate) mod core {}
pub(crate) mod flytekit {}
pub(crate) mod shim {}

/// Gives the text of the template.
pub(crate) struct Texts;

::flytekit::shim::executor!(Texts, "hygiene.Texts");

impl ::flytekit::shim::ShimTaskExecutor for Texts {
    fn execute_from_template(
        &self,
        template: &::flytekit::shim::TaskTemplate,
        _: &::flytekit::shim::TemplateInputs<'_>,
    ) -> ::flytekit::Result<::flytekit::shim::TemplateOutputs> {
        let text = template.custom()["text"].as_str().unwrap_or_default();
        ::flytekit::shim::TemplateOutputs::of(&::std::borrow::ToOwned::to_owned(text))
    }
}

/// Finds nothing.
pub(crate) struct Nobody;

::flytekit::shim::resolver!(Nobody, "hygiene.nobody");

impl ::flytekit::shim::TaskResolver for Nobody {
    fn load_task(
        &self,
        _: &[&::core::primitive::str],
        _: &::flytekit::registry::Registry,
    ) -> ::flytekit::Result<::flytekit::registry::RegisteredTask> {
        ::core::result::Result::Err(::flytekit::Error::user("nobody"))
    }
}

const TEXT: &::core::primitive::str = "here";

#[::flytekit::task(shim(
    executor = Texts,
    image = "app:1",
    task_type = TEXT,
    custom = { "text": TEXT },
    config("key" = "value"),
))]
pub(crate) fn shadowed(
    inputs: ::core::primitive::i64,
    /** described */
    out: ::std::string::String,
    r#type: ::core::primitive::f64,
) -> ::flytekit::Result<::std::string::String>;

macro_rules! of_executor {
    ($name:ident, $executor:path, $input:ident: $ty:ty) => {
        #[::flytekit::task(shim(executor = $executor, image = "app:1"))]
        pub(crate) fn $name($input: $ty) -> ::flytekit::Result<::std::string::String>;
    };
}

of_executor!(generated, crate::executors::Texts, rows: ::core::primitive::u8);

#[::flytekit::task(shim(executor = "hygiene.Texts", image = "app:1", custom = { "text": "named" }))]
pub(crate) fn named() -> ::flytekit::Result<::std::string::String>;

#[cfg(any())]
#[::flytekit::task(shim(executor = Texts, image = "app:1"))]
pub(crate) fn left_out();

/// They can be called, and run the executor.
#[::core::prelude::v1::test]
fn the_functions_run_their_executors() {
    let texts = [
        shadowed(1, ::std::string::String::new(), 2.5),
        generated(1),
        named(),
    ];
    let texts = texts.map(|text| text.unwrap_or_else(|error| ::std::format!("{error}")));
    ::std::assert_eq!(texts, ["here", "", "named"]);
}
