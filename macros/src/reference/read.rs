//! Parses the location of a registered entity, and refuses forms of functions that cannot be called.

use crate::syntax::group::{Group, options};
use crate::syntax::signature::Refusals;
use crate::syntax::value::{ItemPath, Text};

options! {
    /// `#[task(reference(…))]`
    pub(crate) struct Options {
        reference: Group<Named>,
        krate as "crate": ItemPath,
    }
}

options! {
    /// `reference(project = "…", domain = "…", name = "…", version = "…")`
    pub(crate) struct Named {
        project: Text,
        domain: Text,
        name: Text,
        version: Text,
    }
}

pub(super) const REFUSALS: Refusals = Refusals {
    rivals: &[],
    no_body: "",
    generic: "a reference cannot be generic: each of its inputs has one type",
    constness: "a reference cannot be a `const fn`: it runs elsewhere",
    asyncness: Some("a reference is not `async`: it runs elsewhere, and a workflow waits for it"),
    safety: "a reference cannot be unsafe: it runs elsewhere",
    abi: "a reference cannot be `extern`: it runs elsewhere",
    variadic: "a reference cannot be variadic: its inputs are known",
    method: "a reference cannot be a method: put the function outside of the `impl` block",
    conditional_parameter: "a parameter of a reference cannot be conditional: put `cfg` on the whole function",
    default: Some("a reference has the defaults that it was registered with"),
    impl_parameter: "an input cannot be `impl Trait`: name its type",
    impl_output: "an output cannot be `impl Trait`: name its type",
    borrowed_output: |_| "an output is owned: name its type".to_owned(),
};
