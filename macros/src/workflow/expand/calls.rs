//! The nodes of a workflow: calls in byte strings, which cost rustc almost nothing, and all others as constants.

use flytekit_grammar::calls::Packer;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::descriptor::{binding, node, of_entity};
use super::targets::Targets;
use crate::emit::wire;
use crate::syntax::parameter::Input;
use crate::workflow::model::Node;
use crate::workflow::model::node::Settings;
use crate::workflow::model::value::{Call, Giver, Gives, Promise, Run, Step, Value};

/// ```text
/// nodes: &[…],
/// calls: __flytekit::Calls {
///     contents: b"\x0a\x02n0…",
///     shape: b"\x04…",
///     entities: &[<double as __flytekit::Signature<_>>::CALLED, …],
///     values: &[__flytekit::Binding::Constant(__flytekit::Constant::Integer(2)), …],
/// },
/// ```
pub(super) fn nodes(nodes: &[Node], inputs: &[Input], targets: &Targets) -> TokenStream {
    let mut calls = Calls::default();
    let mut others = Vec::new();
    for it in nodes {
        let has_no_settings = it.settings.as_ref().is_none_or(Settings::only_place);
        match &*it.run {
            Run::Call(call) if has_no_settings => calls.add(it, call, inputs),
            _ => {
                calls.packer.node();
                others.push(node(it, inputs, targets));
            }
        }
    }
    let others = quote!(nodes: &[#(#others),*],);
    if calls.entities.is_empty() {
        return others;
    }
    let (contents, shape) = (
        wire::literal(&calls.packer.contents),
        wire::literal(&calls.packer.shape),
    );
    let entities = calls.entities.iter();
    let entities = entities.map(|path| of_entity(path, "CALLED"));
    let values = calls.values;
    quote! {
        #others
        calls: __flytekit::Calls {
            contents: #contents,
            shape: #shape,
            entities: &[#(#entities),*],
            values: &[#(#values),*],
        },
    }
}

#[derive(Default)]
struct Calls<'n> {
    packer: Packer,
    entities: Vec<&'n Path>,
    values: Vec<TokenStream>,
}

impl<'n> Calls<'n> {
    fn add(&mut self, node: &Node, call: &'n Call, inputs: &[Input]) {
        let known = self.entities.iter().position(|it| **it == call.path);
        let entity = known.unwrap_or_else(|| {
            self.entities.push(&call.path);
            self.entities.len() - 1
        });
        let arguments = call.arguments.iter().map(|argument| {
            let whole = whole(argument);
            if whole.is_none() {
                self.values.push(binding(argument, inputs));
            }
            whole
        });
        let arguments: Vec<_> = arguments.collect();
        let upstream = node.upstream.iter().map(String::as_str);
        self.packer.call(&node.id, &arguments, upstream, entity);
    }
}

/// The bytes of the `Binding.binding` of a whole output or input.
pub(super) fn whole(value: &Value) -> Option<Vec<u8>> {
    let Promise { giver, steps } = match value {
        Value::Run(promise, _) | Value::Promise(promise) => promise,
        Value::Place(value, _) | Value::Some(_, _, value) => return whole(value),
        _ => return None,
    };
    let (node, variable) = match (giver, &**steps) {
        (Giver::Input(name), []) => ("", name.clone()),
        (Giver::Node { id, gives }, []) if !matches!(gives, Gives::Same(_)) => {
            (&**id, "o0".to_owned())
        }
        (
            Giver::Node {
                id,
                gives: Gives::OfEntity(_),
            },
            [Step::Output(place)],
        ) => (&**id, format!("o{place}")),
        _ => return None,
    };
    let mut reference = Vec::new();
    if !node.is_empty() {
        reference.extend(wire::field(1, node.as_bytes()));
    }
    reference.extend(wire::field(2, variable.as_bytes()));
    Some(wire::field(2, &wire::field(3, &reference)))
}
