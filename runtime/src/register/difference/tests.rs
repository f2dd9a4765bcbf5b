use std::collections::HashMap;

use flytekit_proto::flyteidl::admin::{DescriptionEntity, TaskSpec};
use flytekit_proto::flyteidl::core::resources::{ResourceEntry, ResourceName};
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::flyteidl::core::{
    Container, EnumType, KeyValuePair, LiteralType, Resources, RetryStrategy, SimpleType,
    TaskMetadata, TaskTemplate, TypedInterface, Variable, VariableMap, literal_type::Type,
};
use flytekit_proto::prost_reflect::{
    Cardinality, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage,
    Value,
};
use proptest::prelude::*;
use prost::Message;
use prost_types::value::Kind as JsonKind;
use prost_types::{ListValue, Struct};

fn descriptor() -> MessageDescriptor {
    flytekit_proto::descriptor("flyteidl.admin.TaskSpec").expect("a message of flyteidl")
}

fn between(before: &TaskSpec, after: &TaskSpec) -> Vec<String> {
    super::between(&before.clone().into(), &after.clone().into())
}

type Json = prost_types::Value;

fn json(kind: JsonKind) -> Json {
    Json { kind: Some(kind) }
}

fn text(text: &str) -> Json {
    json(JsonKind::StringValue(text.to_owned()))
}

fn object<const N: usize>(members: [(&str, Json); N]) -> Struct {
    Struct {
        fields: members.map(|(name, it)| (name.to_owned(), it)).into(),
    }
}

