//! The return types of a task's function: one value, several values, named values, and a `Result` of any of
//! these.
//!
//! The marker type of [`Outputs`] and [`Returns`] tells which of these a type is. It separates
//! implementations that would otherwise overlap, and is inferred: code says `<R as Returns<_>>`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::marker::PhantomData;

use super::writer::Buffer;
use super::{FlyteType, LiteralMapRef, LiteralRef, LiteralWriter, ValueError, Written};
use crate::declare::{TaskDescriptor, Variable};
use crate::error::Error;
use crate::execute::Built;
use crate::graph::Graph;
use crate::order;

/// The outputs that a value consists of.
///
/// A value of a [`FlyteType`] is one output `o0` (`()` is none), a tuple is `o0`, `o1` and so on, and a
/// struct with the derive has its fields as outputs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a task can return",
    label = "these are not outputs",
    note = "outputs are a Flyte type, a tuple of at most 12 of them, or a struct that derives `Outputs`"
)]
pub trait Outputs<M> {
    /// The variables of the interface: for a tuple in its order, for a derive sorted by name.
    const VARIABLES: &'static [Variable];

    /// The variables as lists of optional values, for maps some of whose elements may fail. Only single
    /// outputs have them.
    #[doc(hidden)]
    const OPTIONS: &'static [Variable] = &[];

    /// Writes each of the outputs.
    ///
    /// # Errors
    ///
    /// If Flyte's type of an output cannot represent the value.
    fn write(self, out: &mut OutputsWriter) -> Result<(), ValueError>;

    /// Reads the outputs back.
    ///
    /// # Errors
    ///
    /// If an output is missing, or has another type.
    fn read(outputs: OutputsReader<'_>) -> Result<Self, ValueError>
    where
        Self: Sized;
}

/// The return type of a task's function: [`Outputs`], or a `Result` of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a task can return",
    label = "a task cannot return this",
    note = "a task returns a Flyte type, a tuple of at most 12 of them, a struct that derives `Outputs`, or a `Result` of one of these",
    note = "the error of a `Result` is `flytekit::Error`, or any type that converts into `Box<dyn Error + Send + Sync>`"
)]
pub trait Returns<M> {
    /// The variables of the interface, in the order of [`Outputs::VARIABLES`].
    const VARIABLES: &'static [Variable];

    /// The variables as lists of optional values: see [`Outputs::OPTIONS`].
    #[doc(hidden)]
    const OPTIONS: &'static [Variable];

    /// Writes each of the outputs, or returns the function's error.
    ///
    /// # Errors
    ///
    /// The error of the function, or of a value that does not fit its type.
    fn write(self, out: &mut OutputsWriter) -> Result<(), Error>;
}

/// The return type of a function that is declared without a body: a `Result` of outputs that another program
/// produces.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a function without a body can return",
    label = "this function cannot return this",
    note = "the program that runs instead can fail: return a `flytekit::Result` of its outputs"
)]
pub trait Declared<M>: Returns<M> {
    /// The outputs of a run, in a `flyteidl.core.LiteralMap`, or the error of the run.
    fn of(outputs: Result<Vec<u8>, Error>) -> Self;
}

/// The return type of a workflow's function: a `Result` of [`Outputs`].
#[diagnostic::on_unimplemented(
    message = "a workflow cannot return `{Self}`",
    label = "write `Result<…>`",
    note = "a workflow returns a `Result`, because its run can fail: of a Flyte type, of a tuple of at most 12 of them, or of a struct that derives `Outputs`",
    note = "its error is `flytekit::Error`, or a type that `flytekit::Error` converts into"
)]
pub trait WorkflowReturns: Sized {
    /// The outputs of a successful run.
    type Outputs;

    /// The error of a failed run.
    type Error;

    /// This type itself. Where the type cannot be returned, its other properties are not checked, so that
    /// there is only one error.
    type Itself;

