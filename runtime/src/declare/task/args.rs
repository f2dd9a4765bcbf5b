//! The args of a task's container.

use super::{EXECUTABLE, Mapped, RawContainer};
use crate::declare::{LiteralType, SimpleType};
use crate::wire::Writer;

/// The executable and its args up to the task's name.
pub(super) const EXECUTE: (&str, [&str; 12]) = (
    EXECUTABLE,
    [
        "execute",
        "--inputs",
        "{{.input}}",
        "--output-prefix",
        "{{.outputPrefix}}",
        "--raw-output-data-prefix",
        "{{.rawOutputDataPrefix}}",
        "--checkpoint-path",
        "{{.checkpointOutputPrefix}}",
        "--prev-checkpoint",
        "{{.prevCheckpointPrefix}}",
        "--task",
    ],
);

/// flytekit's name of the resolver that finds a task by its template.
pub(crate) const BY_TEMPLATE: &str =
    "flytekit.core.python_customized_container_task.default_task_template_resolver";

/// flytekit's args of a shim task up to the executor's name.
pub(super) const SHIM: [&str; 11] = [
    "pyflyte-execute",
    "--inputs",
    "{{.input}}",
    "--output-prefix",
    "{{.outputPrefix}}",
    "--raw-output-data-prefix",
    "{{.rawOutputDataPrefix}}",
    "--resolver",
    BY_TEMPLATE,
    "--",
    "{{.taskTemplatePath}}",
];

/// The args of a task's container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Args {
    /// The executable, and the args that make it run the task's function.
    Execute,
    /// Like [`Args::Execute`], with the executable at this path, if no image contains it.
    ExecuteAt(&'static str),
    /// The executable, and the args that make it run the function of another task for one element of lists;
    /// the container learns the element's index.
    Map(Mapped),
    /// The args that make any image with this executor run the task by its template: Python's flytekit, and
    /// programs with [executors](crate::shim) of this crate.
    Shim(&'static str),
    /// The arguments of an application that the backend starts instead of a function.
    Application(&'static [Arg]),
    /// A program in any language, with the places of its data.
    Container(&'static RawContainer),
}

impl Args {
    /// Whether the task has a description in Flyte even if its function has no documentation: all tasks
    /// except those for which flytekit writes none.
    pub(super) const fn are_described(self) -> bool {
        matches!(
            self,
            Args::Execute | Args::ExecuteAt(_) | Args::Application(_)
        )
    }
}

/// The flag before the names of the lists, after the name of a map's task.
pub(super) const MAP: &str = "--map";

/// One argument of a program that does not use flytekit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arg {
    /// Text, passed on as it is.
    Text(&'static str),
    /// The value of the input with this name.
    Input(&'static str),
}

impl Arg {
    /// Writes the arg as a string at `field`; an input becomes the variable that the backend replaces,
    /// `{{.inputs.NAME}}`.
    pub(super) const fn encode(self, w: &mut Writer<'_>, field: u32) {
        match self {
            Arg::Text(text) => w.string(field, text),
            Arg::Input(name) => {
                let end = w.len();
                w.raw(b"}}");
                w.raw(name.as_bytes());
                w.raw(b"{{.inputs.");
                w.message(field, end);
            }
        }
    }
}

impl LiteralType {
    /// Stops the build for an input's type that the backend cannot write into an argument.
    ///
    /// # Panics
    ///
    /// If it is not a string, integer, float or boolean.
    #[track_caller]
    pub const fn check_argument(&self) {
        assert!(
            matches!(
                self,
                LiteralType::Simple(
                    SimpleType::String
                        | SimpleType::Integer
                        | SimpleType::Float
                        | SimpleType::Boolean
                )
                // This is not a Flyte type: the interface reports the reason.
                | LiteralType::Refused(_)
            ),
            "Flyte cannot write a value of this type into an argument of an application: take a string, an integer, a float or a boolean"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{LiteralType, SimpleType};

    #[test]
    fn only_primitives_are_arguments() {
        let stops = |ty: LiteralType| std::panic::catch_unwind(|| ty.check_argument()).is_err();
        for simple in [
            SimpleType::String,
            SimpleType::Integer,
            SimpleType::Float,
            SimpleType::Boolean,
        ] {
            assert!(!stops(LiteralType::Simple(simple)));
        }
        assert!(stops(LiteralType::Simple(SimpleType::None)));
        assert!(stops(LiteralType::Collection(&LiteralType::Simple(
            SimpleType::Integer
        ))));
        assert!(stops(LiteralType::Dict));
    }
}