fn inputs<const N: usize>(inputs: [(&str, SimpleType); N]) -> VariableMap {
    let variable = |(name, of): (&str, SimpleType)| {
        let literal_type = LiteralType {
            r#type: Some(Type::Simple(of.into())),
            ..Default::default()
        };
        let variable = Variable {
            r#type: Some(literal_type),
            description: name.to_owned(),
        };
        (name.to_owned(), variable)
    };
    VariableMap {
        variables: inputs.map(variable).into(),
    }
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<KeyValuePair> {
    let pair = |(key, value): (&str, &str)| KeyValuePair {
        key: key.to_owned(),
        value: value.to_owned(),
    };
    pairs.map(pair).into()
}

fn spec(template: TaskTemplate, docs: &str) -> TaskSpec {
    TaskSpec {
        template: Some(template),
        description: Some(DescriptionEntity {
            short_description: docs.to_owned(),
            ..Default::default()
        }),
    }
}

fn before() -> TaskSpec {
    let container = Container {
        image: "repository/app:1".to_owned(),
        args: ["app", "execute", "--task", "app.add"]
            .map(str::to_owned)
            .into(),
        env: pairs([("LOG", "info"), ("MODE", "fast")]),
        resources: Some(Resources {
            requests: vec![ResourceEntry {
                name: ResourceName::Cpu.into(),
                value: "500m".to_owned(),
            }],
            limits: vec![],
        }),
        ..Default::default()
    };
    let spark = object([
        ("spark.executor.memory", text("2g")),
        ("spark.ui.port", text("1")),
    ]);
    let template = TaskTemplate {
        r#type: "spark".to_owned(),
        metadata: Some(TaskMetadata {
            retries: Some(RetryStrategy { retries: 2 }),
            ..Default::default()
        }),
        interface: Some(TypedInterface {
            inputs: Some(inputs([
                ("a", SimpleType::String),
                ("c", SimpleType::Float),
            ])),
            outputs: Some(VariableMap::default()),
        }),
        custom: Some(object([("sparkConf", json(JsonKind::StructValue(spark)))])),
        target: Some(Target::Container(container)),
        ..Default::default()
    };
    spec(template, &"Adds numbers. ".repeat(20))
}

fn after() -> TaskSpec {
    let container = Container {
        image: "repository/app:2".to_owned(),
        args: ["app", "execute", "--fast", "--task", "app.add"]
            .map(str::to_owned)
            .into(),
        env: pairs([("MODE", "slow"), ("NEW", "1")]),
        resources: Some(Resources {
            requests: vec![ResourceEntry {
                name: ResourceName::Cpu.into(),
                value: "1".to_owned(),
            }],
            limits: vec![ResourceEntry {
                name: ResourceName::Memory.into(),
                value: "1Gi".to_owned(),
            }],
        }),
        ..Default::default()
    };
    let spark = object([
        ("spark.executor.memory", text("4g")),
        (
            "spark.list",
            json(JsonKind::ListValue(ListValue {
                values: vec![text("x")],
            })),
        ),
    ]);
    let template = TaskTemplate {
        r#type: "spark".to_owned(),
        metadata: Some(TaskMetadata {
            retries: Some(RetryStrategy { retries: 3 }),
            discoverable: true,
            discovery_version: "1".to_owned(),
            timeout: Some(prost_types::Duration {
                seconds: 90,
                nanos: 0,
            }),
            ..Default::default()
        }),
        interface: Some(TypedInterface {
            inputs: Some(inputs([
                ("a", SimpleType::Integer),
                ("b", SimpleType::Integer),
            ])),
            outputs: Some(VariableMap::default()),
        }),
        custom: Some(object([("sparkConf", json(JsonKind::StructValue(spark)))])),
        target: Some(Target::Container(container)),
        ..Default::default()
    };
    spec(
        template,
        &format!("{}No more.", "Adds numbers. ".repeat(20)),
    )
}

#[test]
fn changes_are_said_in_words() {
    let expected = [
        "cache: true, was false",
        "timeout: added, 90s",
        "retries: 3, was 2",
        "cache version: added, \"1\"",
        "input a: integer, was string",
        "input b: added, integer",
        "input c: removed",
        "custom.sparkConf.spark.executor.memory: \"4g\", was \"2g\"",
        "custom.sparkConf.spark.list: added, [\"x\"]",
        "custom.sparkConf.spark.ui.port: removed",
        "container image: \"repository/app:2\", was \"repository/app:1\"",
        "container args: added, \"--fast\"",
        "request cpu: \"1\", was \"500m\"",
        "limit memory: added, \"1Gi\"",
        "container env LOG: removed",
        "container env MODE: \"slow\", was \"fast\"",
        "container env NEW: added, \"1\"",
        "summary: …. Adds numbers. Adds numbers. No more.\", was …. Adds numbers. Adds numbers. \"",
    ];
    assert_eq!(between(&before(), &after()), expected);
}

#[test]
fn the_order_of_variables_counts() {
    let mut other = before();
    let Some(Target::Container(container)) = &mut other.template.as_mut().expect("one").target
    else {
        panic!("a container")
    };
    container.env.reverse();
    assert_eq!(
        between(&before(), &other),
        ["container env: in another order"]
    );
}

#[test]
fn a_value_of_several_lines_stays_on_one() {
    let one_of = |values: &[&str]| LiteralType {
        r#type: Some(Type::EnumType(EnumType {
            values: values.iter().map(|&it| it.to_owned()).collect(),
        })),
        ..LiteralType::default()
    };
    let with = |literal_type| {
        let mut spec = before();
        let template = spec.template.as_mut().expect("one");
        let inputs = template
            .interface
            .as_mut()
            .and_then(|it| it.inputs.as_mut());
        let input = Variable {
            r#type: Some(literal_type),
            ..Variable::default()
        };
        let inputs = &mut inputs.expect("inputs").variables;
        inputs.insert("kind".to_owned(), input);
        spec
    };
    assert_eq!(
        between(&before(), &with(one_of(&["a", "b\nc"]))),
        [r#"input kind: added, "one of a, b\nc""#]
    );
}

