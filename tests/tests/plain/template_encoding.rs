//! Compares the const encoder with prost: the same description, built as a message at run time, decodes
//! equal, and has the same bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use flytekit::declare::{
    Accelerator, Arg, Args, BlobType, Cache, Dataclass, DatasetColumn, EncodedCustom, EnumType,
    Json, LiteralType, Mount, Partition, PodTemplate, Record, Resources, Secret, SharedMemory,
    SimpleType, StructuredDatasetType, TaskDescriptor, Union, Variable, Variant, encode_task_spec,
    task_spec_len,
};
use flytekit::wire::Writer;
use flytekit_proto::flyteidl::admin::{Description, DescriptionEntity, TaskSpec, description};
use flytekit_proto::flyteidl::core;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use prost::Message;
use prost_types::value::Kind;

/// One description of a task, from which both sides are built.
#[derive(Clone, Debug)]
#[expect(
    clippy::option_option,
    reason = "not asked for, without a limit, with one"
)]
struct Declared {
    name: String,
    docs: (String, String),
    inputs: BTreeMap<String, (Type, String)>,
    outputs: BTreeMap<String, (Type, String)>,
    /// The args of an application: text, or the name of an input.
    args: Option<Vec<(bool, String)>>,
    retries: u32,
    timeout: Option<(u32, u32)>,
    cache: Option<(String, bool, Vec<String>)>,
    interruptible: Option<bool>,
    texts: [Option<String>; 3],
    requests: [Option<String>; 4],
    limits: [Option<String>; 4],
    shared_memory: Option<Option<String>>,
    accelerator: Option<(String, Option<Option<String>>)>,
    env: Vec<(String, String)>,
    secrets: Vec<(String, String, String, u8, Option<String>)>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    custom: BTreeMap<String, Value>,
}

#[derive(Clone, Debug)]
enum Type {
    Simple(u8),
    List(Box<Type>),
    Map(Box<Type>),
    Union(Vec<(Type, String)>, bool),
    Dataset(Vec<(String, Type)>, String),
    Blob(String, bool),
    Pickle(String),
    Enum(Vec<String>),
    Dict,
    Dataclass(String, BTreeMap<String, Field>),
}

/// A field of a dataclass: its schema, its type with a tag, and whether there must be one.
type Field = (Schema, Option<(Type, String)>, bool);

/// A JSON schema: an object, or `anyOf` of some, each with a default or none.
#[derive(Clone, Debug)]
struct Schema {
    object: Result<BTreeMap<String, Value>, (Vec<Value>, bool)>,
    default: Option<Value>,
    /// Whether the object, or the list of `anyOf`, is already encoded.
    encoded: bool,
}

/// The annotation of a value in MessagePack.
const MSGPACK: [&str; 3] = ["cache-key-metadata", "serialization-format", "msgpack"];

#[derive(Clone, Debug)]
enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(BTreeMap<String, Value>),
}

/// Leaks a value of a generated case, to give it a constant's lifetime.
fn leak<T: ?Sized>(value: impl Into<Box<T>>) -> &'static T {
    Box::leak(value.into())
}

fn text(value: &str) -> &'static str {
    leak(value)
}

fn pairs(
    entries: impl IntoIterator<Item = (String, String)>,
) -> &'static [(&'static str, &'static str)] {
    leak(
        entries
            .into_iter()
            .map(|(key, value)| (text(&key), text(&value)))
            .collect::<Vec<_>>(),
    )
}

