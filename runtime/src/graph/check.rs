//! What Flyte would refuse of a graph, in the order in which it is built.

use std::fmt::Display;

use flytekit_grammar as grammar;

use super::State;
use super::node::{Placed, Settings, Standing, Wait, What};
use super::promise::{Giver, Promise, Source, Whole};
use super::value::{Bound, Kind};
use crate::declare::{FAILURE, LiteralType, Location, ReferenceKind, SimpleType, Target, Variable};

impl Source {
    /// The output or input that it is, if it is one.
    pub(super) fn variable(&self) -> Option<&'static str> {
        match self.whole {
            Whole::One(variable, _) => Some(variable),
            Whole::Several(_) | Whole::Nothing => None,
        }
    }
}

impl State {
    /// Names of values that others take have letters, digits and `_`.
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
                format!("the {what} `{name}`: a name is made of letters of ASCII, digits and `_`"),
            );
        } else if is_taken {
            self.refuse(place, format!("there is an {what} `{name}` already"));
        }
    }

    /// Ids of nodes are names in Kubernetes, and each is there once.
    pub(super) fn check_id(&mut self, id: &str, unique: &str, place: Location) {
        let of_backend = ["start-node", "end-node", "fn0"];
        if of_backend.contains(&id) {
            self.refuse(
                place,
                format!("the id `{id}` is a node of Flyte's own: take another one"),
            );
        } else if !grammar::dns_label(id) {
            self.refuse(
                place,
                format!(
                    "`{id}` is no id of a node: it is made of `a` to `z`, digits and `-`, begins and ends \
                     with a letter or a digit, and has at most 63 characters"
                ),
            );
        }
        if !self.ids.insert(unique.to_owned()) {
            self.refuse(
                place,
                format!(
                    "two nodes have the id `{unique}`: nodes are `{prefix}0`, `{prefix}1`, … in their order, \
                     so take an id of another form",
                    prefix = self.prefix
                ),
            );
        }
    }

    /// What only a call of a task has is not said of anything else.
    pub(super) fn check_settings(&mut self, what: &What, settings: &Settings, place: Location) {
        if settings.name.as_ref().is_some_and(String::is_empty) {
            self.refuse(place, "a name is not empty: leave it out".to_owned());
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
            self.refuse(place, "a cache has a version, such as `1.0`".to_owned());
        }
        let is_task = match what {
            What::Entity(target) => match target {
                Target::Task(_) => true,
                Target::Reference(reference) => reference.kind == ReferenceKind::Task,
                _ => false,
            },
            What::Branch(..) | What::Gate(_) => false,
        };
        let overrides = &settings.overrides;
        let of_tasks = [
            ("requests", !overrides.requests.is_empty()),
            ("limits", !overrides.limits.is_empty()),
            ("accelerator", overrides.accelerator.is_some()),
            ("shared_memory", overrides.shared_memory.is_some()),
            ("container_image", settings.container_image.is_some()),
            ("pod_template", overrides.pod_template.is_some()),
        ];
        for (name, is_set) in of_tasks {
            if is_set && !is_task {
                let reason =
                    format!("only a call of a task has `{name}`: give it to the tasks within");
                self.refuse(place, reason);
            }
        }
    }

    /// What is given for each input.
    pub(super) fn check_call(&mut self, target: &Target<'_>, arguments: &[Bound], place: Location) {
        let entity = target.name();
        if self.prefix == "dn"
            && let Target::Reference(reference) = target
            && reference.kind == ReferenceKind::Task
        {
            self.refuse(
                place,
                format!(
                    "`{entity}` is a task of another program, of which a dynamic task has no template: \
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
            format!("{what}: Flyte cannot tell of which type a list or map with promises is here"),
        );
    }

    /// Whether it is a promise of this graph.
    pub(super) fn check_source(
        &mut self,
        source: &Source,
        place: Location,
        what: &dyn Display,
    ) -> bool {
        let graph = match source.giver {
            Giver::Inputs => source.graph,
            Giver::Node { graph, .. } => graph,
        };
        if graph != self.number {
            self.refuse(place, format!("{what}: the promise is of another graph"));
            return false;
        }
        if let Some(wrong) = &source.wrong {
            self.refuse(place, format!("{what}: {wrong}"));
            return false;
        }
        true
    }

    /// Whether a condition can look at it.
    pub(super) fn check_operand(&mut self, source: &Source, place: Location) -> bool {
        if !self.check_source(source, place, &"a condition") {
            return false;
        }
        if source.path.is_empty() {
            return true;
        }
        self.refuse(
            place,
            "a condition: Flyte compares whole values: let a task give this part of one".to_owned(),
        );
        false
    }

    /// What waits for one name waits for one type.
    pub(super) fn check_wait(&mut self, wait: &Wait, place: Location) {
        const TRUTH: LiteralType = LiteralType::Simple(SimpleType::Boolean);
        let (signal, literal_type) = match wait {
            Wait::Sleep(_) => return,
            Wait::Approve { signal, value } => {
                if self.check_source(value, place, &"what is to be approved")
                    && value.literal_type().is_none()
                {
                    self.refuse(place, "nothing is there to be approved".to_owned());
                }
                (signal, TRUTH)
            }
            Wait::Input {
                signal,
                literal_type,
            } => (signal, *literal_type),
        };
        if signal.is_empty() {
            self.refuse(place, "a signal has a name".to_owned());
        }
        let known = self.signals.entry(signal.clone()).or_insert(literal_type);
        if !known.is(&literal_type) {
            let reason =
                format!("two nodes wait for the signal `{signal}`, for values of different types");
            self.refuse(place, reason);
        }
    }

    /// What runs on failure takes what the graph is given.
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
                "what runs on failure is given the failure as `err`, whatever its type is: write \
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
                        "what runs on failure takes inputs of the graph, by their names and of their types, \
                         and others only if they are `Option`: `{}` is neither",
                        taken.name
                    ),
                );
                Bound::NOTHING
            }
        }
    }
}

/// What the type itself is, or the one of its union that is so: of several Flyte takes none.
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