/// Random small numbers, so that equal ones occur.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn text(&mut self) -> String {
        ["", "a", "b", "name", "a long text, ", "\n\""]
            [usize::try_from(self.below(6)).expect("small")]
        .repeat(if self.below(9) == 0 { 20 } else { 1 })
    }

    fn message(&mut self, of: &MessageDescriptor, depth: u64) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        for field in of.fields() {
            if self.below(3) < 1 + u64::from(depth > 5) {
                continue;
            }
            let is_deep = matches!(field.kind(), Kind::Message(_));
            if !is_deep || (depth < 12 && self.below(depth + 1) < 2) {
                message.set_field(&field, self.field(&field, depth));
            }
        }
        message
    }

    fn field(&mut self, field: &FieldDescriptor, depth: u64) -> Value {
        let kind = field.kind();
        if let Kind::Message(entry) = &kind
            && field.is_map()
        {
            let value = entry.map_entry_value_field();
            let entries = (0..self.below(3)).map(|_| {
                let key = MapKey::String(self.text());
                (key, self.single(&value.kind(), depth))
            });
            return Value::Map(entries.collect::<HashMap<_, _>>());
        }
        if field.cardinality() == Cardinality::Repeated {
            return Value::List(
                (0..self.below(4))
                    .map(|_| self.single(&kind, depth))
                    .collect(),
            );
        }
        self.single(&kind, depth)
    }

    fn single(&mut self, kind: &Kind, depth: u64) -> Value {
        match kind {
            Kind::Double => Value::F64(
                [0.0, -0.0, 1.0, f64::NAN][usize::try_from(self.below(4)).expect("small")],
            ),
            Kind::Float => Value::F32(0.5),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                Value::I32(i32::try_from(self.below(4)).expect("small") - 1)
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(self.below(3).cast_signed()),
            Kind::Uint32 | Kind::Fixed32 => {
                Value::U32(u32::try_from(self.below(3)).expect("small"))
            }
            Kind::Uint64 | Kind::Fixed64 => Value::U64(self.below(3)),
            Kind::Bool => Value::Bool(self.below(2) == 0),
            Kind::String => Value::String(self.text()),
            Kind::Bytes => Value::Bytes(self.text().into()),
            Kind::Enum(_) => Value::EnumNumber(i32::try_from(self.below(12)).expect("small")),
            Kind::Message(of) => Value::Message(self.message(of, depth + 1)),
        }
    }

    /// Changes one random field of the message, at any depth.
    fn change(&mut self, message: &mut DynamicMessage, depth: u64) {
        let descriptor = message.descriptor();
        let set: Vec<_> = descriptor
            .fields()
            .filter(|field| message.has_field(field))
            .collect();
        let deeper = (!set.is_empty() && self.below(5) > 0)
            .then(|| &set[usize::try_from(self.below(set.len() as u64)).expect("small")]);
        if let Some(field) = deeper {
            let inner = match message.get_field_mut(field) {
                Value::Message(inner) => Some(inner),
                Value::List(list) => {
                    let index = self.below(list.len() as u64);
                    list[usize::try_from(index).expect("small")].as_message_mut()
                }
                Value::Map(map) => {
                    let entries = map.iter_mut();
                    let first = entries.min_by_key(|(key, _)| key.as_str().map(str::to_owned));
                    first.and_then(|(_, value)| value.as_message_mut())
                }
                _ => None,
            };
            if let Some(inner) = inner {
                return self.change(inner, depth + 1);
            }
        }
        let fields: Vec<_> = descriptor.fields().collect();
        let Some(field) =
            fields.get(usize::try_from(self.below(fields.len().max(1) as u64)).expect("small"))
        else {
            return;
        };
        if self.below(4) == 0 {
            message.clear_field(field);
        } else {
            message.set_field(field, self.field(field, depth));
        }
    }
}

fn task_spec(message: &DynamicMessage) -> TaskSpec {
    message.transcode_to().expect("a TaskSpec")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn what_is_not_equal_differs_in_words(seed in any::<u64>()) {
        let mut random = Random(seed);
        let one = random.message(&descriptor(), 0);
        let mut other = one.clone();
        random.change(&mut other, 0);
        let [one, other] = [&one, &other].map(task_spec);
        let lines = between(&one, &other);
        prop_assert_eq!(lines.is_empty(), one.encode_to_vec() == other.encode_to_vec(), "{:?}", lines);
        for line in &lines {
            prop_assert!(line.contains(": ") && !line.contains('\n'), "{}", line);
        }
        prop_assert_eq!(between(&one, &one), Vec::<String>::new());
    }
}