impl Type {
    fn constant(&self) -> LiteralType {
        match self {
            Type::Simple(number) => LiteralType::Simple(match number {
                0 => SimpleType::None,
                1 => SimpleType::Integer,
                2 => SimpleType::Float,
                3 => SimpleType::String,
                4 => SimpleType::Boolean,
                5 => SimpleType::Datetime,
                _ => SimpleType::Duration,
            }),
            Type::List(element) => LiteralType::Collection(leak(element.constant())),
            Type::Map(value) => LiteralType::Map(leak(value.constant())),
            Type::Union(variants, or_none) => {
                let variant = |(ty, tag): &(Type, String)| Variant {
                    literal_type: ty.constant(),
                    tag: text(tag),
                };
                LiteralType::Union(Union {
                    variants: leak(variants.iter().map(variant).collect::<Vec<_>>()),
                    or_none: *or_none,
                    encoded: &[],
                })
            }
            Type::Dataset(columns, format) => {
                let column = |(name, ty): &(String, Type)| DatasetColumn {
                    name: text(name),
                    literal_type: ty.constant(),
                };
                LiteralType::StructuredDataset(StructuredDatasetType {
                    columns: leak(columns.iter().map(column).collect::<Vec<_>>()),
                    encoded: &[],
                    format: text(format),
                })
            }
            Type::Blob(format, multipart) => LiteralType::Blob(BlobType {
                format: text(format),
                multipart: *multipart,
            }),
            Type::Pickle(class) => LiteralType::Pickle {
                python_class: text(class),
            },
            Type::Enum(values) => LiteralType::Enum(leak(EnumType {
                values: leak(values.iter().map(|it| text(it)).collect::<Vec<_>>()),
                encoded: &[],
            })),
            Type::Dict => LiteralType::Dict,
            Type::Dataclass(title, fields) => {
                LiteralType::Dataclass(leak(dataclass(title, fields)))
            }
        }
    }

    fn message(&self) -> core::LiteralType {
        use core::literal_type::Type as Message;
        let message = match self {
            Type::Simple(number) => Message::Simple((*number).into()),
            Type::Dict | Type::Dataclass(..) => Message::Simple(core::SimpleType::Struct.into()),
            Type::Blob(format, multipart) => Message::Blob(core::BlobType {
                format: format.clone(),
                dimensionality: (*multipart).into(),
            }),
            Type::Pickle(_) => Message::Blob(core::BlobType {
                format: "PythonPickle".to_owned(),
                ..Default::default()
            }),
            Type::Enum(values) => Message::EnumType(core::EnumType {
                values: values.clone(),
            }),
            Type::List(element) => Message::CollectionType(Box::new(element.message())),
            Type::Map(value) => Message::MapValueType(Box::new(value.message())),
            Type::Union(variants, or_none) => {
                let none = (Type::Simple(0), "none".to_owned());
                let all = variants.iter().chain(or_none.then_some(&none));
                let tagged = |(ty, tag): &(Type, String)| core::LiteralType {
                    structure: Some(core::TypeStructure {
                        tag: tag.clone(),
                        ..Default::default()
                    }),
                    ..ty.message()
                };
                Message::UnionType(core::UnionType {
                    variants: all.map(tagged).collect(),
                })
            }
            Type::Dataset(columns, format) => {
                let column =
                    |(name, ty): &(String, Type)| core::structured_dataset_type::DatasetColumn {
                        name: name.clone(),
                        literal_type: Some(ty.message()),
                    };
                Message::StructuredDatasetType(core::StructuredDatasetType {
                    columns: columns.iter().map(column).collect(),
                    format: format.clone(),
                    ..Default::default()
                })
            }
        };
        core::LiteralType {
            r#type: Some(message),
            annotation: matches!(self, Type::Dict | Type::Dataclass(..)).then(msgpack_annotation),
            metadata: self.metadata(),
            structure: self.structure(),
        }
    }

    fn metadata(&self) -> Option<prost_types::Struct> {
        match self {
            Type::Pickle(class) => Some(structure(&BTreeMap::from([(
                "python_class_name".to_owned(),
                Value::Text(class.clone()),
            )]))),
            Type::Dataclass(title, fields) => Some(structure(&schema_members(title, fields))),
            _ => None,
        }
    }

    fn structure(&self) -> Option<core::TypeStructure> {
        let Type::Dataclass(_, fields) = self else {
            return None;
        };
        let typed = fields.iter().filter_map(|(name, (_, field, _))| {
            let (ty, _) = field.as_ref()?;
            Some((name.clone(), ty.message()))
        });
        Some(core::TypeStructure {
            dataclass_type: typed.collect(),
            ..Default::default()
        })
    }
}

