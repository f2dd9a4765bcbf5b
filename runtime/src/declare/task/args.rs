//! What a task's container is started with.

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

/// flytekit's name of what finds a task by its template.
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
    /// The executable, and what makes it run the task's function as Flyte does.
    Execute,
    /// The same with the executable at this path, where no image has it.
    ExecuteAt(&'static str),
    /// The executable, and what makes it run the function of another task for one element of lists, of which
    /// the container is told the place.
    Map(Mapped),
    /// What makes any image that has the executor of this name run the task by its template: Python's
    /// flytekit, and programs with [executors](crate::shim) of this crate.
    Shim(&'static str),
    /// The arguments of an application that the backend starts in place of a function.
    Application(&'static [Arg]),
    /// A program of any language, and how its data goes in and out.
    Container(&'static RawContainer),
}

impl Args {
    /// Whether the task has a description in Flyte also where its function has no documentation: all but
    /// those tasks for which flytekit writes none.
    pub(super) const fn are_described(self) -> bool {
        matches!(
            self,
            Args::Execute | Args::ExecuteAt(_) | Args::Application(_)
        )
    }
}

/// What stands in front of the inputs that are lists, behind the name of a map's task.
pub(super) const MAP: &str = "--map";

/// One argument of a program that is none of this crate's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arg {
    /// Handed on as it is.
    Text(&'static str),
    /// The value of the input of this name.
    Input(&'static str),
}

impl Arg {
    /// Writes the arg as a string at `field`; an input as the variable that the backend replaces,
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
    /// Stops the build for the type of an input that the backend cannot write into an argument.
    ///
    /// # Panics
    ///
    /// When it is no string, integer, float or boolean.
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
                // No type at all: the interface says why.
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
