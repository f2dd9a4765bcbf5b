//! Local runs of a graph.

use std::mem::replace;

use super::promise::Promise;
use super::value::Bound;
use super::{Graph, here, variable};
use crate::declare::Variable;
use crate::error::{Error, Result};
use crate::execute::run_function;
use crate::types::{FlyteType, LiteralMapRef, OutputsReader, OutputsWriter};

impl Graph {
    /// Begins a local run, whose result takes the inputs.
    pub fn start(&self) -> Start<'_> {
        Start {
            graph: self,
            inputs: OutputsWriter::new(),
            wrong: None,
        }
    }

    /// Runs the graph locally, and returns the value of a promise: for tests of functions that build a graph
    /// without inputs.
    ///
    /// # Errors
    ///
    /// Those of [`Start::run`].
    #[track_caller]
    pub fn value<T: FlyteType>(&self, promise: &Promise<T>) -> Result<T> {
        const VALUE: &str = "o0";
        let (bound, place) = (Bound::Promise(promise.source.clone()), here());
        let mut state = self.state();
        let mistakes = state.mistakes.len();
        state.check_bound(&bound, &T::LITERAL_TYPE, place, &"the value");
        drop(state);
        let own = self.replace_results(vec![variable(VALUE, T::LITERAL_TYPE)], vec![bound]);
        let outcome = self.start().run();
        self.replace_results(own.0, own.1);
        // A mistake in the promise is not a mistake in the graph.
        self.state().mistakes.truncate(mistakes);
        outcome?.output(VALUE)
    }

    fn replace_results(
        &self,
        outputs: Vec<Variable>,
        results: Vec<Bound>,
    ) -> (Vec<Variable>, Vec<Bound>) {
        let mut state = self.state();
        (
            replace(&mut state.outputs, outputs),
            replace(&mut state.results, results),
        )
    }

    /// Sets the outputs of a dynamic task.
    pub(crate) fn give(&self, outputs: &'static [Variable], results: Vec<Bound>) {
        let mut state = self.state();
        let place = state.location;
        for (output, bound) in outputs.iter().zip(&results) {
            let what = format!("output `{}`", output.name);
            state.check_bound(bound, &output.literal_type, place, &what);
        }
        drop(state);
        self.replace_results(outputs.to_vec(), results);
    }
}

/// A graph about to run.
#[derive(Debug)]
#[must_use = "`run` runs it"]
pub struct Start<'g> {
    graph: &'g Graph,
    inputs: OutputsWriter,
    wrong: Option<String>,
}

impl Start<'_> {
    /// Sets the value of the input with this name.
    #[expect(clippy::needless_pass_by_value, reason = "as a function takes it")]
    pub fn input<T: FlyteType>(mut self, name: &str, value: T) -> Self {
        let graph = self.graph.name();
        let found = self
            .graph
            .state()
            .inputs
            .iter()
            .copied()
            .find(|input| input.name == name);
        let Some(input) = found else {
            self.wrong
                .get_or_insert(format!("the graph `{graph}` has no input `{name}`"));
            return self;
        };
        if !input.literal_type.is(&T::LITERAL_TYPE) {
            self.wrong.get_or_insert(format!(
                "the input `{name}` of the graph `{graph}` has another type"
            ));
        } else if let Err(error) = self.inputs.output(input.name, &value) {
            self.wrong
                .get_or_insert(format!("the input of the graph `{graph}`: {error}"));
        }
        self
    }

    /// Runs the graph, node by node, through the same dispatch as single tasks.
    ///
    /// # Errors
    ///
    /// All mistakes in the graph, an input that is missing or has another type, or the first failure of a
    /// node, which the error names.
    pub fn run(self) -> Result<Outcome> {
        if let Some(wrong) = self.wrong {
            return Err(Error::bad_input(wrong));
        }
        self.graph.finish()?;
        let (graph, inputs) = (self.graph, self.inputs);
        graph
            .described(|descriptor| run_function(descriptor, inputs))
            .map(Outcome)
    }
}

/// The outputs of a graph that has run.
#[derive(Debug)]
pub struct Outcome(Vec<u8>);

impl Outcome {
    /// The output with this name.
    ///
    /// # Errors
    ///
    /// If there is no such output, or if it has another type.
    pub fn output<T: FlyteType>(&self, name: &str) -> Result<T> {
        let outputs = OutputsReader::new(LiteralMapRef::new(&self.0));
        let value = outputs.output(name);
        value.map_err(|error| Error::user(format!("output {error}")))
    }
}