/// A dataclass, like that of a derive, with fields in descending order.
fn dataclass(title: &str, fields: &BTreeMap<String, Field>) -> Dataclass {
    let variant = |(_, field, _): &Field| {
        field.as_ref().map(|(ty, tag)| Variant {
            literal_type: ty.constant(),
            tag: text(tag),
        })
    };
    let declared = || fields.values().rev();
    let names = fields.keys().rev().map(|name| text(name));
    let schemas: Vec<_> = declared().map(|(schema, ..)| schema.constant()).collect();
    let closing: BTreeMap<_, _> = schema_members(title, fields)
        .into_iter()
        .filter(|(name, _)| ["required", "title", "type"].contains(&&**name))
        .collect();
    let record = Record {
        names: leak(names.collect::<Vec<_>>()),
        types: leak(declared().map(variant).collect::<Vec<_>>()),
        schemas: leak(schemas),
        sorted: leak((0..fields.len()).rev().collect::<Vec<_>>()),
        closing: leak(structure(&closing).encode_to_vec()),
    };
    let schema = written(|w| record.encode_schema(w));
    let structure = written(|w| record.encode_structure(w));
    // The room is enough, and most of it is needed.
    let rooms = [
        (record.schema_room(), &schema),
        (record.structure_room(), &structure),
    ];
    for (room, bytes) in rooms {
        assert!((bytes.len()..=2 * bytes.len() + 60).contains(&room));
    }
    Dataclass {
        title: text(title),
        names: record.names,
        renamed: &[],
        types: record.types,
        schema: leak(schema),
        structure: leak(structure),
    }
}

fn schema_members(title: &str, fields: &BTreeMap<String, Field>) -> BTreeMap<String, Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut members = vec![
        ("additionalProperties", Value::Bool(false)),
        ("title", text(title)),
        ("type", text("object")),
    ];
    if !fields.is_empty() {
        let properties = fields.iter();
        let properties = properties.map(|(name, (schema, ..))| (name.clone(), schema.value()));
        members.push(("properties", Value::Object(properties.collect())));
    }
    let required = fields
        .iter()
        .rev()
        .filter(|(_, (_, _, required))| *required);
    let required: Vec<_> = required.map(|(name, _)| text(name)).collect();
    if !required.is_empty() {
        members.push(("required", Value::List(required)));
    }
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn msgpack_annotation() -> core::TypeAnnotation {
    let [outer, key, value] = MSGPACK.map(str::to_owned);
    let metadata = Value::Object(BTreeMap::from([(key, Value::Text(value))]));
    core::TypeAnnotation {
        annotations: Some(structure(&BTreeMap::from([(outer, metadata)]))),
    }
}

impl Schema {
    fn constant(&self) -> Json<'static> {
        let schema = match &self.object {
            Ok(members) if self.encoded => Json::Encoded(leak(structure(members).encode_to_vec())),
            Ok(members) => Json::Object(object(members)),
            Err((variants, or_null)) if self.encoded => {
                let values = variants.iter().map(Value::message).collect();
                let variants = prost_types::ListValue { values }.encode_to_vec();
                Json::AnyOfEncoded(leak(variants), *or_null)
            }
            Err((variants, or_null)) => {
                let variants = variants.iter().map(Value::constant).collect::<Vec<_>>();
                Json::AnyOf(leak(variants), *or_null)
            }
        };
        match &self.default {
            Some(default) => Json::WithDefault(leak(schema), leak(default.constant())),
            None => schema,
        }
    }

    fn value(&self) -> Value {
        let mut members = match &self.object {
            Ok(members) => members.clone(),
            Err((variants, or_null)) => {
                let null = BTreeMap::from([("type".to_owned(), Value::Text("null".to_owned()))]);
                let null = or_null.then_some(Value::Object(null));
                let variants = variants.iter().cloned().chain(null).collect();
                BTreeMap::from([("anyOf".to_owned(), Value::List(variants))])
            }
        };
        if let Some(default) = &self.default {
            members.insert("default".to_owned(), default.clone());
        }
        Value::Object(members)
    }
}

