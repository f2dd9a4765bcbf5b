//! Converts a graph into the model of `#[workflow]`, for encoding and for local runs.

use super::arena::{Arena, Room};
use super::condition::{Operand as Looked, Tree};
use super::node::{Fallback, Placed, Settings, Standing, Wait};
use super::part;
use super::promise::{Source, Whole};
use super::value::{Bound, Kind};
use super::{Graph, State, condition};
use crate::declare::{
    Argument, Binding, Branch, Calls, Case, Condition, Constant, Gate, LiteralType, Node, Operand,
    Otherwise, Overrides, Promise, Step, Target, Variable, WorkflowDescriptor,
};
use crate::types::{Content, LiteralRef};

impl Graph {
    /// Calls `use_it` with the graph's descriptor. The graph must not have mistakes, because these parts are
    /// missing in the descriptor.
    pub(crate) fn described<R>(&self, use_it: impl FnOnce(&WorkflowDescriptor<'_>) -> R) -> R {
        let state = self.state.borrow();
        let rooms = Rooms::new();
        let model = Model {
            graph: &state,
            arguments: rooms.arguments.open(),
            bindings: rooms.bindings.open(),
            entries: rooms.entries.open(),
            steps: rooms.steps.open(),
            promises: rooms.promises.open(),
            texts: rooms.texts.open(),
            overrides: rooms.overrides.open(),
            nodes: rooms.nodes.open(),
            cases: rooms.cases.open(),
            conditions: rooms.conditions.open(),
            tags: rooms.tags.open(),
        };
        let descriptor = model.descriptor();
        use_it(&descriptor)
    }
}

/// The storage of a model's lists.
struct Rooms<'a> {
    arguments: Room<Argument<'a>>,
    bindings: Room<Binding<'a>>,
    entries: Room<(&'a str, Binding<'a>)>,
    steps: Room<Step<'a>>,
    promises: Room<Promise<'a>>,
    texts: Room<&'a str>,
    overrides: Room<Overrides<'a>>,
    nodes: Room<Node<'a>>,
    cases: Room<Case<'a>>,
    conditions: Room<Condition<'a>>,
    tags: Room<(&'a str, &'a str)>,
}

impl Rooms<'_> {
    fn new() -> Self {
        Rooms {
            arguments: Room::new(),
            bindings: Room::new(),
            entries: Room::new(),
            steps: Room::new(),
            promises: Room::new(),
            texts: Room::new(),
            overrides: Room::new(),
            nodes: Room::new(),
            cases: Room::new(),
            conditions: Room::new(),
            tags: Room::new(),
        }
    }
}

/// A model under construction.
struct Model<'a> {
    graph: &'a State,
    arguments: Arena<'a, Argument<'a>>,
    bindings: Arena<'a, Binding<'a>>,
    entries: Arena<'a, (&'a str, Binding<'a>)>,
    steps: Arena<'a, Step<'a>>,
    promises: Arena<'a, Promise<'a>>,
    texts: Arena<'a, &'a str>,
    overrides: Arena<'a, Overrides<'a>>,
    nodes: Arena<'a, Node<'a>>,
    cases: Arena<'a, Case<'a>>,
    conditions: Arena<'a, Condition<'a>>,
    tags: Arena<'a, (&'a str, &'a str)>,
}

