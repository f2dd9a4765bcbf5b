//! A random graph or launch plan as flyteidl's messages, built with prost.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use flytekit_proto::flyteidl::admin::{
    self, Annotations, ConcurrencyPolicy, CronSchedule, Description, DescriptionEntity,
    DescriptionFormat, EmailNotification, Envs, FixedRate, Labels, LaunchPlan, LaunchPlanClosure,
    LaunchPlanMetadata, LaunchPlanSpec, PagerDutyNotification, RawOutputDataConfig,
    SlackNotification, WorkflowSpec, description, notification, schedule,
};
use flytekit_proto::flyteidl::core::array_node::{ParallelismOption, SuccessCriteria};
use flytekit_proto::flyteidl::core::{
    self, ApproveCondition, ArrayNode, Binary, BindingData, BindingDataCollection, BindingDataMap,
    BooleanExpression, BranchNode, ComparisonExpression, ConjunctionExpression, GateNode,
    Identifier, Identity, IfBlock, IfElseBlock, KeyValuePair, Literal, LiteralCollection,
    LiteralMap, NodeMetadata, OutputReference, Parameter, ParameterMap, Primitive,
    PromiseAttribute, ResourceType, RetryStrategy, Scalar, SecurityContext, SignalCondition,
    SleepCondition, TaskNode, TaskNodeOverrides, TypedInterface, VariableMap, Void,
    WorkflowMetadata, WorkflowMetadataDefaults, WorkflowNode, WorkflowTemplate, binding_data,
    boolean_expression, gate_node, if_else_block, literal, node, node_metadata, operand, parameter,
    primitive, promise_attribute, resources, scalar, task_node, workflow_node,
};
use prost::Message as _;

use crate::declare::workflow::{
    Binding, Branch, Condition, Constant, Gate, Node, Operand, Otherwise, Overrides, Promise,
    ReferenceKind, Step, Target, WorkflowDescriptor,
};
use crate::declare::{
    Args, Argument, Array, Channel, LaunchPlanDescriptor, LiteralType, Resources, SimpleType,
    Success, Timing, Variable, Variant,
};
use crate::wire::Writer;

pub(super) fn workflow_spec(workflow: &WorkflowDescriptor<'_>) -> WorkflowSpec {
    let mut parts = BTreeMap::new();
    parts_of(workflow, &mut parts);
    let (short, long) = workflow
        .docs
        .split_once("\n\n")
        .unwrap_or((workflow.docs, ""));
    let content = (!long.is_empty()).then(|| description::Content::Value(long.to_owned()));
    WorkflowSpec {
        template: Some(template(workflow)),
        sub_workflows: parts.into_values().collect(),
        description: Some(DescriptionEntity {
            short_description: short.to_owned(),
            long_description: Some(Description {
                format: DescriptionFormat::Markdown.into(),
                content,
                ..Description::default()
            }),
            ..DescriptionEntity::default()
        }),
    }
}

fn parts_of(workflow: &WorkflowDescriptor<'_>, parts: &mut BTreeMap<String, WorkflowTemplate>) {
    let mut nodes: Vec<_> = workflow.nodes.iter().chain(workflow.on_failure).collect();
    let mut seen = HashSet::new();
    while let Some(node) = nodes.pop() {
        match &node.target {
            Target::Workflow(part) if seen.insert(part.name) && !parts.contains_key(part.name) => {
                parts.insert(part.name.to_owned(), template(part));
                parts_of(part, parts);
            }
            Target::Branch(branch) => {
                nodes.extend(branch.cases.iter().map(|case| case.then));
                if let Otherwise::Node(node) = branch.otherwise {
                    nodes.push(node);
                }
            }
            _ => {}
        }
    }
}

fn template(workflow: &WorkflowDescriptor<'_>) -> WorkflowTemplate {
    let outputs = workflow.outputs.iter().zip(workflow.results);
    let outputs = outputs.map(|(output, result)| bound(output.name, &output.literal_type, result));
    WorkflowTemplate {
        id: Some(id(ResourceType::Workflow, workflow.name)),
        metadata: Some(WorkflowMetadata {
            on_failure: workflow.failure_policy as i32,
            tags: entries(workflow.tags),
        }),
        interface: Some(TypedInterface {
            inputs: Some(variables(workflow.inputs)),
            outputs: Some(variables(workflow.outputs)),
        }),
        nodes: workflow.nodes.iter().map(node).collect(),
        outputs: outputs.collect(),
        failure_node: workflow.on_failure.map(node),
        metadata_defaults: Some(WorkflowMetadataDefaults {
            interruptible: workflow.interruptible,
        }),
    }
}

