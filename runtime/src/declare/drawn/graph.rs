//! Random workflows.

use core::time::Duration;

use flytekit_grammar::calls::Packer;

use super::random::{Random, all, forever};
use crate::declare::workflow::{
    Argument, Array, Binding, Branch, Called, Calls, Case, Comparison, Condition, Gate, Node,
    Operand, Otherwise, Overrides, Promise, Reference, ReferenceKind, Step, Success, Target,
    WorkflowDescriptor,
};
use crate::declare::{
    EncodedCustom, FailurePolicy, LaunchPlanDescriptor, LiteralType, Mapped, Resources,
    TaskDescriptor, Variable,
};
use crate::wire::Writer;

/// Whether a node only calls an entity. Of a node without outputs there is nothing to bind, whatever is written.
fn is_call(node: &Node<'_>) -> bool {
    let is_entity = matches!(
        node.target,
        Target::Task(_) | Target::Workflow(_) | Target::LaunchPlan(_) | Target::Reference(_)
    );
    let mut arguments = node.arguments.iter();
    let is_plain = node.name.is_none() && node.overrides.is_none();
    is_entity && is_plain && !arguments.any(|it| it.literal_type.is_none())
}

/// The `Binding.binding` of a whole value.
fn encoded(promise: &Promise<'_>) -> Vec<u8> {
    Writer::to_bytes(|w| {
        w.string_nonempty(2, promise.variable);
        w.string_nonempty(1, promise.node);
        w.message(3, 0);
        w.message(2, 0);
    })
}

impl Random {
    /// A workflow with this number of nodes, which calls other workflows down to this depth.
    pub(super) fn workflow(
        &mut self,
        nodes: usize,
        depth: usize,
    ) -> &'static WorkflowDescriptor<'static> {
        let name = forever(format!("app.part{}", self.below(1 << 20)));
        let (inputs, outputs) = (self.variables(), self.variables());
        let nodes = (0..nodes).map(|place| self.node(forever(format!("n{place}")), place, depth));
        let nodes: Vec<_> = nodes.collect();
        let results = outputs.iter();
        let results = results.map(|it| self.binding(&it.literal_type, nodes.len(), 2));
        let results = all(results.collect());
        let on_failure = self.maybe(|random| forever(random.node("fn0", 0, depth)));
        forever(WorkflowDescriptor {
            name,
            inputs,
            defaults: &[],
            outputs,
            results,
            nodes: all(nodes),
            failure_policy: self.pick(&[
                FailurePolicy::FailImmediately,
                FailurePolicy::FailAfterExecutableNodesComplete,
            ]),
            on_failure,
            interruptible: self.one_in(2),
            tags: self.entries(),
            docs: self.text(),
            ..WorkflowDescriptor::DEFAULT
        })
    }

    /// The same workflow with most of its plain calls packed.
    pub(super) fn packed(
        &mut self,
        workflow: &WorkflowDescriptor<'static>,
    ) -> WorkflowDescriptor<'static> {
        let mut packer = Packer::default();
        let (mut entities, mut values, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for node in workflow.nodes {
            if !is_call(node) || self.one_in(4) {
                // Nodes before all calls need not be mentioned.
                if !packer.shape.is_empty() {
                    packer.node();
                }
                others.push(*node);
                continue;
            }
            let arguments = node.arguments.iter();
            let arguments = arguments.map(|argument| match argument.value {
                Binding::Promise(promise) if promise.path.is_empty() => Some(encoded(&promise)),
                value => {
                    values.push(value);
                    None
                }
            });
            let arguments: Vec<_> = arguments.collect();
            let upstream = node.upstream.iter().copied();
            packer.call(node.id, &arguments, upstream, entities.len());
            entities.push(Called::of(node.target));
        }
        WorkflowDescriptor {
            nodes: all(others),
            calls: Calls {
                contents: packer.contents.leak(),
                shape: packer.shape.leak(),
                entities: all(entities),
                values: all(values),
            },
            ..*workflow
        }
    }

