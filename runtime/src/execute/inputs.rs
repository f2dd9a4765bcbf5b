//! The inputs of a run, decoded by name. All mistakes in them are reported together.

use std::borrow::Cow;

use crate::declare::{LiteralType, TaskDescriptor};
use crate::ends::Ends;
use crate::engine;
use crate::error::Error;
use crate::types::{LiteralMapRef, LiteralRef, ValueError};

/// [`FlyteType::decode`](crate::types::FlyteType::decode) of a type. It is a function instead of a bound: the
/// attribute's code names the trait once more for the interface, and this way an unsuitable type is only one
/// error.
pub(crate) type Decode<T> = fn(LiteralRef<'_>) -> Result<T, ValueError>;

/// A literal by its input's name.
pub(crate) type NamedLiteral<'a> = (&'static str, Cow<'a, [u8]>);

/// The literals of `inputs.pb`, and the mistakes in those that were taken.
#[derive(Debug)]
pub struct Inputs<'a> {
    task: &'static TaskDescriptor,
    given: Vec<(&'a str, LiteralRef<'a>)>,
    mistakes: Vec<Mistake>,
}

/// A mistake in an input.
#[derive(Debug)]
enum Mistake {
    /// The name is wrong, or the input is missing.
    Name(String),
    /// The value is wrong, or could not be fetched.
    Value(Error),
}

impl<'a> Inputs<'a> {
    /// Reads the names. The values are decoded when they are taken.
    pub(crate) fn new(task: &'static TaskDescriptor, literal_map: &'a [u8]) -> Result<Self, Error> {
        let given = LiteralMapRef::new(literal_map)
            .iter()
            .collect::<Result<_, _>>();
        let given = given
            .map_err(|error| Error::system("the inputs are not a LiteralMap").with_source(error))?;
        Ok(Inputs::of(task, given))
    }

    /// The given inputs.
    pub(crate) fn of(task: &'static TaskDescriptor, given: Vec<(&'a str, LiteralRef<'a>)>) -> Self {
        Inputs {
            task,
            given,
            mistakes: Vec::new(),
        }
    }

    /// The bytes of a `LiteralMap` of the inputs.
    #[cfg(feature = "deck")]
    pub(crate) fn encoded(&self) -> Vec<u8> {
        crate::wire::Writer::to_bytes(|w| {
            for (name, literal) in self.given.iter().rev() {
                let end = w.len();
                w.bytes(2, literal.bytes());
                w.string(1, name);
                w.message(1, end);
            }
        })
    }

    /// All inputs of the task, with the literals that `read` returns, in the task's order.
    pub(super) fn read_all(
        &mut self,
        read: impl Fn(LiteralRef<'a>, &LiteralType) -> Result<Cow<'a, [u8]>, ValueError>,
    ) -> Result<Vec<NamedLiteral<'a>>, Error> {
        let mut literals = Vec::with_capacity(self.task.inputs.len());
        for input in self.task.inputs {
            let Some(literal) = self.literal(input.name) else {
                self.miss(input.name);
                continue;
            };
            match read(literal, &input.literal_type) {
                Ok(literal) => literals.push((input.name, literal)),
                Err(error) => self.refuse(input.name, error),
            }
        }
        self.finish(&engine::explain)?;
        Ok(literals)
    }

    /// Whether some input is a table, or contains tables.
    pub(super) fn hold_datasets(&self) -> bool {
        let mut inputs = self.task.inputs.iter();
        inputs.any(|input| input.literal_type.holds_dataset())
    }

    /// The result of `decode` for all inputs, or all mistakes in them, explained by `explain`.
    pub(super) fn decode_all<A>(
        &mut self,
        decode: fn(&mut Inputs<'_>) -> Option<A>,
        explain: &dyn Fn(Error) -> Error,
    ) -> Result<A, Error> {
        let arguments = decode(self);
        self.finish(explain)?;
        arguments.ok_or_else(Self::lost)
    }

    /// Ends the decoding of inputs, for tasks without an engine.
    ///
    /// # Errors
    ///
    /// All mistakes, including inputs that the task does not have.
    pub fn end(&mut self) -> Result<(), Error> {
        self.finish(&engine::explain)
    }

    /// The error for an input that is neither decoded nor a mistake.
    pub fn lost() -> Error {
        Error::system("an input was lost in decoding")
    }

    /// The input `name`; `None` if it is missing or has another type.
    pub fn take<T>(&mut self, name: &'static str, decode: Decode<T>) -> Option<T> {
        if let Some(literal) = self.literal(name) {
            return self.decode(name, literal, decode);
        }
        self.miss(name);
        None
    }

    fn miss(&mut self, name: &str) {
        let missing = format!("input `{name}` is missing");
        self.mistakes.push(Mistake::Name(missing));
    }

    fn refuse(&mut self, name: &str, error: ValueError) {
        let error = Error::returned(Box::new(error.in_variable(name)));
        self.mistakes.push(Mistake::Value(error));
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

    /// The last entry with a name counts, as in every protobuf map.
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
                self.refuse(name, error);
                None
            }
        }
    }

    /// All mistakes, including inputs that the task does not have.
    fn finish(&mut self, explain: &dyn Fn(Error) -> Error) -> Result<(), Error> {
        self.mistakes.extend(unknown(self.task, &self.given));
        if self.mistakes.is_empty() {
            return Ok(());
        }
        // The failure to fetch an input, which another try may fix.
        let mut passing = None;
        let more = self.mistakes.len().saturating_sub(MOST_MISTAKES);
        let mistakes = self.mistakes.drain(..).take(MOST_MISTAKES);
        let mistakes = mistakes.map(|mistake| match mistake {
            Mistake::Name(mistake) => mistake,
            Mistake::Value(error) => {
                let error = explain(error);
                let verdict = error.verdict();
                passing = passing.or(Some(verdict).filter(|verdict| verdict.recoverable));
                format!("input {error}")
            }
        });
        let mut mistakes: Vec<String> = mistakes.collect();
        if more > 0 {
            mistakes.push(format!("and {more} more"));
        }
        let error = Error::bad_input(mistakes.join("; "));
        Err(match passing {
            Some(_) => Error {
                verdict: passing,
                ..error
            },
            None => error,
        })
    }
}

/// The maximum number of mistakes that are reported.
const MOST_MISTAKES: usize = 20;

/// The maximum length of a name from outside in a message.
const LONGEST_NAME: usize = 200;

/// Inputs that the task does not have.
fn unknown(task: &TaskDescriptor, given: &[(&str, LiteralRef<'_>)]) -> Option<Mistake> {
    let names: Vec<&str> = task.inputs.iter().map(|input| input.name).collect();
    let mut unknown = given
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !names.contains(name));
    let first: Vec<String> = unknown
        .by_ref()
        .take(MOST_MISTAKES)
        .map(|name| {
            let name = Ends::of(|out| out.write_str(name)).shown(LONGEST_NAME, str::to_owned);
            format!("`{name}`")
        })
        .collect();
    let more = unknown.count();
    let (are, more) = match (first.as_slice(), more) {
        ([], _) => return None,
        ([_], 0) => ("is", String::new()),
        (_, 0) => ("are", String::new()),
        (_, more) => ("are", format!(" and {more} more")),
    };
    let has = names.join(", ");
    Some(Mistake::Name(format!(
        "input {}{more} {are} not one of this task's ({has})",
        first.join(", ")
    )))
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
            "input left: cannot open s3://b/x; \
             input right: expected an integer, found string \"text\""
        );
    }
}