fn id(kind: ResourceType, name: &str) -> Identifier {
    Identifier {
        resource_type: kind.into(),
        name: name.to_owned(),
        ..Identifier::default()
    }
}

fn entries(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = entries
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    owned.collect()
}

fn variables(variables: &[Variable]) -> VariableMap {
    let variables = variables
        .iter()
        .map(|it| (it.name.to_owned(), variable(it)));
    VariableMap {
        variables: variables.collect(),
    }
}

fn variable(variable: &Variable) -> core::Variable {
    let described = [variable.description, variable.name];
    let described = described.into_iter().find(|it| !it.is_empty());
    core::Variable {
        r#type: Some(message_of(&variable.literal_type)),
        description: described.unwrap_or_default().to_owned(),
    }
}

/// Types have tests of their own.
fn message_of(literal_type: &LiteralType) -> core::LiteralType {
    let bytes = Writer::to_bytes(|w| literal_type.encode(w));
    core::LiteralType::decode(&*bytes).expect("a type")
}

fn node(node: &Node<'_>) -> core::Node {
    let mut inputs: Vec<_> = match &node.target {
        Target::Branch(branch) => {
            let inputs = branch.inputs.iter();
            inputs.map(|it| promised(&called(it), it)).collect()
        }
        Target::Gate(Gate::Approve { value, .. }) => vec![promised(value.variable, value)],
        _ => {
            let arguments = node.arguments.iter();
            let bound = arguments.map(|it| bound(it.variable, &it.literal_type, &it.value));
            bound.collect()
        }
    };
    if !matches!(node.target, Target::Branch(_)) {
        inputs.sort_by(|one, other| one.var.cmp(&other.var));
    }
    core::Node {
        id: node.id.to_owned(),
        metadata: Some(metadata(node)),
        inputs,
        upstream_node_ids: node.upstream.iter().map(|it| (*it).to_owned()).collect(),
        target: Some(target(node)),
        ..core::Node::default()
    }
}

fn metadata(node: &Node<'_>) -> NodeMetadata {
    match &node.target {
        Target::Array(_) => settings(name(node), &Overrides::NONE, &node.target),
        target => settings(name(node), node.overrides(), target),
    }
}

fn settings(name: String, given: &Overrides<'_>, target: &Target<'_>) -> NodeMetadata {
    let (retries, timeout, interruptible) = match target {
        Target::Task(task) => (task.retries, task.timeout, task.interruptible),
        Target::Workflow(_) | Target::LaunchPlan(_) => (0, None, Some(false)),
        Target::Gate(Gate::Sleep(length)) if *length < Duration::from_secs(3600) => {
            (0, Some(Duration::from_secs(3600)), None)
        }
        _ => (0, None, None),
    };
    let timeout = given.timeout.or(timeout).filter(|it| !it.is_zero());
    let interruptible = given.interruptible.or(interruptible);
    NodeMetadata {
        name,
        timeout: timeout.map(length),
        retries: Some(RetryStrategy {
            retries: given.retries.unwrap_or(retries),
        }),
        interruptible_value: interruptible.map(node_metadata::InterruptibleValue::Interruptible),
        cacheable_value: given.cache.map(node_metadata::CacheableValue::Cacheable),
        cache_version_value: given
            .cache_version
            .map(|it| node_metadata::CacheVersionValue::CacheVersion(it.to_owned())),
        cache_serializable_value: given
            .cache_serialize
            .map(node_metadata::CacheSerializableValue::CacheSerializable),
    }
}