impl Value {
    fn constant(&self) -> Json<'static> {
        match self {
            Value::Null => Json::Null,
            Value::Bool(truth) => Json::Bool(*truth),
            Value::Number(number) => Json::Number(*number),
            Value::Text(value) => Json::String(text(value)),
            Value::List(items) => {
                Json::Array(leak(items.iter().map(Value::constant).collect::<Vec<_>>()))
            }
            Value::Object(members) => Json::Object(object(members)),
        }
    }

    fn message(&self) -> prost_types::Value {
        let kind = match self {
            Value::Null => Kind::NullValue(0),
            Value::Bool(truth) => Kind::BoolValue(*truth),
            Value::Number(number) => Kind::NumberValue(*number),
            Value::Text(text) => Kind::StringValue(text.clone()),
            Value::List(items) => Kind::ListValue(prost_types::ListValue {
                values: items.iter().map(Value::message).collect(),
            }),
            Value::Object(members) => Kind::StructValue(structure(members)),
        };
        prost_types::Value { kind: Some(kind) }
    }
}

fn object(members: &BTreeMap<String, Value>) -> &'static [(&'static str, Json<'static>)] {
    // Backwards, so that the encoder has to sort.
    leak(
        members
            .iter()
            .rev()
            .map(|(key, value)| (text(key), value.constant()))
            .collect::<Vec<_>>(),
    )
}

fn structure(members: &BTreeMap<String, Value>) -> prost_types::Struct {
    let fields = members
        .iter()
        .map(|(key, value)| (key.clone(), value.message()));
    prost_types::Struct {
        fields: fields.collect(),
    }
}

impl Declared {
    fn encoded_custom(&self) -> Option<EncodedCustom> {
        if self.custom.is_empty() {
            return None;
        }
        let mut measure = flytekit::declare::Custom::counting();
        measure.object(object(&self.custom));
        let mut bytes = vec![0; measure.len()];
        flytekit::declare::Custom::new(&mut bytes).object(object(&self.custom));
        Some(EncodedCustom {
            object: leak(bytes),
            images: &[],
        })
    }