    /// The return value of the function, from the result of its graph, and the conversions of outputs and
    /// error.
    fn of(
        ran: Result<Vec<u8>, Error>,
        read: fn(OutputsReader<'_>) -> Result<Self::Outputs, ValueError>,
        failed: fn(Error) -> Self::Error,
    ) -> Self;
}

/// Marks a single value.
#[derive(Debug)]
pub enum Single {}

/// Marks a tuple.
#[derive(Debug)]
pub enum Tuple {}

/// Marks a struct whose fields are the outputs.
#[derive(Debug)]
pub enum Named {}

/// Marks outputs that are returned as they are.
#[derive(Debug)]
pub struct Unfailing<M>(PhantomData<M>);

/// Marks outputs in a `Result`.
#[derive(Debug)]
pub struct Fallible<M>(PhantomData<M>);

impl<T: FlyteType> Outputs<Single> for T {
    const VARIABLES: &'static [Variable] = if T::LITERAL_TYPE.is_none() {
        &[]
    } else {
        &[output_variable::<T>("o0")]
    };

    const OPTIONS: &'static [Variable] = if T::LITERAL_TYPE.is_none() {
        &[]
    } else {
        &[output_variable::<Vec<Option<T>>>("o0")]
    };

    fn write(self, out: &mut OutputsWriter) -> Result<(), ValueError> {
        if T::LITERAL_TYPE.is_none() {
            Ok(())
        } else {
            out.output("o0", &self)
        }
    }

    fn read(outputs: OutputsReader<'_>) -> Result<Self, ValueError> {
        if T::LITERAL_TYPE.is_none() {
            T::decode(LiteralRef::new(&NONE))
        } else {
            outputs.output("o0")
        }
    }
}

/// The encoding of `scalar { none_type { } }`.
const NONE: [u8; 4] = [0x0a, 2, 0x2a, 0];

macro_rules! tuples {
    ($($($type:ident $value:ident $name:literal),+;)+) => {$(
        impl<$($type: FlyteType),+> Outputs<Tuple> for ($($type,)+) {
            const VARIABLES: &'static [Variable] = &[$(output_variable::<$type>($name)),+];

            fn write(self, out: &mut OutputsWriter) -> Result<(), ValueError> {
                let ($($value,)+) = self;
                $(out.output($name, &$value)?;)+
                Ok(())
            }

            fn read(outputs: OutputsReader<'_>) -> Result<Self, ValueError> {
                Ok(($(outputs.output::<$type>($name)?,)+))
            }
        }
    )+};
}

tuples! {
    A a "o0", B b "o1";
    A a "o0", B b "o1", C c "o2";
    A a "o0", B b "o1", C c "o2", D d "o3";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4", F f "o5";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4", F f "o5", G g "o6";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4", F f "o5", G g "o6", H h "o7";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4", F f "o5", G g "o6", H h "o7", I i "o8";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4", F f "o5", G g "o6", H h "o7", I i "o8", J j "o9";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4", F f "o5", G g "o6", H h "o7", I i "o8", J j "o9", K k "o10";
    A a "o0", B b "o1", C c "o2", D d "o3", E e "o4", F f "o5", G g "o6", H h "o7", I i "o8", J j "o9", K k "o10", L l "o11";
}

const fn output_variable<T: FlyteType>(name: &'static str) -> Variable {
    Variable {
        name,
        literal_type: T::LITERAL_TYPE,
        description: "",
        default: None,
    }
}

impl<M, T: Outputs<M>> Returns<Unfailing<M>> for T {
    const VARIABLES: &'static [Variable] = <T as Outputs<M>>::VARIABLES;
    const OPTIONS: &'static [Variable] = <T as Outputs<M>>::OPTIONS;

    fn write(self, out: &mut OutputsWriter) -> Result<(), Error> {
        Outputs::write(self, out).map_err(misfit)
    }
}

impl<M, T, E> Returns<Fallible<M>> for Result<T, E>
where
    T: Outputs<M>,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    const VARIABLES: &'static [Variable] = T::VARIABLES;
    const OPTIONS: &'static [Variable] = T::OPTIONS;

    fn write(self, out: &mut OutputsWriter) -> Result<(), Error> {
        let outputs = self.map_err(|error| Error::returned(error.into()))?;
        outputs.write(out).map_err(misfit)
    }
}

