//! Graphs that a program builds at run time. They produce the same messages as `#[workflow]`, but can depend
//! on values.
//!
//! ```
//! use flytekit::prelude::*;
//!
//! #[task]
//! fn double(n: i64) -> i64 {
//!     2 * n
//! }
//!
//! #[task]
//! fn sum(numbers: Vec<i64>) -> i64 {
//!     numbers.iter().sum()
//! }
//!
//! let graph = Graph::new("doubled");
//! let first = graph.input::<i64>("first");
//! let mut doubled = vec![graph.node(double::call(&first).name("the first"))];
//! for n in 1..4 {
//!     doubled.push(graph.node(double::call(n)));
//! }
//! let sum = graph.node(sum::call(doubled).retries(2));
//! graph.output("sum", &sum);
//!
//! let outputs = graph.start().input("first", 4).run()?;
//! assert_eq!(outputs.output::<i64>("sum")?, 20);
//! # Ok::<(), flytekit::Error>(())
//! ```
//!
//! `#[task]`, `#[workflow]` and `#[launch_plan]` add a function `call` to the handle with their function's
//! name. For each input, it takes a value of the input's type, or a promise of one. rustc refuses all other
//! arguments:
//!
//! ```compile_fail
//! # use flytekit::prelude::*;
//! # #[task]
//! # fn double(n: i64) -> i64 { 2 * n }
//! let call = double::call("three");
//! ```
//!
//! The graph remembers the other mistakes that Flyte would refuse, with the line of the program, and reports
//! them when it is used.

mod arena;
mod argument;
mod call;
mod check;
mod condition;
mod gate;
mod given;
mod map;
mod model;
mod node;
mod part;
mod promise;
mod promised;
mod run;
mod value;

use std::cell::{RefCell, RefMut};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::panic::Location as Caller;
use std::sync::atomic::{AtomicU64, Ordering};

pub use argument::Argument;
pub use call::Call;
pub use condition::{Choice, Condition, When, when};
pub use given::{DynamicReturns, Given, Results};
pub use map::{ForEach, ForSome, IsMap, Lists, map_task};
pub use part::Step;
pub use promise::Promise;
pub use promised::{Promised, Runs};
pub use run::{Outcome, Start};
#[doc(hidden)]
pub use value::Bound;
pub use value::Value;

use crate::declare::{FailurePolicy, LiteralType, Location, Variable, workflow_spec};
use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::types::FlyteType;
use crate::wire::Writer;
use node::Placed;
use promise::{Giver, Whole};

/// A graph of nodes, which calls of its methods build.
#[derive(Debug)]
pub struct Graph {
    // Calls in the arguments of other calls add nodes, too.
    state: RefCell<State>,
}

/// The content of the graph so far.
#[derive(Debug)]
struct State {
    name: String,
    /// The number of this graph in this process; each promise belongs to one graph.
    number: u64,
    /// The prefix of the nodes' ids.
    prefix: &'static str,
    inputs: Vec<Variable>,
    defaults: Vec<(usize, Bound)>,
    nodes: Vec<Placed>,
    /// All ids, including those that the backend gives to nodes behind choices.
    ids: HashSet<String>,
    /// The names of the signals that gates wait for.
    signals: HashSet<String>,
    outputs: Vec<Variable>,
    results: Vec<Bound>,
    on_failure: Option<Placed>,
    failure_policy: FailurePolicy,
    interruptible: bool,
    tags: Vec<(String, String)>,
    docs: String,
    location: Location,
    mistakes: Vec<Mistake>,
}

/// A mistake in a graph, and its place in the program.
#[derive(Debug)]
struct Mistake {
    place: Location,
    reason: String,
}

/// The maximum number of mistakes that a graph reports.
const MOST_MISTAKES: usize = 20;