fn name(node: &Node<'_>) -> String {
    if let Some(name) = node.name {
        return name.to_owned();
    }
    let name = match &node.target {
        Target::LaunchPlan(plan) => plan.workflow.name,
        Target::Array(array) => return array.task.name.to_owned(),
        Target::Branch(_) => return node.id.to_owned(),
        Target::Gate(Gate::Sleep(_)) => "sleep-gate",
        Target::Gate(Gate::Approve { signal, .. } | Gate::Input { signal, .. }) => {
            return (*signal).to_owned();
        }
        target => target.name(),
    };
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

fn target(node: &Node<'_>) -> node::Target {
    match &node.target {
        Target::Task(task) => node::Target::TaskNode(TaskNode {
            overrides: Some(overrides(node.overrides())),
            reference: Some(task_node::Reference::ReferenceId(id(
                ResourceType::Task,
                task.name,
            ))),
        }),
        Target::Workflow(workflow) => node::Target::WorkflowNode(WorkflowNode {
            reference: Some(workflow_node::Reference::SubWorkflowRef(id(
                ResourceType::Workflow,
                workflow.name,
            ))),
        }),
        Target::LaunchPlan(plan) => node::Target::WorkflowNode(WorkflowNode {
            reference: Some(workflow_node::Reference::LaunchplanRef(id(
                ResourceType::LaunchPlan,
                plan.name,
            ))),
        }),
        Target::Reference(reference) => {
            let id = Identifier {
                resource_type: reference.kind as i32,
                project: reference.project.to_owned(),
                domain: reference.domain.to_owned(),
                name: reference.name.to_owned(),
                version: reference.version.to_owned(),
                ..Identifier::default()
            };
            let overrides = overrides(node.overrides());
            match reference.kind {
                ReferenceKind::Task => node::Target::TaskNode(TaskNode {
                    overrides: (overrides != TaskNodeOverrides::default()).then_some(overrides),
                    reference: Some(task_node::Reference::ReferenceId(id)),
                }),
                ReferenceKind::Workflow => node::Target::WorkflowNode(WorkflowNode {
                    reference: Some(workflow_node::Reference::SubWorkflowRef(id)),
                }),
                ReferenceKind::LaunchPlan => node::Target::WorkflowNode(WorkflowNode {
                    reference: Some(workflow_node::Reference::LaunchplanRef(id)),
                }),
            }
        }
        Target::Array(array) => node::Target::ArrayNode(Box::new(self::array(node, array))),
        Target::Branch(branch) => node::Target::BranchNode(Box::new(BranchNode {
            if_else: Some(Box::new(if_else(branch, &name(node)))),
        })),
        Target::Gate(gate) => node::Target::GateNode(GateNode {
            condition: Some(self::gate(gate)),
        }),
    }
}

fn array(of: &Node<'_>, array: &Array<'_>) -> ArrayNode {
    let Args::Map(mapped) = array.task.args else {
        panic!("a map of no mapped task")
    };
    let inner = Node {
        id: array.task.name,
        upstream: &[],
        target: Target::Task(array.task),
        name: of.name.or(Some(array.task.name)),
        ..*of
    };
    ArrayNode {
        node: Some(Box::new(node(&inner))),
        parallelism_option: array.concurrency.map(ParallelismOption::Parallelism),
        success_criteria: Some(match array.success {
            Success::All => SuccessCriteria::MinSuccessRatio(1.0),
            Success::Count(least) => SuccessCriteria::MinSuccesses(least),
            Success::Ratio(ratio) => SuccessCriteria::MinSuccessRatio(ratio),
        }),
        execution_mode: array.task.custom.is_some().into(),
        is_original_sub_node_interface: Some(false),
        bound_inputs: mapped.whole.iter().map(|it| (*it).to_owned()).collect(),
        ..ArrayNode::default()
    }
}

fn overrides(overrides: &Overrides<'_>) -> TaskNodeOverrides {
    let (requests, limits) = (amounts(&overrides.requests), amounts(&overrides.limits));
    let has_some = !requests.is_empty() || !limits.is_empty();
    TaskNodeOverrides {
        resources: has_some.then_some(core::Resources { requests, limits }),
        container_image: overrides.container_image.unwrap_or_default().to_owned(),
        ..TaskNodeOverrides::default()
    }
}

fn amounts(amounts: &Resources) -> Vec<resources::ResourceEntry> {
    use resources::ResourceName::{Cpu, EphemeralStorage, Gpu, Memory};

    let amounts = [
        (Cpu, amounts.cpu),
        (Memory, amounts.mem),
        (Gpu, amounts.gpu),
        (EphemeralStorage, amounts.ephemeral_storage),
    ];
    let entries = amounts.into_iter().filter_map(|(name, value)| {
        Some(resources::ResourceEntry {
            name: name.into(),
            value: value?.to_owned(),
        })
    });
    entries.collect()
}

fn gate(gate: &Gate<'_>) -> gate_node::Condition {
    match gate {
        Gate::Approve { signal, .. } => gate_node::Condition::Approve(ApproveCondition {
            signal_id: (*signal).to_owned(),
        }),
        Gate::Input {
            signal,
            literal_type,
        } => gate_node::Condition::Signal(SignalCondition {
            signal_id: (*signal).to_owned(),
            r#type: Some(message_of(literal_type)),
            output_variable_name: "o0".to_owned(),
        }),
        Gate::Sleep(time) => gate_node::Condition::Sleep(SleepCondition {
            duration: Some(length(*time)),
        }),
    }
}

fn length(length: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: length.as_secs().cast_signed(),
        nanos: length.subsec_nanos().cast_signed(),
    }
}

