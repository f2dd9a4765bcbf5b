//! The attributes and the derives of flytekit for Rust; use them from the crate `flytekit`.
//!
//! Each item that users write has a file or a folder. In a folder the files are the stages: `read` parses the
//! source, `model` makes the choices, `check` refuses mistakes, and `expand` generates the code. All mistakes
//! of one attribute are reported together, each at its token.

#![expect(
    clippy::large_enum_variant,
    reason = "syntax trees are large, and there is one of each in an attribute"
)]

mod columns;
mod data;
mod dynamic;
mod emit;
mod engines;
mod launch_plan;
mod outputs;
mod pod;
mod reference;
mod syntax;
mod task;
#[cfg(test)]
mod tests;
mod worker_fn;
mod workflow;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

#[doc = include_str!("../docs/task.md")]
#[proc_macro_attribute]
pub fn task(arguments: TokenStream, item: TokenStream) -> TokenStream {
    task::annotate(arguments.into(), &item.into()).into()
}

#[doc = include_str!("../docs/dynamic.md")]
#[proc_macro_attribute]
pub fn dynamic(arguments: TokenStream, item: TokenStream) -> TokenStream {
    task::annotate_as(task::Kind::Dynamic, arguments.into(), &item.into()).into()
}

#[doc = include_str!("../docs/workflow.md")]
#[proc_macro_attribute]
pub fn workflow(arguments: TokenStream, item: TokenStream) -> TokenStream {
    workflow::annotate(arguments.into(), &item.into()).into()
}

#[doc = include_str!("../docs/launch_plan.md")]
#[proc_macro_attribute]
pub fn launch_plan(arguments: TokenStream, item: TokenStream) -> TokenStream {
    launch_plan::annotate(arguments.into(), &item.into()).into()
}

#[doc = include_str!("../docs/worker_fn.md")]
#[proc_macro_attribute]
pub fn worker_fn(arguments: TokenStream, item: TokenStream) -> TokenStream {
    worker_fn::annotate(arguments.into(), &item.into()).into()
}

/// Emits the items that the other attributes put beside a function.
///
/// It expands to its arguments, and the item below it disappears. rustc drops an item that is not allowed in
/// its position, with all attributes on it, so inside of an `impl` block one such item is one error.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __flytekit_beside(arguments: TokenStream, _item: TokenStream) -> TokenStream {
    arguments
}

#[doc = include_str!("../docs/outputs.md")]
#[proc_macro_derive(Outputs, attributes(outputs))]
pub fn derive_outputs(item: TokenStream) -> TokenStream {
    let input = parse_macro_input!(item as DeriveInput);
    outputs::derive(&input).into()
}

#[doc = include_str!("../docs/columns.md")]
#[proc_macro_derive(Columns, attributes(column, columns))]
pub fn derive_columns(item: TokenStream) -> TokenStream {
    let input = parse_macro_input!(item as DeriveInput);
    columns::derive(&input).into()
}

#[doc = include_str!("../docs/flyte_data.md")]
#[proc_macro_derive(FlyteData, attributes(serde, flyte))]
pub fn derive_flyte_data(item: TokenStream) -> TokenStream {
    let input = parse_macro_input!(item as DeriveInput);
    data::derive(&input).into()
}