    fn constant(&self) -> TaskDescriptor {
        let variables = |variables: &BTreeMap<String, (Type, String)>| -> &'static [Variable] {
            let each = variables
                .iter()
                .rev()
                .map(|(name, (ty, description))| Variable {
                    name: text(name),
                    literal_type: ty.constant(),
                    description: text(description),
                    default: None,
                });
            leak(each.collect::<Vec<_>>())
        };
        let resources = |[cpu, mem, gpu, disk]: &[Option<String>; 4]| {
            let mut resources = Resources::new();
            resources = cpu
                .as_deref()
                .map_or(resources, |it| resources.cpu(text(it)));
            resources = mem
                .as_deref()
                .map_or(resources, |it| resources.mem(text(it)));
            resources = gpu
                .as_deref()
                .map_or(resources, |it| resources.gpu(text(it)));
            disk.as_deref()
                .map_or(resources, |it| resources.ephemeral_storage(text(it)))
        };
        let [deprecated, image, template] = &self.texts;
        let optional = |it: &Option<String>| it.as_deref().map(text);
        let (short, long) = &self.docs;
        TaskDescriptor {
            name: text(&self.name),
            task_type: "python-task",
            inputs: variables(&self.inputs),
            outputs: variables(&self.outputs),
            args: self.args.as_ref().map_or(Args::Execute, |args| {
                let arg = |(is_input, it): &(bool, String)| {
                    let constructor = if *is_input { Arg::Input } else { Arg::Text };
                    constructor(text(it))
                };
                Args::Application(leak(args.iter().map(arg).collect::<Vec<_>>()))
            }),
            custom: self.encoded_custom(),
            retries: self.retries,
            timeout: self
                .timeout
                .map(|(seconds, nanos)| Duration::new(seconds.into(), nanos)),
            cache: self.cache.as_ref().map(|(version, serialize, ignored)| {
                let ignored = ignored.iter().map(|name| text(name)).collect::<Vec<_>>();
                Cache::new(text(version))
                    .serialize(*serialize)
                    .ignore_inputs(leak(ignored))
            }),
            interruptible: self.interruptible,
            deprecated: optional(deprecated),
            requests: resources(&self.requests),
            limits: resources(&self.limits),
            shared_memory: self.shared_memory.as_ref().map(|limit| {
                limit.as_deref().map_or(SharedMemory::UNLIMITED, |limit| {
                    SharedMemory::limit(text(limit))
                })
            }),
            accelerator: self.accelerator.as_ref().map(|(device, partition)| {
                let device = Accelerator::device(text(device));
                match partition {
                    None => device,
                    Some(None) => device.partition(Partition::Unpartitioned),
                    Some(Some(size)) => device.partition(Partition::Size(text(size))),
                }
            }),
            env: pairs(self.env.clone()),
            secrets: leak(
                self.secrets
                    .iter()
                    .map(|(group, key, version, mount, variable)| {
                        let mount = [Mount::Any, Mount::EnvVar, Mount::File][usize::from(*mount)];
                        let secret = Secret::new(text(group), text(key));
                        let secret = secret.version(text(version)).mount(mount);
                        variable
                            .as_deref()
                            .map_or(secret, |name| secret.env_var(text(name)))
                    })
                    .collect::<Vec<_>>(),
            ),
            container_image: optional(image),
            pod_template_name: optional(template),
            labels: pairs(self.labels.clone().into_iter().rev()),
            annotations: pairs(self.annotations.clone().into_iter().rev()),
            docs: text(&if long.is_empty() {
                short.clone()
            } else {
                format!("{short}\n\n{long}")
            }),
            ..TaskDescriptor::DEFAULT
        }
    }

    fn args(&self) -> Vec<String> {
        let Some(args) = &self.args else {
            return [
                "/usr/local/bin/flytekit-app",
                "execute",
                "--inputs",
                "{{.input}}",
                "--output-prefix",
                "{{.outputPrefix}}",
                "--raw-output-data-prefix",
                "{{.rawOutputDataPrefix}}",
                "--checkpoint-path",
                "{{.checkpointOutputPrefix}}",
                "--prev-checkpoint",
                "{{.prevCheckpointPrefix}}",
                "--task",
                &self.name,
            ]
            .map(str::to_owned)
            .to_vec();
        };
        let arg = |(is_input, it): &(bool, String)| {
            if *is_input {
                format!("{{{{.inputs.{it}}}}}")
            } else {
                it.clone()
            }
        };
        args.iter().map(arg).collect()
    }

    fn message(&self) -> TaskSpec {
        let [_, image, _] = &self.texts;
        let container = core::Container {
            image: image.clone().unwrap_or_default(),
            args: self.args(),
            resources: Some(core::Resources {
                requests: resource_entries(&self.requests),
                limits: resource_entries(&self.limits),
            }),
            env: self
                .env
                .iter()
                .map(|(key, value)| core::KeyValuePair {
                    key: key.clone(),
                    value: value.clone(),
                })
                .collect(),
            ..Default::default()
        };
        let template = core::TaskTemplate {
            id: Some(core::Identifier {
                resource_type: core::ResourceType::Task.into(),
                name: self.name.clone(),
                ..Default::default()
            }),
            r#type: "python-task".to_owned(),
            metadata: Some(self.metadata()),
            interface: Some(core::TypedInterface {
                inputs: Some(variable_map(&self.inputs)),
                outputs: Some(variable_map(&self.outputs)),
            }),
            custom: (!self.custom.is_empty()).then(|| structure(&self.custom)),
            target: Some(core::task_template::Target::Container(container)),
            security_context: (!self.secrets.is_empty()).then(|| core::SecurityContext {
                secrets: self.secrets.iter().map(secret).collect(),
                ..Default::default()
            }),
            extended_resources: self.extended_resources(),
            ..Default::default()
        };
        let (short, long) = &self.docs;
        TaskSpec {
            template: Some(template),
            description: Some(DescriptionEntity {
                short_description: short.clone(),
                long_description: Some(Description {
                    content: (!long.is_empty()).then(|| description::Content::Value(long.clone())),
                    format: 1,
                    ..Default::default()
                }),
                ..Default::default()
            }),
        }
    }

    fn metadata(&self) -> core::TaskMetadata {
        let [deprecated, _, template] = &self.texts;
        let (version, serialize, ignored) = self.cache.clone().unwrap_or_default();
        core::TaskMetadata {
            discoverable: self.cache.is_some(),
            runtime: Some(core::RuntimeMetadata {
                r#type: core::runtime_metadata::RuntimeType::FlyteSdk.into(),
                version: "1.16.31".to_owned(),
                flavor: "rust".to_owned(),
            }),
            timeout: self.timeout.map(|(seconds, nanos)| prost_types::Duration {
                seconds: seconds.into(),
                nanos: nanos.cast_signed(),
            }),
            retries: Some(core::RetryStrategy {
                retries: self.retries,
            }),
            discovery_version: version,
            deprecated_error_message: deprecated.clone().unwrap_or_default(),
            interruptible_value: self
                .interruptible
                .map(core::task_metadata::InterruptibleValue::Interruptible),
            cache_serializable: serialize,
            pod_template_name: template.clone().unwrap_or_default(),
            cache_ignore_input_vars: ignored,
            generates_deck: Some(false),
            metadata: Some(core::K8sObjectMetadata {
                labels: self.labels.clone(),
                annotations: self.annotations.clone(),
            }),
            ..Default::default()
        }
    }

    fn extended_resources(&self) -> Option<core::ExtendedResources> {
        use core::gpu_accelerator::PartitionSizeValue;
        let shared_memory = self.shared_memory.as_ref().map(|limit| core::SharedMemory {
            mount_path: "/dev/shm".to_owned(),
            mount_name: "flyte-shared-memory".to_owned(),
            size_limit: limit.clone().unwrap_or_default(),
        });
        let gpu_accelerator =
            self.accelerator
                .as_ref()
                .map(|(device, partition)| core::GpuAccelerator {
                    device: device.clone(),
                    partition_size_value: partition.as_ref().map(|size| match size {
                        None => PartitionSizeValue::Unpartitioned(true),
                        Some(size) => PartitionSizeValue::PartitionSize(size.clone()),
                    }),
                });
        (shared_memory.is_some() || gpu_accelerator.is_some()).then_some(core::ExtendedResources {
            gpu_accelerator,
            shared_memory,
        })
    }
}

