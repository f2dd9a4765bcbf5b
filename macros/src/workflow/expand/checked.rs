//! The body once more, as rustc checks it: what the user wrote, in which entities are called by their
//! signatures, and nothing is moved.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::places::ends;
use crate::emit::here;
use crate::syntax::parameter::{DefaultValue, Input};
use crate::workflow::model::value::{Accessor, Base, Call, Constant, List, Place, Value};
use crate::workflow::model::{Statement, Workflow};
use crate::workflow::read::function::Function;

/// ```text
/// |n: i64| -> <Result<i64> as __flytekit::WorkflowReturns>::Itself {
///     let a = <double as __flytekit::Signature<_>>::call()(__flytekit::Place(&n).value())?;
///     Ok(__flytekit::Place(&a).value())
/// }
/// ```
pub(super) fn closure(workflow: &Workflow) -> TokenStream {
    let function = &workflow.function;
    let parameters = function.inputs.iter().map(|input| {
        let Input { variable, ty, .. } = input;
        quote!(#variable: #ty)
    });
    let defaults = typed_defaults(function, &workflow.defaults);
    let output = &function.output;
    let output = quote_spanned!(output.span()=> <#output as __flytekit::WorkflowReturns>::Itself);
    let statements = workflow.graph.statements.iter().map(statement);
    let result = workflow.graph.result.as_ref().map(expression);
    quote! {
        |#(#parameters),*| -> #output {
            #defaults
            #(#statements)*
            #result
        }
    }
}

/// That each default is of its input's type.
pub(crate) fn typed_defaults(function: &Function, defaults: &[(usize, Value)]) -> TokenStream {
    let each = defaults.iter().map(|(place, value)| {
        let Input { ty, default, .. } = &function.inputs[*place];
        let place = default
            .as_ref()
            .map(|DefaultValue { expr, .. }| expr.span());
        let value = expression(value);
        let place = here(place.unwrap_or_else(|| ty.span()));
        quote_spanned!(place=> let _: #ty = #value;)
    });
    quote!(#(#each)*)
}

fn statement(statement: &Statement) -> TokenStream {
    match statement {
        Statement::Let { pattern, ty, value } => {
            let value = expression(value);
            let ty = ty.as_ref().map(|ty| quote!(: #ty));
            quote!(let #pattern #ty = #value;)
        }
        Statement::Run(value) => {
            let value = expression(value);
            quote!(#value;)
        }
    }
}

/// The value as rustc types it.
fn expression(value: &Value) -> TokenStream {
    match value {
        Value::Called(_, call) => called(call),
        Value::Place(_, place) => taken(place),
        // They are written as one of the others.
        Value::Promise(_) => TokenStream::new(),
        Value::Constant(constant) => self::constant(constant),
        Value::List(List { vec, items }) => {
            let items = items.iter().map(expression);
            match vec {
                Some(path) => quote!(#path![#(#items),*]),
                None => quote!([#(#items),*]),
            }
        }
        Value::Map { path, entries } => {
            let entries = entries.iter().map(|(key, value)| {
                let (key, value) = (constant(&Constant::Text(key.clone())), expression(value));
                quote!((#key, #value))
            });
            quote!(#path([#(#entries),*]))
        }
        Value::Some(path, value) | Value::Ok(path, value) => {
            let value = expression(value);
            quote!(#path(#value))
        }
        Value::Tuple(paren, values) => {
            let values = values.iter().map(expression);
            let mut tuple = TokenStream::new();
            paren.surround(&mut tuple, |inside| inside.extend(quote!(#(#values),*)));
            tuple
        }
        Value::Record { path, fields } => {
            let fields = fields.iter().map(|(name, value)| {
                let value = expression(value);
                quote!(#name: #value)
            });
            quote!(#path { #(#fields),* })
        }
    }
}

/// `<double as __flytekit::Signature<_>>::call()(…)?`
fn called(call: &Call) -> TokenStream {
    let Call {
        path,
        paren,
        arguments,
        tried,
    } = call;
    let (first, last) = ends(path);
    let mut called = quote_spanned!(first=> <#path as __flytekit::Signature<_>>::);
    called.extend(quote_spanned!(last=> call()));
    let arguments = arguments.iter().map(expression);
    paren.surround(&mut called, |inside| inside.extend(quote!(#(#arguments),*)));
    quote!(#called #tried)
}

/// `__flytekit::Place(&stats.mean).value()`
fn taken(place: &Place) -> TokenStream {
    let mut written = match &place.base {
        Base::Name(name) => name.to_token_stream(),
        Base::Call(call) => called(call),
    };
    for accessor in &place.path {
        match accessor {
            Accessor::Field(dot, member) => {
                dot.to_tokens(&mut written);
                member.to_tokens(&mut written);
            }
            Accessor::Index(bracket, index) => {
                bracket.surround(&mut written, |inside| index.to_tokens(inside));
            }
        }
    }
    let (first, last) = ends(&written);
    let place = quote_spanned!(first=> __flytekit::Place(&#written));
    let value = quote_spanned!(last=> .value());
    quote!(#place #value)
}

fn constant(constant: &Constant) -> TokenStream {
    match constant {
        Constant::Literal(literal) => literal.to_token_stream(),
        Constant::Text(text) => {
            quote_spanned!(text.span()=> __flytekit::text(#text))
        }
        Constant::Expr(expr) => {
            let (first, last) = ends(expr);
            let function = quote_spanned!(first=> __flytekit::constant);
            let argument = quote_spanned!(last=> (#expr));
            quote!(#function #argument)
        }
        Constant::None(path) => path.to_token_stream(),
    }
}
