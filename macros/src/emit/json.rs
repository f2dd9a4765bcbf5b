//! JSON as constants of the runtime's `Json`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{checked, here};
use crate::syntax::json::{Json, JsonObject, Member};

/// ```text
/// { "disk": "ssd", "priority": PRIORITY }
///     &[("disk", __flytekit::Json::String("ssd")), ("priority", __flytekit::JsonLeaf(PRIORITY).json())]
/// ```
pub(crate) fn object(object: &JsonObject) -> TokenStream {
    match object {
        JsonObject::Members(each) => members(each),
        JsonObject::Const(expr) => expr.to_token_stream(),
    }
}

fn members(members: &[Member]) -> TokenStream {
    let members = members.iter().map(|Member { key, value }| {
        let value = json(value);
        quote!((#key, #value))
    });
    quote!(&[#(#members),*])
}

fn json(value: &Json) -> TokenStream {
    match value {
        Json::Null => quote!(__flytekit::Json::Null),
        Json::Bool(truth) => quote!(__flytekit::Json::Bool(#truth)),
        Json::Number(number, false) => quote!(__flytekit::Json::Number(#number)),
        Json::Number(number, true) => quote!(__flytekit::Json::Number(-#number)),
        Json::Text(text) => quote!(__flytekit::Json::String(#text)),
        Json::Array(items) => {
            let items = items.iter().map(json);
            quote!(__flytekit::Json::Array(&[#(#items),*]))
        }
        Json::Object(each) => {
            let members = members(each);
            quote!(__flytekit::Json::Object(#members))
        }
        Json::Const(expr) => leaf(value, expr),
        Json::Checked(expr, rule) => leaf(value, &checked::ruled(expr, expr.span(), rule)),
        Json::Labels(labels) => leaf(value, &checked::pairs(labels, "labels")),
    }
}

/// A value of any type that the runtime converts to JSON.
fn leaf(value: &Json, tokens: &impl ToTokens) -> TokenStream {
    quote_spanned!(here(value.place())=> __flytekit::JsonLeaf(#tokens).json())
}
