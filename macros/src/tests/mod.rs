//! Tests of the stages, from source text to source text, and to messages.

mod expansions;
mod mistakes;
mod pages;
mod pods;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, DeriveInput, File, Item, Meta};

use crate::{columns, data, launch_plan, outputs, task, worker_fn, workflow};

/// A function with attributes, which syn would only parse with a body.
struct Annotated {
    attrs: Vec<Attribute>,
    rest: TokenStream,
}

impl Parse for Annotated {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Annotated {
            attrs: input.call(Attribute::parse_outer)?,
            rest: input.parse()?,
        })
    }
}

/// The arguments of `#[attribute(…)]`, and the function under it.
fn annotated(attribute: &str, source: &str) -> (TokenStream, TokenStream) {
    let Annotated { mut attrs, rest } = syn::parse_str(source).expect("a function");
    let at = attrs.iter().position(|it| it.path().is_ident(attribute));
    let attr = attrs.remove(at.expect("an attribute"));
    let arguments = match attr.meta {
        Meta::List(list) => list.tokens,
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    (arguments, quote!(#(#attrs)* #rest))
}

/// The expansion of the attribute, as people would write it.
fn expansion(source: &str) -> String {
    let (arguments, item) = annotated("task", source);
    pretty(task::annotate(arguments, &item))
}

/// The expansion of `#[dynamic]`.
fn dynamic_expansion(source: &str) -> String {
    let (arguments, item) = annotated("dynamic", source);
    pretty(task::annotate_as(task::Kind::Dynamic, arguments, &item))
}

/// The expansion of `#[worker_fn]`.
fn worker_fn_expansion(source: &str) -> String {
    let (arguments, item) = annotated("worker_fn", source);
    pretty(worker_fn::annotate(arguments, &item))
}

/// The expansion of `#[workflow]`.
fn workflow_expansion(source: &str) -> String {
    let (arguments, item) = annotated("workflow", source);
    pretty(workflow::annotate(arguments, &item))
}

/// The expansion of `#[launch_plan]`.
fn launch_plan_expansion(source: &str) -> String {
    let (arguments, item) = annotated("launch_plan", source);
    pretty(launch_plan::annotate(arguments, &item))
}

/// The expansion of the options of a task without inputs: the fields between the interface and the place in
/// the source.
fn fields(options: &str) -> String {
    let expanded = expansion(&format!("#[task({options})] fn f() {{}}"));
    let from = expanded.find("outputs: <()").expect("the interface");
    let to = expanded.find("        location: ").expect("a place");
    let fields = &expanded[from..to];
    fields
        .split_once('\n')
        .map_or("", |(_, fields)| fields)
        .to_owned()
}

/// The expansion of `derive(Outputs)`.
fn derived(source: &str) -> String {
    let input: DeriveInput = syn::parse_str(source).expect("a struct");
    pretty(outputs::derive(&input))
}

/// The expansion of `derive(Columns)`.
fn derived_columns(source: &str) -> String {
    let input: DeriveInput = syn::parse_str(source).expect("a struct");
    pretty(columns::derive(&input))
}

/// The expansion of `derive(FlyteData)`.
fn derived_data(source: &str) -> String {
    let input: DeriveInput = syn::parse_str(source).expect("a type");
    pretty(data::derive(&input))
}

/// Formats tokens as people would write them, with the items beside a function.
fn pretty(tokens: TokenStream) -> String {
    let mut file: File = syn::parse2(tokens).expect("items");
    let items = std::mem::take(&mut file.items);
    file.items = items.into_iter().flat_map(carried).collect();
    prettyplease::unparse(&file)
}

/// The items in the arguments of `beside`, or the item itself.
fn carried(item: Item) -> Vec<Item> {
    let Item::Impl(carrier) = &item else {
        return vec![item];
    };
    let is_beside = |attr: &&Attribute| {
        let last = attr.path().segments.last();
        last.is_some_and(|segment| segment.ident == "beside")
    };
    let Some(beside) = carrier.attrs.iter().find(is_beside) else {
        return vec![item];
    };
    beside.parse_args::<File>().expect("items").items
}

/// Each mistake as ``message @ `source` ``.
fn mistakes(source: &str) -> Vec<String> {
    let (arguments, item) = annotated("task", source);
    let mut function = syn::parse2(item).expect("a function");
    let resolved = task::resolve(arguments, &mut function);
    resolved.checked.err().map_or_else(Vec::new, listed)
}

/// The mistakes of the attribute, then those of the function.
fn worker_fn_mistakes(source: &str) -> Vec<String> {
    let (arguments, item) = annotated("worker_fn", source);
    let source = syn::parse2(item).expect("a function");
    let (mut options, mut function) = (Error::accumulator(), Error::accumulator());
    worker_fn::resolve(arguments, &source, &mut options, &mut function);
    let mistakes = [options, function].map(|sink| sink.finish().err());
    mistakes.into_iter().flatten().flat_map(listed).collect()
}

fn workflow_mistakes(source: &str) -> Vec<String> {
    let (arguments, item) = annotated("workflow", source);
    let mut source = syn::parse2(item).expect("a function");
    let resolved = workflow::resolve(arguments, &mut source);
    resolved.checked.err().map_or_else(Vec::new, listed)
}

fn launch_plan_mistakes(source: &str) -> Vec<String> {
    let (arguments, item) = annotated("launch_plan", source);
    let mut source = syn::parse2(item).expect("a function");
    let resolved = launch_plan::resolve(arguments, &mut source);
    resolved.checked.err().map_or_else(Vec::new, listed)
}

fn outputs_mistakes(source: &str) -> Vec<String> {
    let input: DeriveInput = syn::parse_str(source).expect("an item");
    let (_, resolved) = outputs::resolve(&input, Error::accumulator());
    resolved.err().map_or_else(Vec::new, listed)
}

fn columns_mistakes(source: &str) -> Vec<String> {
    let input: DeriveInput = syn::parse_str(source).expect("an item");
    let (_, resolved) = columns::resolve(&input, Error::accumulator());
    resolved.err().map_or_else(Vec::new, listed)
}

fn data_mistakes(source: &str) -> Vec<String> {
    let input: DeriveInput = syn::parse_str(source).expect("an item");
    let resolved = data::resolve(&input, Error::accumulator());
    resolved.err().map_or_else(Vec::new, listed)
}

fn listed(error: Error) -> Vec<String> {
    let place = |error: &Error| error.span().source_text().unwrap_or_default();
    let message = |error: &Error| syn::Error::from(error.clone()).to_string();
    error
        .flatten()
        .into_iter()
        .map(|error| format!("{} @ `{}`", message(&error), place(&error)))
        .collect()
}
