//! Messages read by name equal those that prost-reflect reads.
#![cfg(feature = "reflect")]

use std::collections::HashMap;

use flytekit_proto::prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value,
};
use flytekit_proto::{Error, descriptor, json, text};
use proptest::prelude::*;
use prost::Message as _;

/// Messages with all kinds of values, including all that the printers treat specially.
const NAMES: [&str; 7] = [
    "flyteidl.admin.TaskSpec",
    "flyteidl.core.LiteralType",
    "flyteidl.core.Literal",
    "flyteidl.core.ErrorDocument",
    "flytekit.registry.v1.TaskEntry",
    "flytekit.registry.v1.WorkflowEntry",
    "flytekit.registry.v1.LaunchPlanEntry",
];

/// Random small numbers, so that defaults and equal keys occur.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn text(&mut self) -> String {
        ["", "a", "é🎉", "\n\"\\", "a long text"][self.below(5)].to_owned()
    }

    fn message(&mut self, of: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        for field in of.fields() {
            let is_deep = matches!(field.kind(), Kind::Message(_));
            if self.below(3) == 0 || (is_deep && (depth > 12 || self.below(depth + 1) > 1)) {
                continue;
            }
            message.set_field(&field, self.field(&field, depth));
        }
        message
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let kind = entry.map_entry_value_field().kind();
                let entries = (0..self.below(3))
                    .map(|_| (MapKey::String(self.text()), self.value(&kind, depth)));
                Value::Map(entries.collect::<HashMap<_, _>>())
            }
            kind if field.is_list() => Value::List(
                (0..self.below(4))
                    .map(|_| self.value(&kind, depth))
                    .collect(),
            ),
            // prost-types changes the sign of nanoseconds to that of the seconds.
            Kind::Int32 if field.name() == "nanos" => {
                Value::I32([0, 1, 999_999_999][self.below(3)])
            }
            kind => self.value(&kind, depth),
        }
    }

    fn value(&mut self, kind: &Kind, depth: usize) -> Value {
        match kind {
            Kind::Double => {
                Value::F64([0.0, -0.0, 0.1, 1e300, f64::INFINITY, f64::NAN][self.below(6)])
            }
            Kind::Float => {
                Value::F32([0.0, -0.0, 0.9, 1e30, f32::INFINITY, f32::NAN][self.below(6)])
            }
            Kind::Int32 => Value::I32([0, 1, -1, i32::MIN][self.below(4)]),
            Kind::Int64 => Value::I64([0, 1, -1, 253_402_300_799, i64::MAX][self.below(5)]),
            Kind::Uint32 => Value::U32([0, 1, u32::MAX][self.below(3)]),
            Kind::Uint64 => Value::U64([0, 1, u64::MAX][self.below(3)]),
            Kind::Bool => Value::Bool(self.below(2) == 0),
            Kind::String => Value::String(self.text()),
            Kind::Bytes => Value::Bytes(self.text().into()),
            Kind::Enum(_) => Value::EnumNumber(i32::try_from(self.below(12)).expect("small") - 1),
            Kind::Message(of) => Value::Message(self.message(of, depth + 1)),
            other => panic!("{other:?} is new: have the reader read it, and draw some here"),
        }
    }
}

/// The JSON of this crate and of prost-reflect for a message; None if its values have no JSON form.
fn forms(name: &str, bytes: &[u8]) -> Result<[Option<serde_json::Value>; 2], String> {
    let ours = match json::format(name, bytes) {
        Ok(form) => Some(form),
        Err(Error::Json { .. }) => None,
        Err(error) => return Err(format!("{error:?}")),
    };
    let descriptor = descriptor(name).expect("a message");
    let theirs = DynamicMessage::decode(descriptor, bytes).map_err(|it| it.to_string())?;
    // As text, in which a float is the shortest number that identifies it, not a double.
    let texts = [
        ours.map(|form| form.to_string()),
        serde_json::to_string(&theirs).ok(),
    ];
    let parsed = texts.map(|text| text.and_then(|text| serde_json::from_str(&text).ok()));
    Ok(parsed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_message_is_what_prost_reflect_says(seed in any::<u64>(), name in 0..NAMES.len()) {
        let name = NAMES[name];
        let message = Random(seed).message(&descriptor(name).expect("a message"), 0);
        let bytes = message.encode_to_vec();
        let [ours, theirs] = forms(name, &bytes).expect("a whole message");
        prop_assert_eq!(&ours, &theirs);
        prop_assert!(text::format(name, &bytes).is_ok());
        // The same message twice: lists become longer, and messages are merged.
        let twice = [&*bytes, &bytes].concat();
        let [ours, theirs] = forms(name, &twice).expect("a whole message");
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn damaged_messages_are_what_prost_reflect_says(
        seed in any::<u64>(),
        name in 0..NAMES.len(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let name = NAMES[name];
        let message = Random(seed).message(&descriptor(name).expect("a message"), 0);
        let mut bytes = message.encode_to_vec();
        for (place, byte) in damage {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
        }
        // prost-types carries over nanoseconds above a second.
        if let Ok([Some(ours), theirs]) = forms(name, &bytes) {
            prop_assert_eq!(Some(ours), theirs);
        }
    }
}

/// Fields of other types would count as undeclared.
#[test]
fn all_fields_are_of_types_that_are_read() {
    let spec = descriptor("flyteidl.admin.TaskSpec").expect("a message");
    let messages = spec.parent_pool().all_messages();
    for message in messages.filter(|it| it.full_name() != "google.protobuf.FloatValue") {
        for field in message.fields() {
            let kind = field.kind();
            let is_read = match &kind {
                Kind::Message(entry) if field.is_map() => {
                    entry.map_entry_key_field().kind() == Kind::String
                }
                Kind::Fixed32
                | Kind::Fixed64
                | Kind::Sint32
                | Kind::Sint64
                | Kind::Sfixed32
                | Kind::Sfixed64 => false,
                _ => true,
            };
            assert!(is_read, "{} is of type {kind:?}", field.full_name());
        }
    }
}

/// Lists inside lists, to this depth.
fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(Vec::new(), |inner, _| {
        // LiteralType { collection_type: … }
        let mut outer = vec![0x1a];
        prost::encoding::encode_varint(inner.len() as u64, &mut outer);
        outer.extend(inner);
        outer
    })
}

#[test]
fn messages_lie_in_one_another_as_deep_as_in_prost() {
    let name = "flyteidl.core.LiteralType";
    let descriptor = descriptor(name).expect("a message");
    for depth in [1, 99, 100, 101, 102, 10_000] {
        let bytes = nested(depth);
        let theirs = DynamicMessage::decode(descriptor.clone(), &*bytes);
        assert_eq!(
            text::format(name, &bytes).is_ok(),
            theirs.is_ok(),
            "{depth} messages"
        );
    }
}
