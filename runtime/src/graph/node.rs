//! Nodes: planned ones, and those in a graph.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::State;
use super::condition::{Condition, Operand};
use super::map::Mapping;
use super::promise::{Giver, Source};
use super::value::Bound;
use crate::declare::{LiteralType, Location, Overrides, Target};

/// A call or a choice that becomes a node.
#[doc(hidden)]
#[derive(Debug)]
pub struct Planned {
    pub(super) what: What,
    /// The arguments, one for each input of the entity.
    pub(super) arguments: Vec<Bound>,
    pub(super) settings: Settings,
}

#[derive(Debug)]
pub(super) enum What {
    Entity(Target<'static>),
    Map(Mapping),
    Branch(Vec<(Condition, Planned)>, Fallback<Planned>),
    Gate(Wait),
}

/// The end of a choice, for the case that no condition holds.
#[derive(Debug)]
pub(super) enum Fallback<N = Planned> {
    Node(Box<N>),
    Fail(String),
}

/// The condition that a gate waits for.
#[derive(Debug)]
pub(super) enum Wait {
    Approve {
        signal: String,
        value: Source,
    },
    Input {
        signal: String,
        literal_type: LiteralType,
    },
    Sleep(Duration),
}

/// The settings of a call.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) name: Option<String>,
    pub(super) id: Option<String>,
    pub(super) after: Vec<Source>,
    pub(super) cache_version: Option<String>,
    pub(super) container_image: Option<String>,
    /// All other settings.
    pub(super) overrides: Overrides<'static>,
}

/// A node of a graph.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) id: String,
    pub(super) what: Standing,
    pub(super) arguments: Vec<Bound>,
    /// The indexes of all nodes that it waits for, without duplicates.
    pub(super) upstream: Vec<usize>,
    pub(super) settings: Settings,
    pub(super) place: Location,
}

#[derive(Debug)]
pub(super) enum Standing {
    Entity(Target<'static>),
    Branch {
        /// The compared values, without duplicates, by their names in the conditions.
        inputs: Vec<Source>,
        cases: Vec<(Condition, Placed)>,
        otherwise: Fallback<Placed>,
    },
    Gate(Wait),
}

impl Planned {
    pub(super) fn new(what: What, arguments: Vec<Bound>) -> Self {
        Planned {
            what,
            arguments,
            settings: Settings {
                name: None,
                id: None,
                after: Vec::new(),
                cache_version: None,
                container_image: None,
                overrides: Overrides::NONE,
            },
        }
    }
}

impl Placed {
    /// The failure node. It gets its arguments when all inputs of the graph are known.
    pub(super) fn handler(target: Target<'static>, place: Location) -> Self {
        let Planned { settings, .. } = Planned::new(What::Entity(target), Vec::new());
        Placed {
            id: "fn0".to_owned(),
            what: Standing::Entity(target),
            arguments: Vec::new(),
            upstream: Vec::new(),
            settings,
            place,
        }
    }
}

impl State {
    /// Adds `planned` as the next node.
    pub(super) fn place(&mut self, planned: Planned, place: Location) -> Giver {
        let next = self.nodes.len();
        let own = planned.settings.id.clone();
        let id = own.unwrap_or_else(|| format!("{}{next}", self.prefix));
        let node = self.placed(planned, id, "", place);
        self.nodes.push(node);
        Giver::Node {
            graph: self.number,
            place: next,
        }
    }

    /// The node with this id, behind the choice `branch`, if that is not empty.
    fn placed(&mut self, planned: Planned, id: String, branch: &str, place: Location) -> Placed {
        let Planned {
            what,
            arguments,
            settings,
        } = planned;
        // The backend flattens the nodes behind a condition into the graph, under these names.
        let unique = if branch.is_empty() {
            id.clone()
        } else {
            format!("{branch}-{id}")
        };
        self.check_id(&id, &unique, place);
        self.check_settings(&what, &settings, place);
        let mut upstream = Upstream::default();
        for bound in &arguments {
            bound.promises(&mut |source| upstream.add(source));
        }
        let what = self.standing(what, &arguments, &unique, place, &mut upstream);
        for source in &settings.after {
            self.check_source(source, place, &"the node to run after");
            upstream.add(source);
        }
        Placed {
            id,
            what,
            arguments,
            upstream: upstream.places,
            settings,
            place,
        }
    }

