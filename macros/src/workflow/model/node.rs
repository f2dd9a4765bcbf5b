//! The resolved settings of `#[node(…)]`.

use std::rc::Rc;

use darling::Error;
use proc_macro2::{Ident, TokenStream};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Meta};

use super::Node;
use super::body::{Body, upstream};
use super::value::{Giver, MapOptions, Run, Success, Value};
use crate::pod::model::{self as pod, PodTemplate};
use crate::pod::resources::{Amounts, resources};
use crate::syntax::error::{Sink, at};
use crate::syntax::value::{Flag, Number, Text, TimeSpan};
use crate::syntax::{group, items};
use crate::task::model::{self as task, Accelerator};
use crate::task::read::words::SharedMemory;
use crate::workflow::read::node::{CacheUse, NodeOptions, Ratio};

/// The settings of a node; unset ones are those of the entity.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: Option<Text>,
    pub(crate) id: Option<Text>,
    pub(crate) after: Vec<Ident>,
    pub(crate) retries: Option<Number>,
    pub(crate) timeout: Option<TimeSpan>,
    pub(crate) interruptible: Option<Flag>,
    pub(crate) cache: Option<Flag>,
    pub(crate) cache_version: Option<Text>,
    pub(crate) cache_serialize: Option<Flag>,
    pub(crate) requests: Amounts,
    pub(crate) limits: Amounts,
    pub(crate) shared_memory: Option<SharedMemory>,
    pub(crate) accelerator: Option<Accelerator>,
    pub(crate) container_image: Option<Text>,
    pub(crate) pod_template: Option<PodTemplate>,
    /// The options of a map.
    pub(crate) map: MapOptions,
    /// The names of the given settings, with their spans.
    written: Vec<Ident>,
}

/// The settings that Flyte reads in nodes of tasks only: others have no container and no cache, and the tasks of
/// a workflow follow the workflow's execution.
const OF_TASKS: [&str; 9] = [
    "interruptible",
    "cache",
    "requests",
    "limits",
    "resources",
    "shared_memory",
    "accelerator",
    "container_image",
    "pod_template",
];

/// The settings of maps.
const OF_MAPS: [&str; 3] = ["concurrency", "min_successes", "min_success_ratio"];

impl Settings {
    fn resolve(options: NodeOptions, written: Vec<Ident>, sink: &mut Sink) -> Self {
        let (requests, limits) =
            resources(options.requests, options.limits, options.resources, sink);
        let (cache, cache_version, cache_serialize) = match options.cache {
            None => (None, None, None),
            Some(CacheUse::Flag(flag)) => (Some(flag), None, None),
            Some(CacheUse::Group(group)) => {
                let yes = Flag(syn::parse_quote_spanned!(group.span=> true));
                let cache = group.open(sink);
                (Some(yes), cache.version, cache.serialize)
            }
        };
        let map = map_options(
            options.concurrency,
            options.min_successes,
            options.min_success_ratio,
            sink,
        );
        Settings {
            name: options.name,
            id: options.id,
            after: options.after.map(|names| names.0).unwrap_or_default(),
            retries: options.retries,
            timeout: options.timeout,
            interruptible: options.interruptible,
            cache,
            cache_version,
            cache_serialize,
            requests,
            limits,
            shared_memory: options.shared_memory,
            accelerator: options
                .accelerator
                .and_then(|it| task::accelerator(it, sink)),
            container_image: options.container_image,
            pod_template: options.pod_template.map(|it| pod::resolve(it, sink)),
            map,
            written,
        }
    }

    /// Whether all of them are about the node's place in the graph, and none about the run of its entity.
    pub(crate) fn only_place(&self) -> bool {
        let mut written = self.written.iter();
        written.all(|setting| setting == "id" || setting == "after")
    }

    /// The first setting that only nodes of tasks have.
    pub(crate) fn of_tasks(&self) -> Option<&Ident> {
        self.first_of(&OF_TASKS)
    }

    /// The first of these settings in the order of the source.
    fn first_of(&self, names: &[&str]) -> Option<&Ident> {
        let is_one = |setting: &&Ident| names.iter().any(|name| *setting == name);
        self.written.iter().find(is_one)
    }

    /// The first setting that the node does not have, and the kind of node.
    fn refused_by(&self, run: &Run) -> Option<(&Ident, &'static str)> {
        let of_calls = || self.of_tasks().or_else(|| self.first_of(&["retries"]));
        match run {
            Run::Call(_) | Run::Map(_) => None,
            Run::Gate(_) => of_calls().map(|setting| (setting, "a gate")),
            Run::Choice(_) => of_calls()
                .or_else(|| self.first_of(&["timeout"]))
                .map(|setting| (setting, "an `if`")),
        }
    }
}

