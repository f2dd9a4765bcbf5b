//! Merges the options of a pod into its `spec`.

use proc_macro2::Span;
use syn::spanned::Spanned;

use crate::syntax::error::{Sink, at};
use crate::syntax::json::{Json, JsonObject, Member};

/// Merges objects member by member, and lists item by item. A value in both is a mistake.
///
/// ```text
/// node_selector("disk" = "ssd"), spec = { "nodeSelector": { "disk": "hdd" } }   `spec` says `nodeSelector.disk` too: …
/// image = "app:1", spec = SPEC                                                  a constant `spec` cannot …
/// ```
pub(crate) fn merge(
    options: Vec<Member>,
    spec: Option<JsonObject>,
    sink: &mut Sink,
) -> Option<JsonObject> {
    match spec {
        None if options.is_empty() => None,
        None => Some(JsonObject::Members(options)),
        Some(JsonObject::Const(expr)) => {
            if !options.is_empty() {
                let reason = "a constant `spec` cannot be merged with the other options of the pod: write its members here, or all of the pod as a constant";
                sink.push(at(expr.span(), reason));
            }
            Some(JsonObject::Const(expr))
        }
        Some(JsonObject::Members(mut members)) => {
            let mut merge = Merge {
                sink,
                path: Vec::new(),
            };
            merge.members(options, &mut members);
            Some(JsonObject::Members(members))
        }
    }
}

struct Merge<'a> {
    sink: &'a mut Sink,
    /// Keys and names on the path from the `PodSpec` to the current value.
    path: Vec<String>,
}

impl Merge<'_> {
    fn members(&mut self, options: Vec<Member>, given: &mut Vec<Member>) {
        for Member { key, value } in options {
            let name = key.value();
            match given.iter_mut().find(|member| member.key.value() == name) {
                None => given.push(Member { key, value }),
                Some(member) => {
                    self.path.push(name);
                    self.value(value, &mut member.value, key.span());
                    self.path.pop();
                }
            }
        }
    }

    fn value(&mut self, option: Json, given: &mut Json, place: Span) {
        match (option, given) {
            (Json::Object(option), Json::Object(given)) => self.members(option, given),
            (Json::Array(option), Json::Array(given)) => self.items(option, given),
            _ => self.conflict(place),
        }
    }

    /// Items are matched by name, mounts by path; items with neither are appended.
    fn items(&mut self, options: Vec<Json>, given: &mut Vec<Json>) {
        let by = match self.path.last().map(String::as_str) {
            Some("volumeMounts") => "mountPath",
            _ => "name",
        };
        let merged = self.path.last().is_some_and(|key| key == "containers");
        for option in options {
            let twin = match option.member(by) {
                None => None,
                Some(Json::Text(name)) => {
                    let name = name.value();
                    let is_twin = |item: &&mut Json| item.text(by).is_some_and(|it| it == name);
                    given.iter_mut().find(is_twin).map(|twin| (name, twin))
                }
                Some(constant) => {
                    let reason = format!(
                        "with a `spec` that has `{}`, this must be a literal",
                        self.path.join(".")
                    );
                    self.sink.push(at(constant.place(), reason));
                    continue;
                }
            };
            let Some((name, twin)) = twin else {
                given.push(option);
                continue;
            };
            self.path.push(name);
            match (option, twin) {
                (Json::Object(option), Json::Object(twin)) if merged => {
                    let option = option.into_iter().filter(|it| it.key.value() != by);
                    self.members(option.collect(), twin);
                }
                (option, _) => self.conflict(option.place()),
            }
            self.path.pop();
        }
    }

    fn conflict(&mut self, place: Span) {
        let path = self.path.join(".");
        let reason = format!("`spec` sets `{path}` too: set it in one of them");
        self.sink.push(at(place, reason));
    }
}