fn if_else(branch: &Branch<'_>, name: &str) -> IfElseBlock {
    let mut cases = branch.cases.iter().map(|case| IfBlock {
        condition: Some(condition(&case.condition)),
        then_node: Some(Box::new(node(case.then))),
    });
    IfElseBlock {
        case: cases.next().map(Box::new),
        other: cases.collect(),
        default: Some(match branch.otherwise {
            Otherwise::Node(it) => if_else_block::Default::ElseNode(Box::new(node(it))),
            Otherwise::Fail(message) => if_else_block::Default::Error(core::Error {
                failed_node_id: name.to_owned(),
                message: message.to_owned(),
            }),
        }),
    }
}

fn condition(condition: &Condition<'_>) -> BooleanExpression {
    let conjunction = |left, operator, right| {
        boolean_expression::Expr::Conjunction(Box::new(ConjunctionExpression {
            operator,
            left_expression: Some(Box::new(self::condition(left))),
            right_expression: Some(Box::new(self::condition(right))),
        }))
    };
    let expr = match condition {
        Condition::Compare(left, comparison, right) => {
            boolean_expression::Expr::Comparison(ComparisonExpression {
                operator: *comparison as i32,
                left_value: Some(operand(left)),
                right_value: Some(operand(right)),
            })
        }
        Condition::And(left, right) => conjunction(left, 0, right),
        Condition::Or(left, right) => conjunction(left, 1, right),
    };
    BooleanExpression { expr: Some(expr) }
}

fn operand(operand: &Operand<'_>) -> core::Operand {
    core::Operand {
        val: Some(match operand {
            Operand::Promise(promise) => operand::Val::Var(called(promise)),
            Operand::Constant(constant) => operand::Val::Primitive(primitive(constant)),
        }),
    }
}

fn called(promise: &Promise<'_>) -> String {
    format!("{}.{}", promise.node, promise.variable)
}

fn promised(variable: &str, promise: &Promise<'_>) -> core::Binding {
    core::Binding {
        var: variable.to_owned(),
        binding: Some(BindingData {
            value: Some(binding_data::Value::Promise(reference(promise))),
        }),
    }
}

fn reference(promise: &Promise<'_>) -> OutputReference {
    let steps = promise.path.iter().map(|step| PromiseAttribute {
        value: Some(match step {
            Step::Field(name) => promise_attribute::Value::StringValue((*name).to_owned()),
            Step::Index(index) => promise_attribute::Value::IntValue(*index),
        }),
    });
    OutputReference {
        node_id: promise.node.to_owned(),
        var: promise.variable.to_owned(),
        attr_path: steps.collect(),
    }
}

fn bound(variable: &str, literal_type: &LiteralType, value: &Binding<'_>) -> core::Binding {
    core::Binding {
        var: variable.to_owned(),
        binding: Some(data(literal_type, value)),
    }
}

/// The type of the items of a list or the values of a map; for a union, of its first list or map.
fn part<'t>(literal_type: &'t LiteralType, is_list: bool) -> &'t LiteralType {
    let parts = |it: &'t LiteralType| match it {
        LiteralType::Collection(element) if is_list => Some(*element),
        LiteralType::Map(member) if !is_list => Some(*member),
        _ => None,
    };
    match literal_type {
        LiteralType::Union(union) => {
            let mut variants = union.variants.iter();
            variants.find_map(|it| parts(&it.literal_type))
        }
        other => parts(other),
    }
    .expect("a type of lists or maps")
}

fn data(literal_type: &LiteralType, value: &Binding<'_>) -> BindingData {
    let value = match value {
        Binding::Constant(constant) => binding_data::Value::Scalar(scalar(literal_type, constant)),
        Binding::Promise(promise) => binding_data::Value::Promise(reference(promise)),
        Binding::Encoded(encoded) => {
            binding_data::Value::Promise(reference(&Promise::decode(encoded)))
        }
        Binding::List(values) => {
            let element = part(literal_type, true);
            binding_data::Value::Collection(BindingDataCollection {
                bindings: values.iter().map(|it| data(element, it)).collect(),
            })
        }
        Binding::Object(_) => unreachable!("no struct is drawn"),
        Binding::Map(entries) => {
            let member = part(literal_type, false);
            let entries = entries.iter();
            let entries = entries.map(|(key, it)| ((*key).to_owned(), data(member, it)));
            binding_data::Value::Map(BindingDataMap {
                bindings: entries.collect(),
            })
        }
    };
    BindingData { value: Some(value) }
}