/// ```text
/// #[node(concurrency = 4, min_success_ratio = 0.8)]
/// #[node(min_successes = 3)]
/// ```
fn map_options(
    concurrency: Option<Number>,
    min_successes: Option<Number>,
    min_success_ratio: Option<Ratio>,
    sink: &mut Sink,
) -> MapOptions {
    let success = match (min_successes, min_success_ratio) {
        (Some(_), Some(ratio)) => {
            sink.push(at(
                ratio.span(),
                "a map has `min_successes` or `min_success_ratio`, not both",
            ));
            Some(Success::Ratio(ratio))
        }
        (Some(least), None) => Some(Success::Count(least)),
        (None, ratio) => ratio.map(Success::Ratio),
    };
    MapOptions {
        concurrency,
        success,
    }
}

impl Body {
    /// Reads the `#[node(…)]` of a statement.
    pub(super) fn settings(&self, attrs: &[Attribute]) -> Result<Option<Settings>, Error> {
        let mut sink = Error::accumulator();
        let mut found = None;
        for attr in attrs {
            let path = attr.path();
            if !path.is_ident("node") {
                sink.push(at(
                    path.span(),
                    "a statement of a workflow takes `#[node(…)]`",
                ));
                continue;
            }
            if found.is_some() {
                sink.push(at(path.span(), "a node has one `#[node(…)]`"));
            }
            let tokens = match &attr.meta {
                Meta::List(list) => list.tokens.clone(),
                _ => TokenStream::new(),
            };
            let written = names_of(tokens.clone());
            let (options, _) = group::read::<NodeOptions>(tokens, &mut sink);
            found = Some(Settings::resolve(options, written, &mut sink));
        }
        for name in found.iter().flat_map(|settings| &settings.after) {
            let mistake = match self.names.get(name) {
                None => format!("there is no value `{name}` here"),
                Some(value) if is_of_a_node(value) => continue,
                Some(_) => format!("`{name}` is there before any node runs"),
            };
            let reason = format!("{mistake}: name the value of an earlier node");
            sink.push(at(name.span(), reason));
        }
        sink.finish_with(found)
    }

    /// Sets them on the last node.
    pub(super) fn set(
        &mut self,
        value: &mut Value,
        settings: Settings,
        expr: &Expr,
    ) -> Result<(), Error> {
        let (Value::Run(promise, run), Some(node)) = (&mut *value, self.graph.nodes.last_mut())
        else {
            return Err(at(expr.span(), "`#[node(…)]` belongs on a call"));
        };
        let after = settings.after.iter();
        let after = after.filter_map(|name| self.names.get(name));
        for id in upstream(after) {
            if !node.upstream.contains(&id) {
                node.upstream.push(id);
            }
        }
        node.set(settings)?;
        *run = Rc::clone(&node.run);
        if let Giver::Node { id, .. } = &mut promise.giver {
            id.clone_from(&node.id);
        }
        Ok(())
    }
}

/// Whether nodes give the value, or a part of it. The placeholder of a value with a mistake, which is reported
/// there, is an input without a name.
fn is_of_a_node(value: &Value) -> bool {
    let mut is_of_a_node = false;
    value.promises(&mut |promise| {
        is_of_a_node |= !matches!(&promise.giver, Giver::Input(name) if !name.is_empty());
    });
    is_of_a_node
}

impl Node {
    /// Sets all but its order.
    pub(super) fn set(&mut self, settings: Settings) -> Result<(), Error> {
        if let Run::Map(map) = &*self.run {
            let mut map = map.clone();
            map.options = settings.map.clone();
            self.run = Rc::new(Run::Map(map));
        } else if let Some(name) = settings.first_of(&OF_MAPS) {
            let reason = format!("only a map has `{name}`: `map(task, list)`");
            return Err(at(name.span(), reason));
        }
        if let Some((name, what)) = settings.refused_by(&self.run) {
            let reason = format!("{what} has no `{name}`: set it on the called entity");
            return Err(at(name.span(), reason));
        }
        if let Some(id) = settings.id.as_ref().and_then(Text::literal) {
            self.id = id;
        }
        self.settings = Some(settings);
        Ok(())
    }
}

/// The names of the settings in these tokens; other tokens are skipped.
fn names_of(tokens: TokenStream) -> Vec<Ident> {
    let items = items::parse(tokens).unwrap_or_default();
    let paths = items.iter().filter_map(group::path_of);
    paths.filter_map(|path| path.get_ident().cloned()).collect()
}

/// Refuses attributes inside of a statement: the settings of a node are those of a whole statement.
pub(super) fn without_attributes(expr: &Expr) -> Result<(), Error> {
    match attributes(expr) {
        [] => Ok(()),
        [attribute, ..] => Err(at(
            attribute.path().span(),
            "an attribute belongs before a statement: `#[node(…)] let total = sum(list)?;`",
        )),
    }
}

/// The attributes of an expression that is a statement.
pub(super) fn attributes(expr: &Expr) -> &[Attribute] {
    match expr {
        Expr::Try(it) => &it.attrs,
        Expr::Call(it) => &it.attrs,
        Expr::Await(it) => &it.attrs,
        Expr::If(it) => &it.attrs,
        Expr::Paren(it) => &it.attrs,
        Expr::MethodCall(it) => &it.attrs,
        _ => &[],
    }
}
