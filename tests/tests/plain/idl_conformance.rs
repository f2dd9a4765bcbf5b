//! The declarations of `flytekit-proto` equal those of the official flyteidl package.
//!
//! Both sides are flattened to one line per declaration. Each of our lines must be one of theirs. Their
//! further declarations in our messages, enums and services are listed in `snapshots/idl_left_out.txt`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use flytekit_proto::flyteidl::admin::{DescriptionEntity, TaskSpec};
use flytekit_proto::flyteidl::core::{
    Container, Resources, TaskMetadata, TaskTemplate, container, resources, task_metadata,
    task_template,
};
use prost::{Message as _, Name as _};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::value::Kind;
use prost_types::{
    DescriptorProto, Duration, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet,
    MessageOptions, MethodDescriptorProto, ServiceDescriptorProto, Struct, Value,
};

const BLESS: &str = "FLYTEKIT_BLESS=1 cargo test --test plain idl_conformance";

#[test]
fn every_declaration_equals_the_official_one() {
    let differences = differences(&ours(), &theirs());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn what_is_left_out_is_listed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/idl_left_out.txt");
    let left_out = left_out(&ours(), &theirs());
    if std::env::var_os("FLYTEKIT_BLESS").is_some() {
        fs::write(&path, &left_out).expect("the snapshot is writable");
    }
    let listed = fs::read_to_string(&path).expect("the snapshot exists");
    assert!(
        listed == left_out,
        "{} is stale: run `{BLESS}` and review the change; now left out:\n{left_out}",
        path.display()
    );
}

/// The comparison itself, on declarations that are wrong on purpose.
#[test]
fn a_wrong_declaration_is_a_difference() {
    let official = our_files();
    let with = |change: fn(&mut DescriptorProto)| {
        let mut files = our_files();
        change(message_mut(&mut files, "Identifier"));
        differences(&Declarations::of(&files), &Declarations::of(&official))
    };
    assert_eq!(with(|_| ()), [""; 0]);
    assert_eq!(
        with(|message| message.field[1].number = Some(9)),
        [
            "flyteidl.core.Identifier.project: we have `TYPE_STRING = 9, LABEL_OPTIONAL, JSON project`, \
          they have `TYPE_STRING = 2, LABEL_OPTIONAL, JSON project`"
        ]
    );
    assert_eq!(
        with(|message| message.field[1].name = Some("projekt".to_owned())),
        ["flyteidl.core.Identifier.projekt: they have no such declaration"]
    );
    assert_eq!(
        with(|message| message.field[1].set_label(Label::Repeated)).len(),
        1
    );
    assert_eq!(
        with(|message| message.field[1].set_type(Type::Bytes)).len(),
        1
    );
}

/// Python reads our text and our JSON as the message that was printed.
#[test]
fn printed_messages_are_read_by_python() {
    let (name, sample) = (TaskSpec::full_name(), sample());
    let bytes = sample.encode_to_vec();
    let text = flytekit_proto::text::format(&name, &bytes).expect("the sample prints");
    assert_eq!(read_by_python("text", &text), sample, "{text}");
    let json = flytekit_proto::json::format(&name, &bytes).expect("the sample prints");
    assert_eq!(read_by_python("json", &json.to_string()), sample, "{json}");
}

/// A message with maps, a `Struct`, a `Duration`, a wrapper, and strings that need escaping.
fn sample() -> TaskSpec {
    let custom = Struct {
        fields: BTreeMap::from([
            (
                "b.c".to_owned(),
                Value {
                    kind: Some(Kind::StringValue("2\n".to_owned())),
                },
            ),
            (
                "a".to_owned(),
                Value {
                    kind: Some(Kind::NumberValue(0.1)),
                },
            ),
            (
                "n".to_owned(),
                Value {
                    kind: Some(Kind::NullValue(0)),
                },
            ),
        ]),
    };
    let container = Container {
        image: "{{.image}}".to_owned(),
        args: vec![
            "é\u{1}1\"\\".to_owned(),
            "a\tb\u{85}\u{1f980}'".to_owned(),
            String::new(),
        ],
        resources: Some(Resources {
            requests: vec![resources::ResourceEntry {
                name: resources::ResourceName::Memory.into(),
                value: "2Gi".to_owned(),
            }],
            limits: Vec::new(),
        }),
        architecture: container::Architecture::Arm64.into(),
        ..Container::default()
    };
    let metadata = TaskMetadata {
        timeout: Some(Duration {
            seconds: 90,
            nanos: 500_000_000,
        }),
        tags: BTreeMap::from([
            ("z".to_owned(), String::new()),
            ("y".to_owned(), "1".to_owned()),
        ]),
        generates_deck: Some(true),
        interruptible_value: Some(task_metadata::InterruptibleValue::Interruptible(false)),
        ..TaskMetadata::default()
    };
    TaskSpec {
        template: Some(TaskTemplate {
            r#type: "spark".to_owned(),
            metadata: Some(metadata),
            custom: Some(custom),
            target: Some(task_template::Target::Container(container)),
            ..TaskTemplate::default()
        }),
        description: Some(DescriptionEntity {
            short_description: "one\ntwo".to_owned(),
            ..DescriptionEntity::default()
        }),
    }
}

