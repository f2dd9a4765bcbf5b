//! Refuses workflows that are well-formed, but wrong.

use std::collections::HashMap;

use flytekit_grammar as grammar;
use proc_macro2::Span;

use super::model::node::Settings;
use super::model::value::Run;
use super::model::{Node, Workflow};
use crate::pod::model::PodTemplate;
use crate::syntax::check::{Check, well_formed};
use crate::syntax::error::{Sink, Warning};
use crate::syntax::value::Text;

/// Checks everything, so that all mistakes are reported together.
pub(crate) fn workflow(workflow: &Workflow, sink: &mut Sink) -> Vec<Warning> {
    let mut check = Check::new(sink);
    check.name(&workflow.name);
    check.keys(&workflow.tags, |key| {
        well_formed(!key.is_empty(), "needs a name")
    });
    let graph = &workflow.graph;
    // Otherwise, another mistake was already reported.
    if graph.is_whole && graph.result.is_some() && graph.nodes.is_empty() {
        check.refuse(
            workflow.function.name.span(),
            "a workflow calls at least one entity: Flyte refuses an empty graph",
        );
    }
    let mut ids = HashMap::new();
    for node in &graph.nodes {
        check.node(node);
        for (id, given) in ids_of(node, "") {
            let Some(other) = ids.insert(id.clone(), given) else {
                continue;
            };
            // The mistake is reported at the chosen id.
            let place = given.or(other).unwrap_or_else(|| node.run.span());
            check.refuse(
                place,
                format!("two nodes have the id `{id}`: nodes are `n0`, `n1`, … in the order of the body, so choose an id of another form"),
            );
            break;
        }
    }
    check.warnings
}

/// The id of a node, and the ids that the backend gives to the nodes behind a condition when it flattens
/// them; each with its place in the source, if it is written there.
fn ids_of(node: &Node, before: &str) -> Vec<(String, Option<Span>)> {
    let id = format!("{before}{}", node.id);
    let before = format!("{id}-");
    let settings = node.settings.as_ref();
    let given = settings.and_then(|settings| settings.id.as_ref());
    let mut ids = vec![(id, given.map(Text::span))];
    if let Run::Choice(choice) = &*node.run {
        let sides = choice.sides();
        ids.extend(sides.flat_map(|side| ids_of(&side.node, &before)));
    }
    ids
}

impl Check<'_> {
    /// Checks the settings of a node, and of those behind a condition.
    fn node(&mut self, node: &Node) {
        if let Some(settings) = &node.settings {
            self.settings(settings);
        }
        if let Run::Choice(choice) = &*node.run {
            choice.sides().for_each(|side| self.node(&side.node));
        }
    }

    /// ```text
    /// #[node(id = "My_Node")]      `My_Node` is not a valid id of a node: …
    /// #[node(id = "end-node")]     …
    /// #[node(timeout = "1x")]      …
    /// ```
    fn settings(&mut self, settings: &Settings) {
        self.non_empty(
            settings.name.as_ref(),
            "leave `name` out for the entity's name",
        );
        if let Some(id) = &settings.id {
            self.id(id);
        }
        // Zero removes the task's timeout.
        if !settings
            .timeout
            .as_ref()
            .is_some_and(|it| it.literal().is_some_and(|it| it.is_zero()))
        {
            self.timeout(settings.timeout.as_ref());
        }
        self.non_empty(
            settings.cache_version.as_ref(),
            "a cache needs a version, such as `1.0`",
        );
        self.amounts(&settings.requests, &settings.limits);
        self.shared_memory(settings.shared_memory.as_ref());
        self.accelerator(settings.accelerator.as_ref());
        self.optional(settings.container_image.as_ref(), grammar::image);
        if let Some(pod) = settings
            .pod_template
            .as_ref()
            .and_then(PodTemplate::written)
        {
            self.pod(pod);
        }
    }

    fn id(&mut self, id: &Text) {
        let Some(text) = id.literal() else {
            self.refuse(id.span(), "the id of a node is a literal: `id = \"first\"`");
            return;
        };
        let of_backend = ["start-node", "end-node", "fn0"];
        if of_backend.contains(&&*text) {
            self.refuse(
                id.span(),
                format!("`{text}` is a node of Flyte itself: choose another id"),
            );
        } else if !grammar::dns_label(&text) {
            self.refuse(
                id.span(),
                format!("`{text}` is not a valid id of a node: an id consists of `a` to `z`, digits and `-`, begins and ends with a letter or a digit, and has at most 63 characters"),
            );
        }
    }
}