fn variable_map(variables: &BTreeMap<String, (Type, String)>) -> core::VariableMap {
    let each = variables.iter().map(|(name, (ty, description))| {
        let description = if description.is_empty() {
            name
        } else {
            description
        };
        let variable = core::Variable {
            r#type: Some(ty.message()),
            description: description.clone(),
        };
        (name.clone(), variable)
    });
    core::VariableMap {
        variables: each.collect(),
    }
}

fn resource_entries(
    [cpu, mem, gpu, disk]: &[Option<String>; 4],
) -> Vec<core::resources::ResourceEntry> {
    use core::resources::ResourceName::{Cpu, EphemeralStorage, Gpu, Memory};
    let entry = |(name, value): (core::resources::ResourceName, &Option<String>)| {
        value.as_ref().map(|value| core::resources::ResourceEntry {
            name: name.into(),
            value: value.clone(),
        })
    };
    [
        (EphemeralStorage, disk),
        (Cpu, cpu),
        (Gpu, gpu),
        (Memory, mem),
    ]
    .into_iter()
    .filter_map(entry)
    .collect()
}

fn secret(
    (group, key, version, mount, variable): &(String, String, String, u8, Option<String>),
) -> core::Secret {
    core::Secret {
        group: group.clone(),
        group_version: version.clone(),
        key: key.clone(),
        mount_requirement: (*mount).into(),
        env_var: variable.clone().unwrap_or_default(),
    }
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        (0..7_u8).prop_map(Type::Simple),
        ("[a-z]{0,7}", any::<bool>()).prop_map(|(format, multipart)| Type::Blob(format, multipart)),
        "<class '[a-z]{1,9}'>".prop_map(Type::Pickle),
        vec(".{0,9}", 0..4).prop_map(Type::Enum),
        Just(Type::Dict),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| Type::List(Box::new(ty))),
            inner.clone().prop_map(|ty| Type::Map(Box::new(ty))),
            (vec((inner.clone(), "[a-z ]{0,12}"), 0..3), any::<bool>())
                .prop_map(|(variants, or_none)| Type::Union(variants, or_none)),
            (
                "[A-Z][a-z]{0,6}",
                btree_map(
                    "[a-z]{1,6}",
                    (
                        schema(),
                        option::of((inner.clone(), "[a-z ]{0,12}")),
                        any::<bool>()
                    ),
                    0..4
                )
            )
                .prop_map(|(title, fields)| Type::Dataclass(title, fields)),
            (vec(("[a-z ]{0,12}", inner), 0..3), "[a-z]{0,7}")
                .prop_map(|(columns, format)| Type::Dataset(columns, format)),
        ]
    })
}

