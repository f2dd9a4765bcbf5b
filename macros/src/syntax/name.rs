//! Names in Flyte: of tasks, of worker functions.

use flytekit_grammar as grammar;

use crate::syntax::check::Check;
use crate::syntax::value::Text;

/// The name of a function in Flyte.
#[derive(Debug)]
pub(crate) enum Name {
    /// Module path and function.
    OfFunction,
    Given(Text),
}

impl Name {
    pub(crate) fn resolve(given: Option<Text>) -> Self {
        given.map_or(Name::OfFunction, Name::Given)
    }
}

impl Check<'_> {
    pub(crate) fn name(&mut self, name: &Name) {
        if let Name::Given(name) = name {
            self.text(name, grammar::task_name);
        }
    }
}
