//! The parts of a task's template that the macro encodes, because they are written as literals: const
//! evaluation need not check, sort or encode them.

use flytekit_grammar::template::{self, Amounts};
use flytekit_grammar::wire::Writer;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Expr, ExprLit, Lit};

use crate::dynamic;
use crate::emit::wire;
use crate::pod::resources::Amounts as Given;
use crate::syntax::lists::{Pairs, Texts};
use crate::syntax::value::{Flag, Number, Text, TimeSpan, ungrouped};
use crate::task::model::{Cache, Task};

/// `encoded: Encoded { description: Some(b"…"), metadata: Some(b"…"), settings: None, inputs: None },`
pub(super) fn field(task: &Task) -> TokenStream {
    let parts = [Some(description(task)), metadata(task), settings(task)];
    let [description, metadata, settings] = parts.map(|part| {
        let Some(bytes) = part else {
            return quote!(::core::option::Option::None);
        };
        let bytes = Literal::byte_string(&bytes);
        quote!(::core::option::Option::Some(#bytes))
    });
    let inputs = inputs(task);
    quote! {
        encoded: __flytekit::Encoded {
            description: #description,
            metadata: #metadata,
            settings: #settings,
            inputs: #inputs,
        },
    }
}

/// `TaskSpec.description`; empty if the task has none.
fn description(task: &Task) -> Vec<u8> {
    let docs = &task.function.docs;
    if docs.is_empty() && !task.engine.parts.is_described() {
        return Vec::new();
    }
    Writer::to_bytes(|w| {
        template::description(w, docs);
        w.message(2, 0);
    })
}

/// The order of the inputs' names, if there are several.
fn inputs(task: &Task) -> TokenStream {
    let names: Vec<_> = task.function.inputs.iter().map(|it| &*it.name).collect();
    if names.len() < 2 {
        return quote!(::core::option::Option::None);
    }
    let sorted = wire::sorted(&names);
    quote!(::core::option::Option::Some(&[#(#sorted),*]))
}

/// `TaskTemplate.metadata`, if all of it consists of literals.
fn metadata(task: &Task) -> Option<Vec<u8>> {
    let cache = task.cache.as_ref().map(LiteralCache::read);
    let cache = transposed(cache)?;
    let ignored: Vec<&str> = cache
        .iter()
        .flat_map(|it| &it.ignored)
        .map(|it| &**it)
        .collect();
    let deprecated = optional(task.deprecated.as_ref())?;
    let pod_template_name = optional(task.pod_template_name.as_ref())?;
    let metadata = template::Metadata {
        retries: transposed(task.retries.as_ref().map(count))?.unwrap_or_default(),
        timeout: transposed(task.timeout.as_ref().map(TimeSpan::literal))?,
        cache: cache.as_ref().map(|cache| template::Cache {
            version: &cache.version,
            serialize: cache.serialize,
            ignore_inputs: &ignored,
        }),
        interruptible: transposed(task.interruptible.as_ref().map(truth))?,
        deprecated: &deprecated,
        pod_template_name: &pod_template_name,
        generates_deck: transposed(task.deck.as_ref().map(|it| truth(&it.is_enabled)))?
            .unwrap_or_default(),
    };
    let (labels, annotations) = (sorted(&task.labels)?, sorted(&task.annotations)?);
    Some(Writer::to_bytes(|w| {
        let end = w.len();
        for (field, entries) in [(2, &annotations), (1, &labels)] {
            for (key, value) in entries.iter().rev() {
                template::entry(w, field, key, value);
            }
        }
        w.message(16, end);
        metadata.encode(w);
        w.message(3, 0);
    }))
}

/// The fields of `Container` after its args, if all of them are literals, and if the task has no pod, which
/// has them as JSON.
fn settings(task: &Task) -> Option<Vec<u8>> {
    if task.pod_template.is_some() {
        return None;
    }
    let mut env = entries(&task.env)?;
    if task.function.graph.is_some() {
        env.push((dynamic::SETTINGS.to_owned(), String::new()));
    }
    let (requests, limits) = (literals(&task.requests)?, literals(&task.limits)?);
    Some(Writer::to_bytes(|w| {
        for (name, value) in env.iter().rev() {
            template::variable(w, name, value);
        }
        template::resources(w, &amounts(&requests), &amounts(&limits));
    }))
}

/// `cache(…)` of literals.
struct LiteralCache {
    version: String,
    serialize: bool,
    ignored: Vec<String>,
}

impl LiteralCache {
    fn read(cache: &Cache) -> Option<Self> {
        let Cache::Written {
            version,
            serialize,
            ignore_inputs,
        } = cache
        else {
            return None;
        };
        let ignored = match ignore_inputs {
            None => Vec::new(),
            Some(Texts::Entries(names)) => {
                names.iter().map(Text::literal).collect::<Option<_>>()?
            }
            Some(Texts::Const(_)) => return None,
        };
        Some(LiteralCache {
            version: version.literal()?,
            serialize: transposed(serialize.as_ref().map(truth))?.unwrap_or_default(),
            ignored,
        })
    }
}

/// `None` if the value is not a literal; a known absence if there is no value.
#[expect(clippy::option_option, reason = "not known, not given, given")]
fn transposed<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    given.map_or(Some(None), |known| known.map(Some))
}

fn optional(text: Option<&Text>) -> Option<String> {
    text.map_or_else(|| Some(String::new()), Text::literal)
}

fn count(number: &Number) -> Option<u32> {
    match number {
        Number::Literal(int) => int.base10_parse().ok(),
        Number::Const(_) => None,
    }
}

fn truth(Flag(expr): &Flag) -> Option<bool> {
    match ungrouped(expr) {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(truth),
            ..
        }) => Some(truth.value),
        _ => None,
    }
}

fn entries(pairs: &Pairs) -> Option<Vec<(String, String)>> {
    let Pairs::Entries(entries) = pairs else {
        return None;
    };
    let known = entries
        .iter()
        .map(|pair| Some((pair.key.literal()?, pair.value.literal()?)));
    known.collect()
}

/// The pairs, sorted by key; of equal keys the last one counts.
fn sorted(pairs: &Pairs) -> Option<Vec<(String, String)>> {
    let by_key: std::collections::BTreeMap<_, _> = entries(pairs)?.into_iter().collect();
    Some(by_key.into_iter().collect())
}

fn literals(given: &Given) -> Option<Vec<(&'static str, String)>> {
    let Given::Written(amounts) = given else {
        return None;
    };
    let known = amounts
        .iter()
        .map(|(name, amount)| Some((*name, amount.literal()?)));
    known.collect()
}

fn amounts<'a>(known: &'a [(&'static str, String)]) -> Amounts<'a> {
    let of = |name: &str| {
        let amount = known.iter().find(|(known, _)| *known == name);
        amount.map(|(_, amount)| &**amount)
    };
    Amounts {
        cpu: of("cpu"),
        mem: of("mem"),
        gpu: of("gpu"),
        ephemeral_storage: of("ephemeral_storage"),
    }
}
