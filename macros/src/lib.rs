//! The attribute and the derive of flytekit for Rust; use them from the crate `flytekit`.
//!
//! The folder is the pipeline: [`attr`] reads what is written, [`function`] what it is written on,
//! [`model`] makes the choices, [`check`] refuses what is wrong, [`expand`] writes the code.

#![expect(
    clippy::large_enum_variant,
    reason = "syntax trees are large, and there is one of each in an attribute"
)]

mod attr;
mod check;
mod docs;
mod error;
mod expand;
mod function;
mod model;
mod names;
mod outputs;
mod task;
#[cfg(test)]
mod tests;

use darling::Error;
use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a function a Flyte task.
#[proc_macro_attribute]
pub fn task(arguments: TokenStream, item: TokenStream) -> TokenStream {
    task::annotate(arguments.into(), &item.into()).into()
}

/// Makes the fields of a struct a task's outputs.
#[proc_macro_derive(Outputs, attributes(outputs))]
pub fn derive_outputs(item: TokenStream) -> TokenStream {
    let input = parse_macro_input!(item as DeriveInput);
    outputs::derive(&input)
        .unwrap_or_else(Error::write_errors)
        .into()
}