    pub(super) fn variables(&mut self) -> &'static [Variable] {
        self.several(4, |random, place| Variable {
            name: random.name(place),
            literal_type: random.literal_type(2),
            description: random.text(),
            default: None,
        })
    }

    /// A node that follows this number of other nodes.
    fn node(&mut self, id: &'static str, place: usize, depth: usize) -> Node<'static> {
        let target = self.target(place, depth);
        let arguments = match target {
            Target::Branch(_) | Target::Gate(_) => &[],
            _ => self.arguments(target.inputs(), place),
        };
        let is_plain = self.one_in(2);
        Node {
            id,
            name: self.maybe(Random::text).filter(|_| !is_plain),
            target,
            arguments,
            overrides: (!is_plain).then(|| forever(self.overrides())),
            upstream: self.several(3, |random, _| random.giver(place)),
            ..Node::DEFAULT
        }
    }

    fn target(&mut self, place: usize, depth: usize) -> Target<'static> {
        match self.below(if depth == 0 { 4 } else { 10 }) {
            0..=1 => Target::Task(self.task()),
            2 => Target::Array(self.array()),
            3 => Target::Reference(self.reference()),
            4 => Target::Gate(self.gate(place)),
            5 => Target::Branch(self.branch(place, depth - 1)),
            6 => {
                let workflow = self.workflow(2, 0);
                Target::LaunchPlan(forever(LaunchPlanDescriptor::default_of(workflow)))
            }
            _ if self.parts.len() > 40 => {
                let parts = self.parts.clone();
                Target::Workflow(self.pick(&parts))
            }
            _ => {
                let nodes = self.below(4);
                let part = self.workflow(nodes, depth - 1);
                self.parts.push(part);
                Target::Workflow(part)
            }
        }
    }

    fn task(&mut self) -> &'static TaskDescriptor {
        forever(TaskDescriptor {
            name: self.pick(&["app.add", "app.sub.task", "alone"]),
            inputs: self.variables(),
            retries: self.pick(&[0, 3]),
            timeout: self.maybe(Random::length),
            interruptible: self.maybe(|random| random.one_in(2)),
            ..TaskDescriptor::DEFAULT
        })
    }

    fn array(&mut self) -> Array<'static> {
        let task = self.task();
        let bound = task.inputs.iter().map(|input| (input.name, self.one_in(2)));
        let (whole, lists): (Vec<_>, Vec<_>) = bound.partition(|(_, is_whole)| *is_whole);
        let names =
            |some: Vec<(&'static str, bool)>| all(some.into_iter().map(|it| it.0).collect());
        let mapped = Mapped {
            task: task.name,
            lists: names(lists),
            whole: names(whole),
        };
        let name = self.pick(&["app.map_add-arraynode", "map_alone--some-arraynode"]);
        let custom = EncodedCustom {
            object: &[],
            images: &[],
        };
        Array {
            task: forever(TaskDescriptor {
                custom: self.maybe(|_| custom),
                ..task.mapped(name, task.inputs, &[], mapped)
            }),
            concurrency: self.maybe(|random| random.pick(&[0, 1, 300])),
            success: self.pick(&[
                Success::All,
                Success::Count(0),
                Success::Count(700),
                Success::Ratio(0.8),
            ]),
        }
    }

    fn reference(&mut self) -> Reference<'static> {
        Reference {
            kind: self.pick(&[
                ReferenceKind::Task,
                ReferenceKind::Workflow,
                ReferenceKind::LaunchPlan,
            ]),
            project: self.text(),
            domain: self.text(),
            name: "other.entity",
            version: self.text(),
            inputs: self.variables(),
            outputs: &[],
        }
    }

    fn gate(&mut self, place: usize) -> Gate<'static> {
        match self.below(3) {
            0 => Gate::Approve {
                signal: self.text(),
                value: self.promise(place),
            },
            1 => Gate::Input {
                signal: self.text(),
                literal_type: self.literal_type(1),
            },
            _ => Gate::Sleep(self.length()),
        }
    }

    fn branch(&mut self, place: usize, depth: usize) -> Branch<'static> {
        let count = 1 + self.below(3);
        let cases = (0..count).map(|side| Case {
            condition: self.condition(place, 3),
            then: forever(self.node(forever(format!("n{side}")), place, depth)),
        });
        let cases = all(cases.collect());
        let otherwise = if self.one_in(2) {
            Otherwise::Fail(self.text())
        } else {
            Otherwise::Node(forever(self.node("n9", place, depth)))
        };
        Branch {
            inputs: self.several(3, |random, _| random.whole(place)),
            cases,
            otherwise,
        }
    }

    fn condition(&mut self, place: usize, depth: usize) -> Condition<'static> {
        match self.below(if depth == 0 { 1 } else { 3 }) {
            0 => {
                let comparison = self.pick(&[
                    Comparison::Equal,
                    Comparison::NotEqual,
                    Comparison::Greater,
                    Comparison::GreaterOrEqual,
                    Comparison::Less,
                    Comparison::LessOrEqual,
                ]);
                Condition::Compare(self.operand(place), comparison, self.operand(place))
            }
            1 => Condition::And(
                forever(self.condition(place, depth - 1)),
                forever(self.condition(place, depth - 1)),
            ),
            _ => Condition::Or(
                forever(self.condition(place, depth - 1)),
                forever(self.condition(place, depth - 1)),
            ),
        }
    }

    fn operand(&mut self, place: usize) -> Operand<'static> {
        if self.one_in(2) {
            return Operand::Promise(self.whole(place));
        }
        loop {
            let literal_type = self.literal_type(0);
            if matches!(literal_type, LiteralType::Simple(_))
                && let Some(constant) = self.constant(&literal_type)
            {
                return Operand::Constant(constant);
            }
        }
    }

    pub(super) fn arguments(
        &mut self,
        inputs: &'static [Variable],
        place: usize,
    ) -> &'static [Argument<'static>] {
        let arguments = inputs.iter().map(|input| Argument {
            variable: input.name,
            literal_type: input.literal_type,
            value: self.binding(&input.literal_type, place, 2),
        });
        all(arguments.collect())
    }

    /// A value for an input of this type: a promise of one of the earlier nodes, or a known value.
    fn binding(
        &mut self,
        literal_type: &LiteralType,
        place: usize,
        depth: usize,
    ) -> Binding<'static> {
        if depth == 0 || self.one_in(2) {
            return Binding::Promise(self.promise(place));
        }
        self.known(literal_type, |random, part| {
            random.binding(part, place, depth - 1)
        })
        .unwrap_or_else(|| Binding::Promise(self.promise(place)))
    }

    /// A constant, or a list or map of values that `part` draws.
    pub(super) fn known(
        &mut self,
        literal_type: &LiteralType,
        part: impl Fn(&mut Self, &LiteralType) -> Binding<'static>,
    ) -> Option<Binding<'static>> {
        match literal_type {
            LiteralType::Collection(element) => Some(Binding::List(
                self.several(3, |random, _| part(random, element)),
            )),
            LiteralType::Union(union) if self.one_in(3) => {
                let mut variants = union.variants.iter();
                let list =
                    variants.find(|it| matches!(it.literal_type, LiteralType::Collection(_)));
                match list {
                    Some(list) => self.known(&list.literal_type, part),
                    None => self.constant(literal_type).map(Binding::Constant),
                }
            }
            LiteralType::Map(member) => Some(Binding::Map(self.several(3, |random, place| {
                (random.name(place), part(random, member))
            }))),
            _ => self.constant(literal_type).map(Binding::Constant),
        }
    }

    fn promise(&mut self, place: usize) -> Promise<'static> {
        let path = self.several(3, |random, _| {
            if random.one_in(2) {
                Step::Index(random.pick(&[0, 1, -1, i32::MAX]))
            } else {
                Step::Field(random.text())
            }
        });
        Promise {
            path,
            ..self.whole(place)
        }
    }

    fn whole(&mut self, place: usize) -> Promise<'static> {
        Promise {
            node: self.giver(place),
            variable: self.name(0),
            path: &[],
        }
    }

    /// The id of one of the earlier nodes, or empty for an input.
    fn giver(&mut self, place: usize) -> &'static str {
        match self.below(place + 1) {
            0 => "",
            node => forever(format!("n{}", node - 1)),
        }
    }

    fn overrides(&mut self) -> Overrides<'static> {
        if self.one_in(2) {
            return Overrides::NONE;
        }
        Overrides {
            retries: self.maybe(|random| random.pick(&[0, 7])),
            timeout: self.maybe(Random::length),
            interruptible: self.maybe(|random| random.one_in(2)),
            cache: self.maybe(|random| random.one_in(2)),
            cache_version: self.maybe(Random::text),
            cache_serialize: self.maybe(|random| random.one_in(2)),
            requests: self.amounts(),
            limits: self.amounts(),
            container_image: self.maybe(Random::text),
            ..Overrides::NONE
        }
    }

    fn amounts(&mut self) -> Resources {
        let mut amounts = Resources::new();
        amounts.cpu = self.maybe(|random| random.pick(&["1", "500m"]));
        amounts.mem = self.maybe(|random| random.pick(&["1Gi", "2"]));
        amounts.gpu = self.maybe(|random| random.pick(&["1", "4"]));
        amounts.ephemeral_storage = self.maybe(|random| random.pick(&["5Gi", "1"]));
        amounts
    }

    fn length(&mut self) -> Duration {
        self.pick(&[
            Duration::ZERO,
            Duration::from_millis(1500),
            Duration::from_secs(90),
            Duration::from_secs(7200),
        ])
    }
}