impl Graph {
    /// Creates a graph without nodes, with this name in Flyte.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        Graph::of(name.into(), "n", here())
    }

    /// The graph that a dynamic task builds.
    pub(crate) fn dynamic(name: &str, location: Location) -> Self {
        Graph::of(name.to_owned(), "dn", location)
    }

    fn of(name: String, prefix: &'static str, location: Location) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut state = State {
            name,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            prefix,
            inputs: Vec::new(),
            defaults: Vec::new(),
            nodes: Vec::new(),
            ids: HashSet::new(),
            signals: HashSet::new(),
            outputs: Vec::new(),
            results: Vec::new(),
            on_failure: None,
            failure_policy: FailurePolicy::FailImmediately,
            interruptible: false,
            tags: Vec::new(),
            docs: String::new(),
            location,
            mistakes: Vec::new(),
        };
        if let Err(reason) = flytekit_grammar::task_name(&state.name) {
            state.refuse(location, format!("the graph's name {reason}"));
        }
        Graph {
            state: RefCell::new(state),
        }
    }

    /// The state, for one change, during which no function of the program runs.
    fn state(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    /// The name in Flyte.
    pub fn name(&self) -> String {
        self.state().name.clone()
    }

    /// The number of nodes; a choice counts once.
    pub fn len(&self) -> usize {
        self.state().nodes.len()
    }

    /// Whether the graph has no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an input with this name, and returns it as a promise that nodes can take.
    #[track_caller]
    pub fn input<T: FlyteType>(&self, name: &'static str) -> Promise<T> {
        let mut state = self.state();
        let is_taken = state.inputs.iter().any(|input| input.name == name);
        state.check_variable("input", name, is_taken, here());
        state.inputs.push(variable(name, T::LITERAL_TYPE));
        let whole = Whole::One(name, T::LITERAL_TYPE);
        Promise::whole(state.number, Giver::Inputs, whole)
    }

    /// Like [`input`](Self::input), with a default.
    #[track_caller]
    pub fn input_or<T: FlyteType>(
        &self,
        name: &'static str,
        default: impl Argument<T>,
    ) -> Promise<T> {
        let (promise, default, place) = (self.input(name), default.bound(), here());
        let mut state = self.state();
        if default.is_known() {
            let what = format!("the default of `{name}`");
            state.check_bound(&default, &T::LITERAL_TYPE, place, &what);
            let input = state.inputs.len() - 1;
            state.defaults.push((input, default));
        } else {
            let reason = format!("the default of `{name}` is a promise: no node has run then");
            state.refuse(place, reason);
        }
        promise
    }

    /// Adds a node, and returns its promises: a node of a call, or of a [choice](when) between several calls.
    ///
    /// ```
    /// # use flytekit::prelude::*;
    /// # #[task]
    /// # fn divide(a: i64, b: i64) -> Result<(i64, i64)> { Ok((a / b, a % b)) }
    /// # #[task]
    /// # fn audit(n: i64) -> Result<String> { Ok(n.to_string()) }
    /// let graph = Graph::new("shared");
    /// let n = graph.input::<i64>("n");
    /// let (each, left) = graph.node(divide::call(&n, 3));
    /// let verdict = graph.node(
    ///     when(left.gt(0) & each.ne(&left), audit::call(&left))
    ///         .or_when(n.eq(7), audit::call(&each))
    ///         .or_fail("nothing is left"),
    /// );
    /// graph.output("verdict", &verdict);
    /// # let outputs = graph.start().input("n", 5).run()?;
    /// # assert_eq!(outputs.output::<String>("verdict")?, "2");
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    pub fn node<M, N: Runs<M>>(&self, node: N) -> N::Promises {
        let (planned, promises) = node.planned();
        promises(self.state().place(planned, here()))
    }

    /// Makes the value an output with this name.
    #[track_caller]
    pub fn output<G: Given<Plain: FlyteType>>(&self, name: &'static str, value: G) {
        let (place, bound) = (here(), value.given());
        let literal_type = <G::Plain as FlyteType>::LITERAL_TYPE;
        let mut state = self.state();
        let is_taken = state.outputs.iter().any(|output| output.name == name);
        state.check_variable("output", name, is_taken, place);
        let what = format!("output `{name}`");
        state.check_bound(&bound, &literal_type, place, &what);
        state.outputs.push(variable(name, literal_type));
        state.results.push(bound);
    }

    /// Sets the entity that runs when the graph has failed. It takes inputs of the graph, by name; its other
    /// inputs must be `Option`s.
    ///
    /// ```
    /// # use flytekit::prelude::*;
    /// # #[task]
    /// # fn load(day: String) -> i64 { 0 }
    /// #[task]
    /// fn clean_up(day: String) {}
    ///
    /// let graph = Graph::new("loaded");
    /// let day = graph.input::<String>("day");
    /// graph.node(load::call(&day));
    /// graph.on_failure::<clean_up>();
    /// # graph.spec()?;
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    pub fn on_failure<E: Entity>(&self) -> &Self {
        let place = here();
        let mut state = self.state();
        if state.on_failure.is_some() {
            let reason = "only one entity can run on failure, and this is a second one";
            state.refuse(place, reason.to_owned());
        }
        state.on_failure = Some(Placed::handler(E::TARGET, place));
        self
    }

    /// Sets whether other nodes still run when a node has failed.
    pub fn failure_policy(&self, policy: FailurePolicy) -> &Self {
        self.state().failure_policy = policy;
        self
    }

    /// Sets whether tasks without a setting of their own may run on preemptible machines.
    pub fn interruptible(&self, interruptible: bool) -> &Self {
        self.state().interruptible = interruptible;
        self
    }

    /// Adds a tag, by which people find the workflow.
    #[track_caller]
    pub fn tag(&self, key: impl Into<String>, value: impl Into<String>) -> &Self {
        let (key, value, place) = (key.into(), value.into(), here());
        let mut state = self.state();
        if key.is_empty() || state.tags.iter().any(|(other, _)| *other == key) {
            let reason =
                format!("each tag needs a name of its own, and another tag has the name `{key}`");
            state.refuse(place, reason);
        }
        state.tags.push((key, value));
        drop(state);
        self
    }

    /// Sets the description.
    pub fn docs(&self, docs: impl Into<String>) -> &Self {
        self.state().docs = docs.into();
        self
    }

    /// The bytes of the `flyteidl.admin.WorkflowSpec`, equal to those that `#[workflow]` writes.
    ///
    /// # Errors
    ///
    /// All mistakes that Flyte would refuse, each with its line.
    pub fn spec(&self) -> Result<Vec<u8>> {
        self.finish()?;
        if self.is_empty() {
            let state = self.state();
            return Err(Error::user(format!(
                "the graph `{}` ({}) has no nodes, which Flyte refuses",
                state.name, state.location
            )));
        }
        Ok(self.described(|descriptor| Writer::to_bytes(|w| workflow_spec(w, descriptor))))
    }

    /// Reports all mistakes in the construction of the graph together.
    pub(crate) fn finish(&self) -> Result<()> {
        self.state().finish()
    }
}

impl State {
    fn finish(&mut self) -> Result<()> {
        self.check_handler();
        if self.mistakes.is_empty() {
            return Ok(());
        }
        let mut message = format!("the graph `{}` cannot run", self.name);
        for Mistake { place, reason } in self.mistakes.iter().take(MOST_MISTAKES) {
            let _ = write!(message, "; {place}: {reason}");
        }
        match self.mistakes.len().saturating_sub(MOST_MISTAKES) {
            0 => {}
            more => _ = write!(message, "; and {more} more"),
        }
        Err(Error::user(message))
    }

    fn refuse(&mut self, place: Location, reason: String) {
        // A line in a loop makes the same mistake each time.
        let mut known = self.mistakes.iter();
        if !known.any(|it| it.place == place && it.reason == reason) {
            self.mistakes.push(Mistake { place, reason });
        }
    }
}

const fn variable(name: &'static str, literal_type: LiteralType) -> Variable {
    Variable {
        name,
        literal_type,
        description: "",
        default: None,
    }
}

/// The line of the program that called the public function of this module.
#[track_caller]
fn here() -> Location {
    let caller = Caller::caller();
    Location {
        file: caller.file(),
        line: caller.line(),
    }
}