    /// The content of a node, whose unique id is `unique`.
    fn standing(
        &mut self,
        what: What,
        arguments: &[Bound],
        unique: &str,
        place: Location,
        upstream: &mut Upstream,
    ) -> Standing {
        match what {
            What::Entity(target) => {
                self.check_call(&target, arguments, place);
                Standing::Entity(target)
            }
            What::Map(mapping) => match mapping.target(arguments) {
                Ok(target) => {
                    self.check_call(&target, arguments, place);
                    Standing::Entity(target)
                }
                Err(reason) => {
                    self.refuse(place, reason);
                    // A graph with a mistake is not used.
                    Standing::Gate(Wait::Sleep(Duration::ZERO))
                }
            },
            What::Gate(wait) => {
                if let Wait::Approve { value, .. } = &wait {
                    upstream.add(value);
                }
                self.check_wait(&wait, place);
                Standing::Gate(wait)
            }
            What::Branch(cases, otherwise) => {
                let inputs = self.looked_at(&cases, place);
                for source in &inputs {
                    upstream.add(source);
                }
                self.branch(inputs, cases, otherwise, unique, place)
            }
        }
    }

    /// A choice, whose sides get their ids in order.
    fn branch(
        &mut self,
        inputs: Vec<Source>,
        cases: Vec<(Condition, Planned)>,
        otherwise: Fallback<Planned>,
        unique: &str,
        place: Location,
    ) -> Standing {
        let mut next = 0;
        let mut side = |state: &mut State, planned: Planned| {
            let own = planned.settings.id.clone();
            let id = own.unwrap_or_else(|| format!("{}{next}", state.prefix));
            next += 1;
            state.placed(planned, id, unique, place)
        };
        let cases = cases
            .into_iter()
            .map(|(condition, planned)| (condition, side(self, planned)))
            .collect();
        let otherwise = match otherwise {
            Fallback::Node(planned) => Fallback::Node(Box::new(side(self, *planned))),
            Fallback::Fail(message) => Fallback::Fail(message),
        };
        Standing::Branch {
            inputs,
            cases,
            otherwise,
        }
    }

    /// The compared values, without duplicates, sorted by their names in the conditions.
    fn looked_at(&mut self, cases: &[(Condition, Planned)], place: Location) -> Vec<Source> {
        let mut found = BTreeMap::new();
        for (condition, _) in cases {
            condition.0.operands(&mut |operand| match operand {
                Operand::Promise(source) => {
                    if self.check_operand(source, place) {
                        found
                            .entry(self.operand(source))
                            .or_insert_with(|| source.clone());
                    }
                }
                Operand::Known(_) => {}
                Operand::Wrong(wrong) => self.refuse(place, format!("a condition: {wrong}")),
            });
        }
        found.into_values().collect()
    }

    /// The id of the node that gives the value; empty for an input of the graph.
    pub(super) fn id_of(&self, giver: Giver) -> &str {
        match giver {
            Giver::Inputs | Giver::Element { .. } => "",
            Giver::Node { place, .. } => self.nodes.get(place).map_or("", |node| &node.id),
        }
    }

    /// The name of a compared value: `n0.o0`, and `.a` for the input `a`.
    fn operand(&self, source: &Source) -> String {
        let variable = source.variable().unwrap_or_default();
        format!("{}.{variable}", self.id_of(source.giver))
    }
}

/// The indexes of nodes, without duplicates, in the order in which they are found.
#[derive(Default)]
struct Upstream {
    places: Vec<usize>,
    seen: HashSet<usize>,
}

impl Upstream {
    fn add(&mut self, source: &Source) {
        if let Giver::Node { place, .. } = source.giver
            && self.seen.insert(place)
        {
            self.places.push(place);
        }
    }
}
