//! Parses `#[workflow(…)]`.

pub(crate) mod function;
pub(crate) mod node;

use darling::{Error, FromMeta};
use proc_macro2::Ident;
use syn::Meta;

use crate::syntax::error::{at, list, unknown};
use crate::syntax::group::options;
use crate::syntax::lists::{Pairs, Readable};
use crate::syntax::value::{Flag, ItemPath, Text, name_of, span_of, word};

options! {
    /// `#[workflow(…)]`
    pub(crate) struct WorkflowOptions {
        name: Text,
        interruptible: Flag,
        failure_policy: FailurePolicy,
        on_failure: ItemPath,
        tags: Readable<Pairs>,
        krate as "crate": ItemPath,
    }
}

/// `failure_policy = fail_after_executable_nodes_complete`
#[derive(Debug)]
pub(crate) struct FailurePolicy(pub(crate) Ident);

impl FailurePolicy {
    /// Flyte's names of the policies.
    pub(crate) const WORDS: [&str; 2] =
        ["fail_immediately", "fail_after_executable_nodes_complete"];
}

impl FromMeta for FailurePolicy {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let word = match item {
            Meta::NameValue(pair) => word(&pair.value),
            Meta::Path(_) | Meta::List(_) => None,
        };
        let Some(word) = word else {
            let (name, words) = (name_of(item), list(&FailurePolicy::WORDS));
            let reason = format!("`{name}` takes one of {words}");
            return Err(at(span_of(item), reason));
        };
        if FailurePolicy::WORDS.iter().any(|known| word == known) {
            return Ok(FailurePolicy(word));
        }
        Err(unknown(
            "failure policy",
            &word.to_string(),
            word.span(),
            &FailurePolicy::WORDS,
        ))
    }
}