fn schema() -> impl Strategy<Value = Schema> {
    // Names before and behind `default`.
    let object = btree_map("[a-z]{1,6}", any_value(), 0..4).prop_map(Ok);
    let any_of = (vec(any_value(), 0..3), any::<bool>()).prop_map(Err);
    let default = option::of(any_value());
    (prop_oneof![object, any_of], default, any::<bool>()).prop_map(|(object, default, encoded)| {
        Schema {
            object,
            default,
            encoded,
        }
    })
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-1e9..1e9_f64).prop_map(Value::Number),
        ".{0,12}".prop_map(Value::Text),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            btree_map(".{0,6}", inner, 0..4).prop_map(Value::Object),
        ]
    })
}

prop_compose! {
    fn interface()(
        inputs in btree_map("[a-z_]{1,9}", (any_type(), ".{0,20}"), 0..5),
        outputs in btree_map("[a-z0-9]{1,9}", (any_type(), ".{0,20}"), 0..4),
    ) -> (BTreeMap<String, (Type, String)>, BTreeMap<String, (Type, String)>) {
        (inputs, outputs)
    }
}

prop_compose! {
    fn resources()(
        requests in [option::of("[1-9]m"), option::of("[1-9]Mi"), option::of("[0-9]"), option::of("[1-9]k")],
        limits in [option::of("[1-9]"), option::of("[1-9]Gi"), option::of("[1-9]"), option::of("[1-9]G")],
        shared_memory in option::of(option::of("[1-9]Gi")),
        accelerator in option::of(("[a-z-]{1,8}", option::of(option::of("[0-9]g")))),
    ) -> ([Option<String>; 4], [Option<String>; 4], Option<Option<String>>, Option<(String, Option<Option<String>>)>) {
        (requests, limits, shared_memory, accelerator)
    }
}

prop_compose! {
    fn declared()(
        name in "[a-z.]{1,200}",
        docs in ("[^\n]{0,40}", "[a-z ]{0,300}"),
        (inputs, outputs) in interface(),
        args in option::of(vec((any::<bool>(), "[a-z]{0,8}"), 0..4)),
        retries in any::<u32>(),
        timeout in option::of((any::<u32>(), 0..1_000_000_000_u32)),
        cache in option::of((".{1,8}", any::<bool>(), vec("[a-z]{1,5}", 0..3))),
        interruptible in any::<Option<bool>>(),
        texts in [option::of(".{1,9}"), option::of(".{1,9}"), option::of(".{1,9}")],
        (requests, limits, shared_memory, accelerator) in resources(),
        (env, secrets, labels, annotations) in (
            vec((".{0,9}", ".{0,9}"), 0..4),
            vec((".{1,9}", ".{1,9}", ".{0,9}", 0..3_u8, option::of("[A-Z][A-Z0-9_]{0,8}")), 0..3),
            btree_map(".{0,9}", ".{0,9}", 0..4),
            btree_map(".{0,9}", ".{0,9}", 0..4),
        ),
        custom in btree_map(".{0,9}", any_value(), 0..4),
    ) -> Declared {
        Declared {
            name, docs, inputs, outputs, args, retries, timeout, cache, interruptible, texts, requests, limits,
            shared_memory, accelerator, env, secrets, labels, annotations, custom,
        }
    }
}

/// The bytes of the encoder at run time; only a constant can have the length as its type.
fn encode(task: &TaskDescriptor) -> Vec<u8> {
    const LARGEST: usize = 1 << 16;
    let len = task_spec_len(task);
    assert!(len <= LARGEST, "{len} bytes");
    let buffer: Box<[u8; LARGEST]> = Box::new(encode_task_spec(task));
    buffer[LARGEST - len..].to_vec()
}

fn encode_type(ty: &LiteralType) -> Vec<u8> {
    written(|w| ty.encode(w))
}

