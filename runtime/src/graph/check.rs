//! Checks a graph for mistakes that Flyte would refuse, in the order of its construction.

use std::fmt::Display;

use flytekit_grammar as grammar;

use super::State;
use super::map::WHOLE_ELEMENTS;
use super::node::{Placed, Settings, Standing, Wait, What};
use super::promise::{Giver, Promise, Source, Whole};
use super::value::{Bound, Kind};
use crate::declare::{FAILURE, LiteralType, Location, ReferenceKind, Target, Variable};

impl Source {
    /// The name of the output or input, if it is a single one.
    pub(super) fn variable(&self) -> Option<&'static str> {
        match self.whole {
            Whole::One(variable, _) => Some(variable),
            Whole::Several(_) | Whole::Nothing => None,
        }
    }
}

impl State {
    /// Checks a name: names of values that nodes take consist of letters, digits and `_`.
    pub(super) fn check_variable(
        &mut self,
        what: &str,
        name: &str,
        is_taken: bool,
        place: Location,
    ) {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_word) {
            self.refuse(
                place,
                format!("the {what} `{name}`: a name consists of ASCII letters, digits and `_`"),
            );
        } else if is_taken {
            self.refuse(place, format!("there is an {what} `{name}` already"));
        }
    }

    /// Checks an id: ids of nodes are names in Kubernetes, and are unique.
    pub(super) fn check_id(&mut self, id: &str, unique: &str, place: Location) {
        let of_backend = ["start-node", "end-node", "fn0"];
        if of_backend.contains(&id) {
            self.refuse(
                place,
                format!("the id `{id}` is a node of Flyte itself: choose another id"),
            );
        } else if !grammar::dns_label(id) {
            self.refuse(
                place,
                format!(
                    "`{id}` is not a valid id of a node: an id consists of `a` to `z`, digits and `-`, begins and ends \
                     with a letter or a digit, and has at most 63 characters"
                ),
            );
        }
        if !self.ids.insert(unique.to_owned()) {
            self.refuse(
                place,
                format!(
                    "two nodes have the id `{unique}`: nodes are `{prefix}0`, `{prefix}1`, … in their order, \
                     so choose an id of another form",
                    prefix = self.prefix
                ),
            );
        }
    }

    /// Refuses the settings that only a call of a task has on all other nodes.
    pub(super) fn check_settings(&mut self, what: &What, settings: &Settings, place: Location) {
        if settings.name.as_ref().is_some_and(String::is_empty) {
            self.refuse(place, "a name cannot be empty: leave it out".to_owned());
        }
        if let Some(image) = &settings.container_image
            && let Err(reason) = grammar::image(image)
        {
            self.refuse(place, format!("the image `{image}` {reason}"));
        }
        if settings
            .cache_version
            .as_ref()
            .is_some_and(String::is_empty)
        {
            self.refuse(place, "a cache needs a version, such as `1.0`".to_owned());
        }
        let is_task = match what {
            What::Entity(target) => match target {
                Target::Task(_) => true,
                Target::Reference(reference) => reference.kind == ReferenceKind::Task,
                _ => false,
            },
            What::Map(_) => true,
            What::Branch(..) | What::Gate(_) => false,
        };
        let overrides = &settings.overrides;
        let of_tasks = [
            ("interruptible", overrides.interruptible.is_some()),
            ("cache_version", settings.cache_version.is_some()),
            // A version turns the cache on.
            (
                "cache",
                overrides.cache.is_some() && settings.cache_version.is_none(),
            ),
            ("cache_serialize", overrides.cache_serialize.is_some()),
            ("requests", !overrides.requests.is_empty()),
            ("limits", !overrides.limits.is_empty()),
            ("accelerator", overrides.accelerator.is_some()),
            ("shared_memory", overrides.shared_memory.is_some()),
            ("container_image", settings.container_image.is_some()),
            ("pod_template", overrides.pod_template.is_some()),
        ];
        for (name, is_set) in of_tasks {
            if is_set && !is_task {
                let reason = format!(
                    "only a call of a task has `{name}`: set it on the tasks of the called entity"
                );
                self.refuse(place, reason);
            }
        }
    }

    /// Checks the argument of each input.
    pub(super) fn check_call(&mut self, target: &Target<'_>, arguments: &[Bound], place: Location) {
        let entity = target.name();
        if self.prefix == "dn"
            && let Target::Reference(reference) = target
            && reference.kind == ReferenceKind::Task
        {
            self.refuse(
                place,
                format!(
                    "`{entity}` is a task of another program, and a dynamic task has no template of it: \
                     call it in a workflow"
                ),
            );
        }
        for (input, bound) in target.inputs().iter().zip(arguments) {
            let what = format!("`{entity}`, input `{}`", input.name);
            self.check_bound(bound, &input.literal_type, place, &what);
        }
    }

    pub(super) fn check_bound(
        &mut self,
        bound: &Bound,
        literal_type: &LiteralType,
        place: Location,
        what: &dyn Display,
    ) {
        match &bound.0 {
            Kind::Wrong(wrong) => self.refuse(place, format!("{what}: {wrong}")),
            Kind::Literal(_) | Kind::None => {}
            Kind::Promise(source) => {
                if self.check_source(source, place, what)
                    && matches!(source.whole, Whole::Several(_))
                {
                    let reason =
                        format!("{what}: choose one of the outputs, as `part!(stats.mean)`");
                    self.refuse(place, reason);
                }
            }
            Kind::List(items) => match one(literal_type, |it| match it {
                LiteralType::Collection(element) => Some(element),
                _ => None,
            }) {
                Some(element) => {
                    for item in items {
                        self.check_bound(item, element, place, what);
                    }
                }
                None => self.ambiguous(place, what),
            },
            Kind::Map(entries) => match one(literal_type, |it| match it {
                LiteralType::Map(member) => Some(member),
                _ => None,
            }) {
                Some(member) => {
                    for entry in entries.values() {
                        self.check_bound(entry, member, place, what);
                    }
                }
                None => self.ambiguous(place, what),
            },
        }
    }

    fn ambiguous(&mut self, place: Location, what: &dyn Display) {
        self.refuse(
            place,
            format!("{what}: Flyte cannot tell the type of a list or map with promises here"),
        );
    }

    /// Checks that a promise belongs to this graph.
    pub(super) fn check_source(
        &mut self,
        source: &Source,
        place: Location,
        what: &dyn Display,
    ) -> bool {
        let graph = match source.giver {
            Giver::Inputs => source.graph,
            Giver::Node { graph, .. } => graph,
            Giver::Element { .. } => {
                self.refuse(place, format!("{what}: {WHOLE_ELEMENTS}"));
                return false;
            }
        };
        if graph != self.number {
            self.refuse(
                place,
                format!("{what}: the promise belongs to another graph"),
            );
            return false;
        }
        if let Some(wrong) = &source.wrong {
            self.refuse(place, format!("{what}: {wrong}"));
            return false;
        }
        true
    }

    /// Checks that a condition can compare the value.
    pub(super) fn check_operand(&mut self, source: &Source, place: Location) -> bool {
        if !self.check_source(source, place, &"a condition") {
            return false;
        }
        if source.path.is_empty() {
            return true;
        }
        self.refuse(
            place,
            "a condition: Flyte compares whole values: let a task return this part".to_owned(),
        );
        false
    }

    /// Checks that no other gate waits for the signal, because Flyte keeps one answer for each name in an
    /// execution.
    pub(super) fn check_wait(&mut self, wait: &Wait, place: Location) {
        let signal = match wait {
            Wait::Sleep(_) => return,
            Wait::Approve { signal, value } => {
                if self.check_source(value, place, &"the value to approve") {
                    if value.literal_type().is_none() {
                        self.refuse(place, "there is nothing to approve".to_owned());
                    } else if !value.path.is_empty() {
                        let reason = "the value to approve: Flyte approves whole values: let a task return this part";
                        self.refuse(place, reason.to_owned());
                    }
                }
                signal
            }
            Wait::Input { signal, .. } => signal,
        };
        if signal.is_empty() {
            self.refuse(place, "a signal needs a name".to_owned());
        }
        if !self.signals.insert(signal.clone()) {
            let reason = format!(
                "two gates have the name `{signal}`, and Flyte would take one answer for both: choose another \
                 name, or use the value of the first gate"
            );
            self.refuse(place, reason);
        }
    }

    /// Checks that the failure node takes inputs of the graph.
    pub(super) fn check_handler(&mut self) {
        let Some(mut handler) = self.on_failure.take() else {
            return;
        };
        let Placed { what, place, .. } = &handler;
        let Standing::Entity(target) = what else {
            return;
        };
        let place = *place;
        let inputs = target.inputs();
        handler.arguments = inputs
            .iter()
            .map(|it| self.failure_argument(it, place))
            .collect();
        self.on_failure = Some(handler);
    }

    fn failure_argument(&mut self, taken: &Variable, place: Location) -> Bound {
        if taken.name == FAILURE && !taken.literal_type.is_optional_error() {
            self.refuse(
                place,
                "the entity that runs on failure gets the failure as `err`, which has another type here: write \
                 `err: Option<FlyteError>`, or take another name"
                    .to_owned(),
            );
            return Bound::NOTHING;
        }
        let found = self.inputs.iter().find(|input| input.name == taken.name);
        match found {
            Some(input) if input.literal_type.is(&taken.literal_type) => {
                let whole = Whole::One(input.name, input.literal_type);
                Bound::Promise(Promise::<()>::whole(self.number, Giver::Inputs, whole).source)
            }
            None if taken.literal_type.may_be_missing() => Bound::NOTHING,
            _ => {
                self.refuse(
                    place,
                    format!(
                        "the entity that runs on failure takes inputs of the graph, with their names and types, \
                         and other inputs only if they are `Option`s: `{}` is neither",
                        taken.name
                    ),
                );
                Bound::NOTHING
            }
        }
    }
}

/// The type itself, or the only type in its union for which `is` finds something: Flyte accepts no ambiguous
/// union.
fn one<'t, T>(
    literal_type: &'t LiteralType,
    is: impl Fn(&'t LiteralType) -> Option<T>,
) -> Option<T> {
    let LiteralType::Union(union) = literal_type else {
        return is(literal_type);
    };
    let mut found = union.variants.iter().filter_map(|it| is(&it.literal_type));
    match (found.next(), found.next()) {
        (Some(found), None) => Some(found),
        _ => None,
    }
}