fn literal_of(literal_type: &LiteralType, value: &Binding<'_>) -> Literal {
    if let LiteralType::Union(union) = literal_type
        && matches!(value, Binding::List(_))
    {
        let mut variants = union.variants.iter();
        let list = variants.find(|it| matches!(it.literal_type, LiteralType::Collection(_)));
        let list = list.expect("a variant of lists");
        return scalar_literal(of_variant(list, literal_of(&list.literal_type, value)));
    }
    let value = match value {
        Binding::Constant(constant) => {
            literal::Value::Scalar(Box::new(scalar(literal_type, constant)))
        }
        Binding::Promise(_) | Binding::Encoded(_) => {
            unreachable!("a launch plan knows its values")
        }
        Binding::List(values) => {
            let element = part(literal_type, true);
            literal::Value::Collection(LiteralCollection {
                literals: values.iter().map(|it| literal_of(element, it)).collect(),
            })
        }
        Binding::Object(_) => unreachable!("no struct is drawn"),
        Binding::Map(entries) => {
            let member = part(literal_type, false);
            let entries = entries.iter();
            let entries = entries.map(|(key, it)| ((*key).to_owned(), literal_of(member, it)));
            literal::Value::Map(LiteralMap {
                literals: entries.collect(),
            })
        }
    };
    Literal {
        value: Some(value),
        ..Literal::default()
    }
}

fn scalar(literal_type: &LiteralType, constant: &Constant<'_>) -> Scalar {
    if let LiteralType::Union(union) = literal_type {
        let mut variants = union.variants.iter().copied();
        let chosen = variants.find(|it| is_of(constant, &it.literal_type));
        let chosen = chosen.unwrap_or(Variant::NONE);
        let value = scalar_literal(scalar(&chosen.literal_type, constant));
        return of_variant(&chosen, value);
    }
    let value = match constant {
        Constant::None => scalar::Value::NoneType(Void {}),
        Constant::Msgpack(bytes) => scalar::Value::Binary(Binary {
            value: bytes.to_vec(),
            tag: "msgpack".to_owned(),
        }),
        other => scalar::Value::Primitive(primitive(other)),
    };
    Scalar { value: Some(value) }
}

fn of_variant(variant: &Variant, value: Literal) -> Scalar {
    let bytes = Writer::to_bytes(|w| variant.encode(w));
    let union = core::Union {
        value: Some(Box::new(value)),
        r#type: Some(core::LiteralType::decode(&*bytes).expect("a type")),
    };
    Scalar {
        value: Some(scalar::Value::Union(Box::new(union))),
    }
}

fn scalar_literal(scalar: Scalar) -> Literal {
    Literal {
        value: Some(literal::Value::Scalar(Box::new(scalar))),
        ..Literal::default()
    }
}

/// Whether the constant has this type, among the types of random variants.
fn is_of(constant: &Constant<'_>, literal_type: &LiteralType) -> bool {
    matches!(
        (constant, literal_type),
        (
            Constant::Integer(_),
            LiteralType::Simple(SimpleType::Integer)
        ) | (Constant::Float(_), LiteralType::Simple(SimpleType::Float))
            | (Constant::String(_), LiteralType::Simple(SimpleType::String))
    )
}

fn primitive(constant: &Constant<'_>) -> Primitive {
    let value = match *constant {
        Constant::Integer(it) => primitive::Value::Integer(it),
        Constant::Float(it) => primitive::Value::FloatValue(it),
        Constant::String(it) => primitive::Value::StringValue(it.to_owned()),
        Constant::Boolean(it) => primitive::Value::Boolean(it),
        Constant::Datetime { seconds, nanos } => {
            primitive::Value::Datetime(prost_types::Timestamp { seconds, nanos })
        }
        Constant::Duration { seconds, nanos } => {
            primitive::Value::Duration(prost_types::Duration { seconds, nanos })
        }
        _ => unreachable!("only primitives are drawn here"),
    };
    Primitive { value: Some(value) }
}