impl<'a> Model<'a> {
    fn descriptor(&self) -> WorkflowDescriptor<'a> {
        let graph = self.graph;
        let nodes = graph.nodes.iter().map(|node| self.node(node)).collect();
        let results = graph.outputs.iter().zip(&graph.results);
        let results = results.map(|(output, bound)| self.binding(bound, &output.literal_type));
        let defaults = graph.defaults.iter().map(|(place, bound)| {
            let input = &graph.inputs[*place];
            self.argument(input, bound)
        });
        let on_failure = graph.on_failure.as_ref();
        let on_failure = on_failure.map(|node| self.nodes.one(self.node(node)));
        let tags = graph.tags.iter().map(|(key, value)| (&**key, &**value));
        WorkflowDescriptor {
            name: &graph.name,
            inputs: &graph.inputs,
            defaults: self.arguments.list(defaults.collect()),
            outputs: &graph.outputs,
            nodes: self.nodes.list(nodes),
            calls: Calls::NONE,
            results: self.bindings.list(results.collect()),
            failure_policy: graph.failure_policy,
            on_failure,
            interruptible: graph.interruptible,
            tags: self.tags.list(tags.collect()),
            docs: &graph.docs,
            location: graph.location,
            reference: None,
        }
    }

    fn node(&self, node: &'a Placed) -> Node<'a> {
        let (target, arguments) = match &node.what {
            Standing::Entity(target) => {
                let given = target.inputs().iter().zip(&node.arguments);
                let given = given.map(|(input, bound)| self.argument(input, bound));
                (*target, given.collect())
            }
            Standing::Branch {
                inputs,
                cases,
                otherwise,
            } => (self.branch(inputs, cases, otherwise), Vec::new()),
            Standing::Gate(wait) => (Target::Gate(self.gate(wait)), Vec::new()),
        };
        let upstream = node.upstream.iter();
        let upstream = upstream.map(|place| &*self.graph.nodes[*place].id);
        Node {
            id: &node.id,
            name: node.settings.name.as_deref(),
            target,
            arguments: self.arguments.list(arguments),
            overrides: Some(self.overrides.one(overrides(&node.settings))),
            upstream: self.texts.list(upstream.collect()),
            ..Node::DEFAULT
        }
    }

    fn argument(&self, input: &'a Variable, bound: &'a Bound) -> Argument<'a> {
        Argument {
            variable: input.name,
            literal_type: input.literal_type,
            value: self.binding(bound, &input.literal_type),
        }
    }

    fn binding(&self, bound: &'a Bound, literal_type: &LiteralType) -> Binding<'a> {
        match &bound.0 {
            Kind::Promise(source) => match source.whole {
                Whole::One(..) => Binding::Promise(self.promise(source)),
                // A node without outputs has nothing to bind.
                Whole::Several(_) | Whole::Nothing => Binding::Constant(Constant::None),
            },
            Kind::Literal(literal) => self.literal(LiteralRef::new(literal), literal_type),
            Kind::List(items) => {
                let element = element(literal_type);
                let items = items.iter().map(|it| self.binding(it, element));
                Binding::List(self.bindings.list(items.collect()))
            }
            Kind::Map(entries) => {
                let member = member(literal_type);
                let entries = entries.iter();
                let entries = entries.map(|(key, it)| (&**key, self.binding(it, member)));
                Binding::Map(self.entries.list(entries.collect()))
            }
            Kind::None | Kind::Wrong(_) => Binding::Constant(Constant::None),
        }
    }

    /// A known value, bound like in flytekit: lists and maps become collection and map bindings, also for a
    /// union with one such type.
    fn literal(&self, literal: LiteralRef<'a>, literal_type: &LiteralType) -> Binding<'a> {
        match literal.content() {
            Ok(Content::Collection(list)) => {
                let element = element(literal_type);
                let items = list.iter().filter_map(Result::ok);
                let items = items.map(|it| self.literal(it, element)).collect();
                Binding::List(self.bindings.list(items))
            }
            Ok(Content::Map(map)) => {
                let member = member(literal_type);
                let entries = map.iter().filter_map(Result::ok);
                let entries = entries.map(|(key, it)| (key, self.literal(it, member)));
                Binding::Map(self.entries.list(entries.collect()))
            }
            Ok(Content::Union(union)) => match union.value().content() {
                Ok(Content::Collection(_)) if is_one(literal_type, is_list) => {
                    self.literal(union.value(), literal_type)
                }
                Ok(Content::Map(_)) if is_one(literal_type, is_map) => {
                    self.literal(union.value(), literal_type)
                }
                _ => Binding::Constant(Constant::Scalar(literal.scalar())),
            },
            _ => Binding::Constant(Constant::Scalar(literal.scalar())),
        }
    }

    fn promise(&self, source: &'a Source) -> Promise<'a> {
        let steps = source.path.iter().map(|step| match step {
            part::Step::Field(name) => Step::Field(name),
            // The step was checked when it was created.
            part::Step::Index(index) => Step::Index(i32::try_from(*index).unwrap_or(i32::MAX)),
        });
        Promise {
            node: self.graph.id_of(source.giver),
            variable: source.variable().unwrap_or_default(),
            path: self.steps.list(steps.collect()),
        }
    }

    fn gate(&self, wait: &'a Wait) -> Gate<'a> {
        match wait {
            Wait::Approve { signal, value } => Gate::Approve {
                signal,
                value: self.promise(value),
            },
            Wait::Input {
                signal,
                literal_type,
            } => Gate::Input {
                signal,
                literal_type: *literal_type,
            },
            Wait::Sleep(length) => Gate::Sleep(*length),
        }
    }

    fn branch(
        &self,
        inputs: &'a [Source],
        cases: &'a [(condition::Condition, Placed)],
        otherwise: &'a Fallback<Placed>,
    ) -> Target<'a> {
        let inputs = inputs.iter().map(|source| self.promise(source));
        let cases = cases.iter().map(|(condition, then)| Case {
            condition: self.condition(&condition.0),
            then: self.nodes.one(self.node(then)),
        });
        Target::Branch(Branch {
            inputs: self.promises.list(inputs.collect()),
            cases: self.cases.list(cases.collect()),
            otherwise: match otherwise {
                Fallback::Node(node) => Otherwise::Node(self.nodes.one(self.node(node))),
                Fallback::Fail(message) => Otherwise::Fail(message),
            },
        })
    }

    fn condition(&self, tree: &'a Tree) -> Condition<'a> {
        let side = |tree| self.conditions.one(self.condition(tree));
        match tree {
            Tree::Compare(left, comparison, right) => {
                Condition::Compare(self.operand(left), *comparison, self.operand(right))
            }
            Tree::And(left, right) => Condition::And(side(left), side(right)),
            Tree::Or(left, right) => Condition::Or(side(left), side(right)),
        }
    }

    fn operand(&self, operand: &'a Looked) -> Operand<'a> {
        match operand {
            Looked::Promise(source) => Operand::Promise(self.promise(source)),
            Looked::Known(literal) => Operand::Constant(primitive(LiteralRef::new(literal))),
            Looked::Wrong(_) => Operand::Constant(Constant::Boolean(false)),
        }
    }
}

fn overrides(settings: &Settings) -> Overrides<'_> {
    Overrides {
        cache_version: settings.cache_version.as_deref(),
        container_image: settings.container_image.as_deref(),
        ..settings.overrides
    }
}

/// A compared value, as a constant.
fn primitive(literal: LiteralRef<'_>) -> Constant<'_> {
    match literal.content() {
        Ok(Content::Integer(value)) => Constant::Integer(value),
        Ok(Content::Float(value)) => Constant::Float(value),
        Ok(Content::String(value)) => Constant::String(value),
        Ok(Content::Datetime(time)) => Constant::Datetime {
            seconds: time.seconds,
            nanos: time.nanos,
        },
        Ok(Content::Duration(time)) => Constant::Duration {
            seconds: time.seconds,
            nanos: time.nanos,
        },
        Ok(Content::Boolean(value)) => Constant::Boolean(value),
        _ => Constant::Boolean(false),
    }
}

const fn is_list(literal_type: &LiteralType) -> bool {
    matches!(literal_type, LiteralType::Collection(_))
}

const fn is_map(literal_type: &LiteralType) -> bool {
    matches!(literal_type, LiteralType::Map(_))
}

/// Whether `is` holds for exactly one type of the union.
fn is_one(literal_type: &LiteralType, is: fn(&LiteralType) -> bool) -> bool {
    let LiteralType::Union(union) = literal_type else {
        return false;
    };
    let of_this_kind = union.variants.iter().filter(|it| is(&it.literal_type));
    of_this_kind.count() == 1
}

/// The type of a list's elements. Other types were refused before.
fn element(literal_type: &LiteralType) -> &LiteralType {
    let of = |it| match it {
        &LiteralType::Collection(element) => Some(element),
        _ => None,
    };
    inner(literal_type, of)
}

/// The type of a map's values. Other types were refused before.
fn member(literal_type: &LiteralType) -> &LiteralType {
    let of = |it| match it {
        &LiteralType::Map(member) => Some(member),
        _ => None,
    };
    inner(literal_type, of)
}

fn inner<'t>(
    literal_type: &'t LiteralType,
    of: impl Fn(&'t LiteralType) -> Option<&'t LiteralType>,
) -> &'t LiteralType {
    let within = match literal_type {
        LiteralType::Union(union) => union.variants.iter().find_map(|it| of(&it.literal_type)),
        literal_type => of(literal_type),
    };
    within.unwrap_or(literal_type)
}
