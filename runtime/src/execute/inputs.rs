//! The inputs of a run, decoded by name; every mistake in them is reported at once.

use crate::declare::TaskDescriptor;
use crate::error::Error;
use crate::types::{LiteralMapRef, LiteralRef, ValueError};

/// [`FlyteType::decode`](crate::types::FlyteType::decode) of a type. A function, not a bound: the
/// attribute's code names the trait once more for the interface, and one unsuitable type is then one
/// error.
pub type Decode<T> = fn(LiteralRef<'_>) -> Result<T, ValueError>;

/// The literals of `inputs.pb`, and what was wrong with those that were taken.
#[derive(Debug)]
pub struct Inputs<'a> {
    task: &'static TaskDescriptor,
    given: Vec<(&'a str, LiteralRef<'a>)>,
    mistakes: Vec<String>,
    /// What failed on the way to an input, though another try may succeed.
    passing: Option<Error>,
}

impl<'a> Inputs<'a> {
    /// Reads the names; the values stay as they are until they are taken.
    pub(crate) fn new(task: &'static TaskDescriptor, literal_map: &'a [u8]) -> Result<Self, Error> {
        let given = LiteralMapRef::new(literal_map)
            .iter()
            .collect::<Result<_, _>>();
        let given = given.map_err(|error| {
            Error::system(format!(
                "the inputs of task {} are not a LiteralMap",
                task.name
            ))
            .with_source(error)
        })?;
        Ok(Inputs {
            task,
            given,
            mistakes: Vec::new(),
            passing: None,
        })
    }

    /// Whether some input is a table, or holds some.
    pub(super) fn hold_datasets(&self) -> bool {
        let mut inputs = self.task.inputs.iter();
        inputs.any(|input| input.literal_type.holds_dataset())
    }

    /// What `decode` makes of all inputs, or all that is wrong with them.
    pub(super) fn decode_all<A>(
        &mut self,
        decode: fn(&mut Inputs<'_>) -> Option<A>,
    ) -> Result<A, Error> {
        let arguments = decode(self);
        self.finish()?;
        arguments.ok_or_else(Self::lost)
    }

    /// The error of an input that is neither there nor a mistake.
    pub fn lost() -> Error {
        Error::system("an input was lost in decoding")
    }

    /// The input `name`; nothing if it is missing or of another type.
    pub fn take<T>(&mut self, name: &'static str, decode: Decode<T>) -> Option<T> {
        if let Some(literal) = self.literal(name) {
            return self.decode(name, literal, decode);
        }
        self.mistakes.push(format!("input `{name}` is missing"));
        None
    }

    /// The input `name`, or `default()` if it is missing.
    pub fn take_or<T>(
        &mut self,
        name: &'static str,
        decode: Decode<T>,
        default: impl FnOnce() -> T,
    ) -> Option<T> {
        match self.literal(name) {
            Some(literal) => self.decode(name, literal, decode),
            None => Some(default()),
        }
    }

    /// Of several entries with one name the last counts, as in every protobuf map.
    fn literal(&self, name: &str) -> Option<LiteralRef<'a>> {
        let entry = self.given.iter().rev().find(|(given, _)| *given == name);
        entry.map(|(_, literal)| *literal)
    }

    fn decode<T>(
        &mut self,
        name: &'static str,
        literal: LiteralRef<'a>,
        decode: Decode<T>,
    ) -> Option<T> {
        match decode(literal) {
            Ok(value) => Some(value),
            Err(error) => {
                let error = Error::returned(Box::new(error.in_variable(name)));
                self.mistakes.push(format!("input {error}"));
                self.passing = self
                    .passing
                    .take()
                    .or(Some(error).filter(Error::is_recoverable));
                None
            }
        }
    }

    /// Ends the taking.
    ///
    /// # Errors
    ///
    /// All that was wrong, together with inputs that the task does not have.
    pub fn finish(&mut self) -> Result<(), Error> {
        let names = || self.task.inputs.iter().map(|variable| variable.name);
        for (given, _) in &self.given {
            if !names().any(|name| name == *given) {
                let has = names().collect::<Vec<_>>().join(", ");
                self.mistakes
                    .push(format!("input `{given}` is not one of this task's ({has})"));
            }
        }
        if self.mistakes.is_empty() {
            return Ok(());
        }
        let message = format!("task {}: {}", self.task.name, self.mistakes.join("; "));
        Err(match self.passing.take() {
            Some(error) => Error {
                message,
                source: None,
                ..error
            },
            None => Error::bad_input(message),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Inputs;
    use crate::declare::{TaskDescriptor, Variable};
    use crate::error::RecoverableError;
    use crate::types::{FlyteType, OutputsWriter, ValueError};

    static TASK: TaskDescriptor = TaskDescriptor {
        name: "app.join",
        inputs: &[
            Variable {
                name: "left",
                literal_type: i64::LITERAL_TYPE,
                description: "",
                default: None,
            },
            Variable {
                name: "right",
                literal_type: i64::LITERAL_TYPE,
                description: "",
                default: None,
            },
        ],
        ..TaskDescriptor::DEFAULT
    };

    #[test]
    fn what_fails_for_a_while_on_the_way_to_an_input_is_tried_again() {
        let mut inputs = OutputsWriter::new();
        inputs.output("left", &1_i64).expect("an integer");
        inputs.output("right", &"text".to_owned()).expect("text");
        let literals = inputs.finish();
        let mut inputs = Inputs::new(&TASK, &literals).expect("a map");
        let error = inputs.decode_all(|inputs| {
            let left = inputs.take("left", |_| -> Result<i64, ValueError> {
                let cause = RecoverableError::new("the cluster restarts");
                Err(ValueError::other("cannot open s3://b/x").with_source(cause))
            });
            left.zip(inputs.take("right", i64::decode))
        });
        let error = error.expect_err("neither can be read");
        assert!(error.is_recoverable());
        assert_eq!(
            error.to_string(),
            "task app.join: input left: cannot open s3://b/x; \
             input right: expected an integer, found string \"text\""
        );
    }
}