pub(super) fn launch_plan(plan: &LaunchPlanDescriptor<'_>) -> LaunchPlan {
    let has_identity = !plan.service_account.is_empty() || !plan.iam_role.is_empty();
    let envs: Vec<_> = entries_in_order(plan.env);
    LaunchPlan {
        id: Some(id(ResourceType::LaunchPlan, plan.name)),
        spec: Some(LaunchPlanSpec {
            workflow_id: Some(id(ResourceType::Workflow, plan.workflow.name)),
            entity_metadata: Some(LaunchPlanMetadata {
                schedule: plan.schedule.as_ref().map(schedule),
                notifications: plan.notifications.iter().map(notification).collect(),
            }),
            default_inputs: Some(ParameterMap {
                parameters: plan
                    .inputs
                    .iter()
                    .map(|input| (input.name.to_owned(), self::parameter(plan, input)))
                    .collect(),
            }),
            fixed_inputs: Some(LiteralMap {
                literals: plan
                    .fixed
                    .iter()
                    .map(|it| {
                        let value = literal_of(&it.literal_type, &it.value);
                        (it.variable.to_owned(), value)
                    })
                    .collect(),
            }),
            labels: Some(Labels {
                values: entries(plan.labels),
            }),
            annotations: Some(Annotations {
                values: entries(plan.annotations),
            }),
            security_context: has_identity.then(|| SecurityContext {
                run_as: Some(Identity {
                    iam_role: plan.iam_role.to_owned(),
                    k8s_service_account: plan.service_account.to_owned(),
                    ..Identity::default()
                }),
                ..SecurityContext::default()
            }),
            raw_output_data_config: Some(RawOutputDataConfig {
                output_location_prefix: plan.raw_output_prefix.to_owned(),
            }),
            max_parallelism: plan.max_parallelism.cast_signed(),
            interruptible: plan.interruptible,
            overwrite_cache: plan.overwrite_cache,
            envs: (!envs.is_empty()).then_some(Envs { values: envs }),
            cluster_assignment: None,
            concurrency_policy: plan.concurrency.map(|it| ConcurrencyPolicy {
                max: it.max.cast_signed(),
                behavior: it.behavior as i32,
            }),
        }),
        closure: Some(LaunchPlanClosure {
            expected_inputs: Some(ParameterMap::default()),
            expected_outputs: Some(VariableMap::default()),
            ..LaunchPlanClosure::default()
        }),
    }
}

fn entries_in_order(entries: &[(&str, &str)]) -> Vec<KeyValuePair> {
    let pairs = entries.iter().map(|(key, value)| KeyValuePair {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    });
    pairs.collect()
}

fn parameter(plan: &LaunchPlanDescriptor<'_>, input: &Variable) -> Parameter {
    let own = |it: &&Argument<'_>| it.variable == input.name;
    let default = plan.defaults.iter().find(own);
    let may_be_missing = matches!(&input.literal_type, LiteralType::Union(it) if it.or_none);
    let none = || {
        parameter::Behavior::Default(scalar_literal(Scalar {
            value: Some(scalar::Value::NoneType(Void {})),
        }))
    };
    let behavior = match default {
        Some(it) if matches!(it.value, Binding::Constant(Constant::None)) => none(),
        Some(it) => parameter::Behavior::Default(literal_of(&it.literal_type, &it.value)),
        None if may_be_missing => none(),
        None => parameter::Behavior::Required(true),
    };
    Parameter {
        var: Some(variable(input)),
        behavior: Some(behavior),
    }
}

fn schedule(schedule: &crate::declare::Schedule<'_>) -> admin::Schedule {
    let expression = match schedule.timing {
        Timing::Cron(line) => schedule::ScheduleExpression::CronSchedule(CronSchedule {
            schedule: line.to_owned(),
            ..CronSchedule::default()
        }),
        Timing::Rate(value, unit) => schedule::ScheduleExpression::Rate(FixedRate {
            value,
            unit: unit as i32,
        }),
    };
    admin::Schedule {
        kickoff_time_input_arg: schedule.kickoff_time.to_owned(),
        schedule_expression: Some(expression),
    }
}

fn notification(notification: &crate::declare::Notification<'_>) -> admin::Notification {
    let recipients_email = notification.recipients.iter();
    let recipients_email = recipients_email.map(|it| (*it).to_owned()).collect();
    let way = match notification.channel {
        Channel::Email => notification::Type::Email(EmailNotification { recipients_email }),
        Channel::PagerDuty => {
            notification::Type::PagerDuty(PagerDutyNotification { recipients_email })
        }
        Channel::Slack => notification::Type::Slack(SlackNotification { recipients_email }),
    };
    admin::Notification {
        phases: notification.phases.iter().map(|it| *it as i32).collect(),
        r#type: Some(way),
    }
}
