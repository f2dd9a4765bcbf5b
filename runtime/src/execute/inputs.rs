//! The inputs of a run, decoded by name; every mistake in them is reported at once.

use crate::declare::TaskDescriptor;
use crate::engine;
use crate::error::Error;
use crate::types::{LiteralMapRef, LiteralRef, ValueError};

/// [`FlyteType::decode`](crate::types::FlyteType::decode) of a type. A function, not a bound: the
/// attribute's code names the trait once more for the interface, and one unsuitable type is then one
/// error.
pub(crate) type Decode<T> = fn(LiteralRef<'_>) -> Result<T, ValueError>;

/// The literals of `inputs.pb`, and what was wrong with those that were taken.
#[derive(Debug)]
pub struct Inputs<'a> {
    task: &'static TaskDescriptor,
    given: Vec<(&'a str, LiteralRef<'a>)>,
    mistakes: Vec<Mistake>,
}

/// What is wrong with an input.
#[derive(Debug)]
enum Mistake {
    /// Its name, or that it is not there.
    Name(String),
    /// Its value, or what failed on the way to that.
    Value(Error),
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
        })
    }

    /// Whether some input is a table, or holds some.
    pub(super) fn hold_datasets(&self) -> bool {
        let mut inputs = self.task.inputs.iter();
        inputs.any(|input| input.literal_type.holds_dataset())
    }

    /// What `decode` makes of all inputs, or all that is wrong with them, as `explain` says it.
    pub(super) fn decode_all<A>(
        &mut self,
        decode: fn(&mut Inputs<'_>) -> Option<A>,
        explain: &dyn Fn(Error) -> Error,
    ) -> Result<A, Error> {
        let arguments = decode(self);
        self.finish(explain)?;
        arguments.ok_or_else(Self::lost)
    }

    /// Ends the taking of inputs by code that has no engine.
    ///
    /// # Errors
    ///
    /// All that was wrong, together with inputs that the task does not have.
    pub fn end(&mut self) -> Result<(), Error> {
        self.finish(&engine::explain)
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
        let missing = format!("input `{name}` is missing");
        self.mistakes.push(Mistake::Name(missing));
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
                self.mistakes.push(Mistake::Value(error));
                None
            }
        }
    }

    /// All that was wrong, together with inputs that the task does not have.
    fn finish(&mut self, explain: &dyn Fn(Error) -> Error) -> Result<(), Error> {
        let names = || self.task.inputs.iter().map(|variable| variable.name);
        for (given, _) in &self.given {
            if !names().any(|name| name == *given) {
                let has = names().collect::<Vec<_>>().join(", ");
                let unknown = format!("input `{given}` is not one of this task's ({has})");
                self.mistakes.push(Mistake::Name(unknown));
            }
        }
        if self.mistakes.is_empty() {
            return Ok(());
        }
        // What failed on the way to an input, though another try may succeed.
        let mut passing = None;
        let mistakes = self.mistakes.drain(..).map(|mistake| match mistake {
            Mistake::Name(mistake) => mistake,
            Mistake::Value(error) => {
                let error = explain(error);
                let mistake = format!("input {error}");
                passing = passing.take().or(Some(error).filter(Error::is_recoverable));
                mistake
            }
        });
        let mistakes: Vec<String> = mistakes.collect();
        let message = format!("task {}: {}", self.task.name, mistakes.join("; "));
        Err(match passing {
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
        let decode = |inputs: &mut Inputs<'_>| {
            let left = inputs.take("left", |_| -> Result<i64, ValueError> {
                let cause = RecoverableError::new("the cluster restarts");
                Err(ValueError::other("cannot open s3://b/x").with_source(cause))
            });
            left.zip(inputs.take("right", i64::decode))
        };
        let error = inputs
            .decode_all(decode, &|error| error)
            .expect_err("neither can be read");
        assert!(error.is_recoverable());
        assert_eq!(
            error.to_string(),
            "task app.join: input left: cannot open s3://b/x; \
             input right: expected an integer, found string \"text\""
        );
    }
}