impl<M, T, E> Declared<Fallible<M>> for Result<T, E>
where
    T: Outputs<M>,
    E: From<Error> + Into<Box<dyn StdError + Send + Sync>>,
{
    fn of(outputs: Result<Vec<u8>, Error>) -> Self {
        Ok(read_back(&outputs?, T::read)?)
    }
}

impl<T, E> WorkflowReturns for Result<T, E> {
    type Outputs = T;
    type Error = E;
    type Itself = Self;

    fn of(
        ran: Result<Vec<u8>, Error>,
        read: fn(OutputsReader<'_>) -> Result<T, ValueError>,
        failed: fn(Error) -> E,
    ) -> Self {
        ran.and_then(|outputs| read_back(&outputs, read))
            .map_err(failed)
    }
}

/// The outputs of a run elsewhere, as the function returns them.
fn read_back<T>(
    outputs: &[u8],
    read: fn(OutputsReader<'_>) -> Result<T, ValueError>,
) -> Result<T, Error> {
    read(OutputsReader::new(LiteralMapRef::new(outputs))).map_err(|error| {
        let message = format!("output {error}");
        misfit(error).said_as(message)
    })
}

/// The error of a task whose result Flyte cannot represent.
fn misfit(error: ValueError) -> Error {
    Error::returned(Box::new(error))
}

/// Collects a task's outputs into the `flyteidl.core.LiteralMap` of an `outputs.pb`.
///
/// ```
/// use flytekit::types::OutputsWriter;
///
/// let mut outputs = OutputsWriter::new();
/// outputs.output("sum", &7_i64)?;
/// outputs.output("mean", &3.5)?;
/// assert_eq!(outputs.finish().len(), 38);
/// # Ok::<(), flytekit::types::ValueError>(())
/// ```
#[derive(Debug, Default)]
pub struct OutputsWriter {
    literals: Vec<(&'static str, Buffer)>,
    /// The first error of the outputs that were put.
    failed: Option<ValueError>,
    /// The graph whose run gives the outputs, if the task builds one.
    graph: Option<Box<dyn Built>>,
}

impl OutputsWriter {
    /// No outputs yet.
    pub fn new() -> Self {
        OutputsWriter::default()
    }

    /// The `LiteralMap` that `write` writes: the inputs of a function whose task runs elsewhere.
    ///
    /// # Errors
    ///
    /// If an input cannot be written.
    pub(crate) fn inputs(
        write: impl FnOnce(&mut Self) -> Result<(), ValueError>,
    ) -> Result<Vec<u8>, Error> {
        let mut literals = OutputsWriter::new();
        write(&mut literals).map_err(|error| Error::bad_input(format!("input {error}")))?;
        Ok(literals.finish())
    }

    /// Writes the output `name`.
    ///
    /// # Errors
    ///
    /// If its Flyte type cannot represent the value, with the name as the start of the path, or if there is
    /// already an output of that name.
    pub fn output<T: FlyteType>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        self.literal(name, |out| value.encode(out))
    }

    /// Writes an output `name` whose type is known only at run time, with `write`.
    ///
    /// # Errors
    ///
    /// Like [`output`](Self::output).
    pub fn literal(
        &mut self,
        name: &'static str,
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<(), ValueError> {
        if self.literals.iter().any(|(present, _)| *present == name) {
            return Err(ValueError::other("written twice").in_variable(name));
        }
        let literal = LiteralWriter::to_buffer(write).map_err(|error| error.in_variable(name))?;
        self.literals.push((name, literal));
        Ok(())
    }

    /// Adds the output `name` as the bytes of its literal.
    pub(crate) fn encoded(
        &mut self,
        name: &'static str,
        literal: Vec<u8>,
    ) -> Result<(), ValueError> {
        let literal = Buffer::of(literal);
        literal
            .check_size(0)
            .map_err(|error| error.in_variable(name))?;
        self.literals.push((name, literal));
        Ok(())
    }

    /// Writes the output `name`, unless an earlier one failed. A derive calls this for each field.
    #[doc(hidden)]
    pub fn put<T>(
        &mut self,
        name: &'static str,
        value: &T,
        encode: fn(&T, LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) {
        if self.failed.is_none() {
            let written = self.literal(name, |out| encode(value, out));
            self.failed = written.err();
        }
    }

    /// The graph that the task builds, in place of outputs.
    #[doc(hidden)]
    pub fn graph(&mut self, task: &TaskDescriptor) -> &mut Graph {
        let new = || Box::new(Graph::dynamic(task.name, task.location)) as Box<dyn Built>;
        self.graph.get_or_insert_with(new).graph()
    }

    /// Takes the graph out.
    pub(crate) fn take_graph(&mut self) -> Option<Box<dyn Built>> {
        self.graph.take()
    }

    /// Checks that all outputs that were put are written.
    ///
    /// # Errors
    ///
    /// The first error of their values, with the output's name as the start of its path.
    #[doc(hidden)]
    pub fn check(&mut self) -> Result<(), ValueError> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// The encoded map, sorted by name.
    pub fn finish(self) -> Vec<u8> {
        self.finish_in_pieces().to_vec()
    }

    /// Like [`finish`](Self::finish), without another copy of large values.
    pub(crate) fn finish_in_pieces(self) -> EncodedOutputs {
        EncodedOutputs(order::sort_by_name(self.literals, |(name, _)| name))
    }
}

/// The outputs of a run, read by name.
///
/// ```
/// use flytekit::types::{LiteralMapRef, OutputsReader, OutputsWriter};
///
/// let mut written = OutputsWriter::new();
/// written.output("sum", &7_i64)?;
/// let written = written.finish();
/// let outputs = OutputsReader::new(LiteralMapRef::new(&written));
/// assert_eq!(outputs.output::<i64>("sum")?, 7);
/// assert_eq!(outputs.output::<i64>("mean").unwrap_err().to_string(), "mean: missing");
/// # Ok::<(), flytekit::types::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OutputsReader<'a>(LiteralMapRef<'a>);

impl<'a> OutputsReader<'a> {
    /// The outputs in this map.
    pub const fn new(literals: LiteralMapRef<'a>) -> Self {
        OutputsReader(literals)
    }

    /// Reads the output `name`.
    ///
    /// # Errors
    ///
    /// If the output is missing, or has another type, with the name as the start of the path.
    pub fn output<T: FlyteType>(self, name: &str) -> Result<T, ValueError> {
        self.take(name, T::decode)
    }

    /// Like [`output`](Self::output), with a function. A derive calls this for each field.
    #[doc(hidden)]
    pub fn take<T>(
        self,
        name: &str,
        decode: fn(LiteralRef<'_>) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        let literal = self.0.get(name)?;
        let literal = literal.ok_or_else(|| ValueError::other("missing").in_variable(name))?;
        decode(literal).map_err(|error| error.in_variable(name))
    }

    /// Reads a struct whose derive was refused.
    ///
    /// # Errors
    ///
    /// Always: the struct has no outputs.
    #[doc(hidden)]
    pub fn no_outputs<T>(self) -> Result<T, ValueError> {
        Err(ValueError::other("there are no outputs"))
    }
}

/// A task's outputs as the literals of a `flyteidl.core.LiteralMap`, sorted by name.
#[derive(Debug)]
pub struct EncodedOutputs(Vec<(&'static str, Buffer)>);

impl EncodedOutputs {
    /// The bytes of the map.
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len());
        self.pieces()
            .for_each(|piece| bytes.extend_from_slice(&piece));
        bytes
    }

    /// The size of the map in bytes.
    pub(crate) fn len(&self) -> usize {
        let entries = self.0.iter();
        let lengths = entries.map(|(name, literal)| {
            let length = literal.len();
            Buffer::entry_before(name, length).len() + length
        });
        lengths.sum()
    }

    /// The bytes of the map, piece by piece.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        self.0.iter().flat_map(|(name, literal)| {
            let before = Buffer::entry_before(name, literal.len());
            std::iter::once(Cow::Owned(before)).chain(literal.pieces().map(Cow::Borrowed))
        })
    }

    /// These outputs, each replaced by the result of `replace`, if there is one.
    pub(crate) fn replaced<E>(
        self,
        mut replace: impl FnMut(&str, &EncodedLiteral<'_>) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let replaced = self.0.into_iter().map(|(name, literal)| {
            let stand_in = replace(name, &EncodedLiteral(&literal))?;
            Ok((name, stand_in.map_or(literal, Buffer::of)))
        });
        replaced.collect::<Result<_, E>>().map(EncodedOutputs)
    }
}

/// One of the outputs.
pub(crate) struct EncodedLiteral<'a>(&'a Buffer);