fn written(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    let mut measure = Writer::counting();
    write(&mut measure);
    let mut bytes = vec![0; measure.len()];
    write(&mut Writer::new(&mut bytes));
    bytes
}

fn has_empty_parts(ty: &Type) -> bool {
    match ty {
        Type::List(inner) | Type::Map(inner) => has_empty_parts(inner),
        Type::Union(variants, or_none) => {
            let nothing = variants.is_empty() && !or_none;
            nothing || variants.iter().any(|(ty, _)| has_empty_parts(ty))
        }
        Type::Dataclass(_, fields) => {
            let mut fields = fields.values().filter_map(|(_, field, _)| field.as_ref());
            fields.any(|(ty, _)| has_empty_parts(ty))
        }
        Type::Dataset(columns, _) => columns.iter().any(|(_, ty)| has_empty_parts(ty)),
        Type::Simple(_) | Type::Blob(..) | Type::Pickle(_) | Type::Enum(_) | Type::Dict => false,
    }
}

proptest! {
    #[test]
    fn the_encoder_gives_the_bytes_that_prost_gives(declared in declared()) {
        let bytes = encode(&declared.constant());
        let message = declared.message();
        prop_assert_eq!(&TaskSpec::decode(&*bytes).expect("a TaskSpec"), &message);
        prop_assert_eq!(bytes, message.encode_to_vec());
    }

    #[test]
    fn a_type_is_read_back_as_it_was(ty in any_type()) {
        let message = ty.message();
        let read = LiteralType::decode(&message.encode_to_vec()).expect("a type");
        // An empty schema is equal to no schema, and an empty union is invalid.
        prop_assume!(!has_empty_parts(&ty));
        prop_assert_eq!(encode_type(&read.expect("a type")), message.encode_to_vec());
    }
}

/// The parts of a pod that flytekit decides, seen through prost.
#[test]
fn a_pod_template_gets_the_task_into_its_primary_container() {
    const SIDE: Json<'static> = Json::Object(&[
        ("name", Json::String("side")),
        ("image", Json::String("s:1")),
    ]);
    const MAIN: Json<'static> = Json::Object(&[
        ("name", Json::String("main")),
        ("image", Json::String("m:1")),
        ("args", Json::Array(&[Json::String("dropped")])),
        (
            "env",
            Json::Array(&[Json::Object(&[("name", Json::String("T"))])]),
        ),
        ("tty", Json::Bool(true)),
    ]);
    const POD: PodTemplate = PodTemplate::new()
        .primary_container("main")
        .labels(&[("l", "1")])
        .spec(&[
            ("tolerations", Json::Array(&[])),
            ("containers", Json::Array(&[SIDE, MAIN])),
        ]);
    const TASK: TaskDescriptor = TaskDescriptor {
        name: "app.add",
        env: &[("E", "e")],
        requests: Resources::new().cpu("1"),
        pod_template: Some(POD),
        ..TaskDescriptor::DEFAULT
    };
    let spec = TaskSpec::decode(&*encode(&TASK)).expect("a TaskSpec");
    let template = spec.template.expect("a template");
    assert_eq!(template.config["primary_container_name"], "main");
    let Some(core::task_template::Target::K8sPod(pod)) = template.target else {
        panic!("the target is a pod");
    };
    let json =
        flytekit_proto::json::format("flyteidl.core.K8sPod", &pod.encode_to_vec()).expect("JSON");
    assert_eq!(json["metadata"]["labels"]["l"], "1");
    let containers = json["podSpec"]["containers"]
        .as_array()
        .expect("containers");
    assert_eq!(containers.len(), 2);
    let main = &containers[1];
    assert_eq!(main["args"][0], "/usr/local/bin/flytekit-app");
    assert_eq!(main["args"][13], "app.add");
    assert_eq!(main["command"].as_array().map(Vec::len), Some(0));
    assert_eq!(main["env"][0]["value"], "e");
    assert_eq!(main["env"][1]["name"], "T");
    assert_eq!(main["image"], "m:1");
    assert_eq!(main["tty"], true);
    assert_eq!(main["resources"]["requests"]["cpu"], "1");
}
