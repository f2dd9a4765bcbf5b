//! Parts of promises.

use super::promise::{Source, Whole};
use crate::declare::{self, LiteralType, entered};

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The field of an object, or the value of a map's key.
    Field(String),
    /// The element of a list.
    Index(usize),
}

impl Step {
    /// A step to a field, by its name in Rust.
    pub fn field(name: &str) -> Self {
        Step::Field(name.trim_start_matches("r#").to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Field(key.to_owned())
    }
}

/// A part of a promise: `part!(sale.customer.name)`, `part!(stats.means[0])`, `part!(rates["EUR"])`.
///
/// rustc checks it like the same expression of a value, and fields have the names that serde gives them.
///
/// ```
/// use flytekit::part;
/// use flytekit::prelude::*;
///
/// #[derive(FlyteData)]
/// struct Stats {
///     means: Vec<f64>,
/// }
///
/// #[task]
/// fn stats(n: i64) -> Stats {
///     Stats { means: vec![n as f64] }
/// }
///
/// let graph = Graph::new("parts");
/// let stats = graph.node(stats::call(3));
/// let first: Promise<f64> = part!(stats.means[0]);
/// assert_eq!(graph.value(&first)?, 3.0);
/// # Ok::<(), flytekit::Error>(())
/// ```
#[macro_export]
macro_rules! part {
    ($promise:ident $($path:tt)+) => {
        $crate::graph::Promise::part(
            &$promise,
            |__it| &(*__it)$($path)+,
            $crate::part!(@steps [] $($path)+),
        )
    };
    (@steps [$($done:expr,)*]) => { [$($done),*] };
    (@steps [$($done:expr,)*] .$field:ident $($rest:tt)*) => {
        $crate::part!(
            @steps [$($done,)* $crate::graph::Step::field(::core::stringify!($field)),] $($rest)*
        )
    };
    (@steps [$($done:expr,)*] [$index:expr] $($rest:tt)*) => {
        $crate::part!(@steps [$($done,)* $crate::graph::Step::from($index),] $($rest)*)
    };
}

impl Source {
    /// Adds a step.
    pub(super) fn enter(&mut self, step: Step) {
        if self.wrong.is_some() {
            return;
        }
        match self.entered(step) {
            Ok(whole) => self.whole = whole,
            Err(wrong) => self.wrong = Some(wrong),
        }
    }

    fn entered(&mut self, step: Step) -> Result<Whole, String> {
        match (self.whole, step) {
            (Whole::Several(outputs), Step::Field(name)) => {
                let found = outputs.iter().find(|output| output.name == name);
                let output = found.ok_or_else(|| format!("there is no output `{name}`"))?;
                Ok(Whole::One(output.name, output.literal_type))
            }
            (Whole::Several(_) | Whole::Nothing, _) => Err("there is no such output".to_owned()),
            (Whole::One(variable, literal_type), step) => {
                let (step, literal_type) = below(literal_type, step)?;
                self.path.push(step);
                Ok(Whole::One(variable, literal_type))
            }
        }
    }
}

/// The step with its name in Flyte, and the type that it leads to.
fn below(literal_type: LiteralType, step: Step) -> Result<(Step, LiteralType), String> {
    let none = || "Flyte cannot take this part of a value: let a task return it".to_owned();
    let found = match &step {
        Step::Index(index) => {
            let index = i32::try_from(*index).map_err(|_| none())?;
            entered(literal_type, declare::Step::Index(index))
        }
        Step::Field(name) => entered(literal_type, declare::Step::Field(name)),
    };
    let (found, literal_type) = found.ok_or_else(none)?;
    Ok(match found {
        declare::Step::Field(name) => (Step::Field(name.to_owned()), literal_type),
        declare::Step::Index(_) => (step, literal_type),
    })
}