impl EncodedLiteral<'_> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn bytes(&self) -> Cow<'_, [u8]> {
        self.0.in_one()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fmt;

    use super::{Declared, Named, Outputs, OutputsReader, OutputsWriter, Returns};
    use crate::declare::{LiteralType, SimpleType, Variable};
    use crate::types::{FlyteType, LiteralMapRef, ValueError};
    use crate::{Error, RecoverableError};

    struct Summary {
        mean: f64,
        labels: Vec<String>,
    }

    impl Outputs<Named> for Summary {
        const VARIABLES: &'static [Variable] = &[
            Variable {
                name: "mean",
                literal_type: f64::LITERAL_TYPE,
                description: "",
                default: None,
            },
            Variable {
                name: "labels",
                literal_type: Vec::<String>::LITERAL_TYPE,
                description: "",
                default: None,
            },
        ];

        fn write(self, out: &mut OutputsWriter) -> Result<(), ValueError> {
            out.output("mean", &self.mean)?;
            out.output("labels", &self.labels)
        }

        fn read(outputs: OutputsReader<'_>) -> Result<Self, ValueError> {
            Ok(Summary {
                mean: outputs.output("mean")?,
                labels: outputs.output("labels")?,
            })
        }
    }

    fn names(variables: &[Variable]) -> Vec<&str> {
        variables.iter().map(|variable| variable.name).collect()
    }

    fn write<M, R: Returns<M>>(returned: R) -> Result<Vec<u8>, Error> {
        let mut out = OutputsWriter::new();
        returned.write(&mut out)?;
        Ok(out.finish())
    }

    fn failure<E>(error: E) -> Error
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        write(Err::<f64, E>(error)).expect_err("an error")
    }

    #[test]
    fn the_kind_of_result_is_inferred_in_constants() {
        const FLOAT: &[Variable] = <f64 as Returns<_>>::VARIABLES;
        const NOTHING: &[Variable] = <() as Returns<_>>::VARIABLES;
        const PAIR: &[Variable] = <(i64, String) as Returns<_>>::VARIABLES;
        const RESULT: &[Variable] = <crate::Result<f64> as Returns<_>>::VARIABLES;
        const RESULT_OF_NOTHING: &[Variable] = <anyhow::Result<()> as Returns<_>>::VARIABLES;
        const RESULT_OF_PAIR: &[Variable] =
            <Result<(bool, Option<f32>), String> as Returns<_>>::VARIABLES;
        const NAMED: &[Variable] = <Summary as Returns<_>>::VARIABLES;
        const RESULT_OF_NAMED: &[Variable] = <crate::Result<Summary> as Returns<_>>::VARIABLES;

        assert_eq!(names(FLOAT), ["o0"]);
        assert_eq!(
            FLOAT[0].literal_type,
            LiteralType::Simple(SimpleType::Float)
        );
        assert_eq!(names(NOTHING), [""; 0]);
        assert_eq!(names(PAIR), ["o0", "o1"]);
        assert_eq!(PAIR[1].literal_type, String::LITERAL_TYPE);
        assert_eq!(names(RESULT), ["o0"]);
        assert_eq!(names(RESULT_OF_NOTHING), [""; 0]);
        assert_eq!(names(RESULT_OF_PAIR), ["o0", "o1"]);
        assert_eq!(names(NAMED), ["mean", "labels"]);
        assert_eq!(names(RESULT_OF_NAMED), ["mean", "labels"]);
    }

    #[test]
    fn outputs_are_sorted_by_name() {
        let bytes = write(Summary {
            mean: 1.5,
            labels: vec!["a".to_owned()],
        })
        .unwrap();
        let names: Vec<_> = LiteralMapRef::new(&bytes)
            .iter()
            .map(|entry| entry.unwrap().0)
            .collect();
        assert_eq!(names, ["labels", "mean"]);
        assert!(write(()).unwrap().is_empty());
        assert!(write(Ok::<(), Error>(())).unwrap().is_empty());

        let twelve = (
            0_i64, 1_i64, 2_i64, 3_i64, 4_i64, 5_i64, 6_i64, 7_i64, 8_i64, 9_i64, 10_i64, 11_i64,
        );
        let bytes = write(twelve).unwrap();
        let outputs: HashMap<_, _> = LiteralMapRef::new(&bytes)
            .iter()
            .map(|entry| entry.unwrap())
            .collect();
        for index in 0..12 {
            assert_eq!(i64::decode(outputs[&*format!("o{index}")]).unwrap(), index);
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_named() {
        let error = write((0_i64, vec![0, u64::MAX])).unwrap_err();
        let expected = "o1[1]: expected an integer from 0 to 9223372036854775807, found integer 18446744073709551615";
        assert_eq!(error.to_string(), expected);

        let mut out = OutputsWriter::new();
        out.output("x", &1_i64).unwrap();
        assert_eq!(
            out.output("x", &1_i64).unwrap_err().to_string(),
            "x: written twice"
        );
    }

    #[test]
    fn outputs_are_read_back() {
        fn back<M, R: Declared<M>>(returned: R) -> R {
            R::of(write(returned))
        }
        let pair = back(Ok::<_, Error>((7_i64, Some("x".to_owned())))).unwrap();
        assert_eq!(pair, (7, Some("x".to_owned())));
        back(Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())).unwrap();
        assert_eq!(back(Ok::<_, Error>(25_i64)).unwrap(), 25);
        let labels = vec!["a".to_owned()];
        let summary = Summary { mean: 1.5, labels };
        let summary = back(Ok::<_, Error>(summary)).unwrap();
        assert_eq!((summary.mean, &*summary.labels[0]), (1.5, "a"));
    }

    #[test]
    fn outputs_that_are_not_what_was_declared_are_named() {
        fn failure(given: Result<Vec<u8>, Error>) -> String {
            type Pair = crate::Result<(i64, bool)>;
            let read = <Pair as Declared<_>>::of(given);
            read.unwrap_err().to_string()
        }
        assert_eq!(failure(write(1_i64)), "output o1: missing");
        assert_eq!(
            failure(write(("x".to_owned(), true))),
            "output o0: expected an integer, found string \"x\""
        );
        assert_eq!(failure(Err(Error::user("no"))), "no");
    }

    #[test]
    fn any_error_can_be_returned() {
        assert_eq!(failure("text").to_string(), "text");
        assert_eq!(failure("text".to_owned()).to_string(), "text");
        assert_eq!(failure(fmt::Error).to_string(), fmt::Error.to_string());
        assert_eq!(failure(anyhow::anyhow!("no")).to_string(), "no");
        let boxed: Box<dyn std::error::Error + Send + Sync> = "boxed".into();
        assert_eq!(failure(boxed).to_string(), "boxed");
    }

    #[test]
    fn an_error_of_this_crate_is_passed_on_unchanged() {
        let error = failure(Error::bad_input("n is negative"));
        assert_eq!(
            (error.code(), &*error.to_string()),
            ("USER:BadInput", "n is negative")
        );
        let boxed: Box<dyn std::error::Error + Send + Sync> = Error::system("down").into();
        assert!(failure(boxed).is_recoverable());
    }

    #[test]
    fn recoverable_errors_stay_so_in_other_error_types() {
        let recoverable = || RecoverableError::new("busy");
        assert!(failure(recoverable()).is_recoverable());
        assert!(failure(Error::from(recoverable())).is_recoverable());
        assert!(failure(anyhow::Error::from(recoverable())).is_recoverable());
        assert!(
            failure(anyhow::Error::from(recoverable()).context("while fetching")).is_recoverable()
        );
        assert!(
            failure(anyhow::Error::from(RecoverableError::from_source(
                fmt::Error
            )))
            .is_recoverable()
        );
        assert!(
            !failure(anyhow::Error::from(fmt::Error).context("while fetching")).is_recoverable()
        );
    }
}