/// The message that Python reads from `printed`.
fn read_by_python(form: &str, printed: &str) -> TaskSpec {
    let bytes = run_python(
        "idl_read.py",
        &[form, &TaskSpec::full_name()],
        printed.as_bytes(),
    );
    TaskSpec::decode(&*bytes).expect("Python writes valid messages")
}

/// Runs a script of `python/` and returns what it writes to stdout.
fn run_python(script: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("python")
        .join(script);
    let mut child = flytekit_tests::interpreter()
        .arg(path)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(input).expect("Python reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("Python ends");
    assert!(
        output.status.success(),
        "{script} failed: {}",
        output.status
    );
    output.stdout
}

fn our_files() -> FileDescriptorSet {
    let mut files = FileDescriptorSet::decode(flytekit_proto::FILE_DESCRIPTOR_SET)
        .expect("our descriptors are valid");
    // The well-known types are protobuf's, the registry's messages are ours.
    files
        .file
        .retain(|file| file.package().starts_with("flyteidl."));
    files
}

fn ours() -> Declarations {
    Declarations::of(&our_files())
}

fn theirs() -> Declarations {
    let files = run_python("idl_descriptors.py", &[], &[]);
    Declarations::of(&FileDescriptorSet::decode(&*files).expect("their descriptors are valid"))
}

fn message_mut<'a>(files: &'a mut FileDescriptorSet, name: &str) -> &'a mut DescriptorProto {
    files
        .file
        .iter_mut()
        .flat_map(|file| &mut file.message_type)
        .find(|message| message.name() == name)
        .expect("we declare the message")
}

/// Our declarations that are missing or different on their side.
fn differences(ours: &Declarations, theirs: &Declarations) -> Vec<String> {
    ours.0
        .iter()
        .filter_map(|(path, our)| match theirs.0.get(path) {
            Some(their) if our == their => None,
            Some(their) => Some(format!("{path}: we have `{our}`, they have `{their}`")),
            None => Some(format!("{path}: they have no such declaration")),
        })
        .collect()
}

/// Their declarations inside of our messages, enums and services that we lack.
fn left_out(ours: &Declarations, theirs: &Declarations) -> String {
    let lines: Vec<String> = theirs
        .0
        .iter()
        .filter(|(path, _)| !ours.0.contains_key(*path))
        .filter(|(path, _)| {
            path.rsplit_once('.')
                .is_some_and(|(parent, _)| ours.0.contains_key(parent))
        })
        .map(|(path, declaration)| format!("{path}: {declaration}"))
        .collect();
    lines.join("\n") + "\n"
}

/// The declarations in a set of files: for each full name, the parts that matter on the wire and in JSON.
struct Declarations(BTreeMap<String, String>);

impl Declarations {
    fn of(files: &FileDescriptorSet) -> Self {
        let mut declarations = Self(BTreeMap::new());
        for file in &files.file {
            let package = file.package();
            for message in &file.message_type {
                declarations.message(package, message);
            }
            for enumeration in &file.enum_type {
                declarations.enumeration(package, enumeration);
            }
            for service in &file.service {
                declarations.service(package, service);
            }
        }
        declarations
    }

    fn declare(&mut self, scope: &str, name: &str, declaration: impl Into<String>) -> String {
        let path = format!("{scope}.{name}");
        self.0.insert(path.clone(), declaration.into());
        path
    }

    fn message(&mut self, scope: &str, message: &DescriptorProto) {
        let is_map_entry = message
            .options
            .as_ref()
            .is_some_and(MessageOptions::map_entry);
        let kind = if is_map_entry { "map entry" } else { "message" };
        let path = self.declare(scope, message.name(), kind);
        for field in &message.field {
            self.declare(&path, field.name(), field_declaration(message, field));
        }
        for nested in &message.nested_type {
            self.message(&path, nested);
        }
        for enumeration in &message.enum_type {
            self.enumeration(&path, enumeration);
        }
    }

    fn enumeration(&mut self, scope: &str, enumeration: &EnumDescriptorProto) {
        let path = self.declare(scope, enumeration.name(), "enum");
        for value in &enumeration.value {
            self.declare(&path, value.name(), value.number().to_string());
        }
    }

    fn service(&mut self, scope: &str, service: &ServiceDescriptorProto) {
        let path = self.declare(scope, service.name(), "service");
        for method in &service.method {
            self.declare(&path, method.name(), method_declaration(method));
        }
    }
}

fn field_declaration(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let mut parts = vec![
        format!("{} = {}", field.r#type().as_str_name(), field.number()),
        field.label().as_str_name().to_owned(),
        format!("JSON {}", field.json_name()),
    ];
    if let Some(name) = &field.type_name {
        parts.push(name.clone());
    }
    if let Some(index) = field.oneof_index {
        let index = usize::try_from(index).expect("an index is not negative");
        parts.push(format!("oneof {}", message.oneof_decl[index].name()));
    }
    if field.proto3_optional() {
        parts.push("with presence".to_owned());
    }
    parts.join(", ")
}

fn method_declaration(method: &MethodDescriptorProto) -> String {
    let stream = |streams: bool| if streams { "stream " } else { "" };
    format!(
        "{}{} -> {}{}",
        stream(method.client_streaming()),
        method.input_type(),
        stream(method.server_streaming()),
        method.output_type()
    )
}
