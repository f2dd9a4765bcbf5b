//! The reference for tests and fuzz targets: the meaning of a literal, by prost's tree.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, SystemTime};

use flytekit::declare::{self, DatasetColumn, Json, StructuredDatasetType, Variant};
use flytekit::types::{
    Content, FlyteData, FlyteType, Hashed, LiteralMapRef, LiteralRef, LiteralWriter, MsgpackReader,
    MsgpackWriter, StructuredDatasetRef, ValueError, Written, data,
};
use flytekit::wire::{Payload, Reader};
use flytekit_proto::flyteidl::core::structured_dataset_type::DatasetColumn as DatasetColumnTree;
use flytekit_proto::flyteidl::core::{
    Literal, LiteralCollection, LiteralMap, LiteralType, Primitive, Scalar, SimpleType,
    StructuredDataset, StructuredDatasetMetadata, StructuredDatasetType as DatasetTypeTree,
    TypeStructure, Union, UnionType, Void, literal, literal_type, primitive, scalar,
};
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};
use prost::Message;

/// A Flyte type that can also be converted from and to a tree.
pub(crate) trait Tree: FlyteType {
    /// The value of `literal` by the contract; `None` if it has another type.
    fn from_tree(literal: &Literal) -> Option<Self>;

    /// The literal of the value by the contract.
    fn to_tree(&self) -> Literal;

    /// The type, as a variant of a union.
    fn variant() -> LiteralType;
}

pub(crate) fn to_bytes<T: FlyteType>(value: &T) -> Vec<u8> {
    LiteralWriter::to_bytes(|out| value.encode(out)).expect("a value that Flyte can hold")
}

/// Checks that `bytes` are read as a `T` if prost's tree contains one, and refused otherwise. Bytes that
/// prost refuses may be accepted, because this reader only looks at the parts that it needs.
pub(crate) fn agree<T: Tree>(bytes: &[u8], tree: Option<&Literal>) {
    let read = T::decode(LiteralRef::new(bytes));
    if let Ok(value) = &read {
        round_trip(value);
    }
    let Some(tree) = tree else { return };
    match (read, T::from_tree(tree)) {
        (Ok(read), Some(expected)) => assert_eq!(to_bytes(&read), to_bytes(&expected)),
        // The meaning of MessagePack is compared elsewhere.
        (Ok(_), None) if holds_msgpack(tree) => {}
        (Ok(read), None) => panic!("{tree:?} was read as {:?}", read.to_tree()),
        (Err(error), Some(expected)) => {
            let deliberate =
                is_deliberate(&error) || !throughout(Shape::Literal, bytes, keys_are_unique);
            assert!(deliberate, "{:?} was refused: {error}", expected.to_tree());
        }
        (Err(error), None) => assert!(!error.to_string().is_empty()),
    }
}

/// Whether it contains or becomes MessagePack, from which every type can be read.
fn holds_msgpack(literal: &Literal) -> bool {
    match &literal.value {
        Some(literal::Value::Collection(list)) => list.literals.iter().any(holds_msgpack),
        Some(literal::Value::Map(map)) => map.literals.values().any(holds_msgpack),
        Some(literal::Value::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Binary(binary)) => binary.tag == "msgpack",
            Some(scalar::Value::Generic(_)) => true,
            Some(scalar::Value::Union(union)) => union.value.as_deref().is_some_and(holds_msgpack),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the reader refuses something that protobuf allows, as documented.
fn is_deliberate(error: &ValueError) -> bool {
    let message = error.to_string();
    message.contains("is split over several fields") || message.contains("is a group")
}

/// Checks bytes as every type there is.
pub(crate) fn agree_on_all_types(bytes: &[u8]) {
    let tree = read(bytes);
    let tree = tree.as_ref();
    agree::<i8>(bytes, tree);
    agree::<u8>(bytes, tree);
    agree::<i64>(bytes, tree);
    agree::<u64>(bytes, tree);
    agree::<f32>(bytes, tree);
    agree::<f64>(bytes, tree);
    agree::<bool>(bytes, tree);
    agree::<String>(bytes, tree);
    agree::<()>(bytes, tree);
    agree::<SystemTime>(bytes, tree);
    agree::<Duration>(bytes, tree);
    agree::<Timestamp>(bytes, tree);
    agree::<DateTime>(bytes, tree);
    agree::<Date>(bytes, tree);
    agree::<SignedDuration>(bytes, tree);
    agree::<Vec<Option<Date>>>(bytes, tree);
    agree::<Hashed<String>>(bytes, tree);
    agree::<BTreeMap<String, Hashed<Option<i64>>>>(bytes, tree);
    agree::<Table>(bytes, tree);
    agree::<Vec<Option<Table>>>(bytes, tree);
    agree::<Vec<i64>>(bytes, tree);
    agree::<Vec<String>>(bytes, tree);
    agree::<Vec<Vec<f64>>>(bytes, tree);
    agree::<Vec<Option<bool>>>(bytes, tree);
    agree::<BTreeMap<String, i32>>(bytes, tree);
    agree::<HashMap<String, Vec<String>>>(bytes, tree);
    agree::<Option<i64>>(bytes, tree);
    agree::<Option<Vec<u16>>>(bytes, tree);
    agree::<Option<BTreeMap<String, Option<f32>>>>(bytes, tree);
}

/// The tree of a literal's bytes, if prost accepts them correctly.
pub(crate) fn read(bytes: &[u8]) -> Option<Literal> {
    Literal::decode(bytes)
        .ok()
        .filter(|_| throughout(Shape::Literal, bytes, maps_are_delimited))
}

/// A message on the way from a literal to a map in it.
#[derive(Clone, Copy)]
enum Shape {
    Literal,
    Scalar,
    Collection,
    Map,
    Entry,
    Union,
    LiteralType,
    Structure,
}

impl Shape {
    fn map_field(self) -> Option<u64> {
        match self {
            Shape::Literal => Some(5),
            Shape::Map => Some(1),
            Shape::Structure => Some(2),
            _ => None,
        }
    }

    fn field(self, number: u32) -> Option<Shape> {
        match (self, number) {
            (Shape::Literal, 1) => Some(Shape::Scalar),
            (Shape::Literal, 2) => Some(Shape::Collection),
            (Shape::Literal, 3) => Some(Shape::Map),
            (Shape::Scalar, 9) => Some(Shape::Union),
            (Shape::Map, 1) => Some(Shape::Entry),
            (Shape::Collection | Shape::Union, 1) | (Shape::Entry, 2) => Some(Shape::Literal),
            (Shape::Union, 2) => Some(Shape::LiteralType),
            (Shape::LiteralType, 11) => Some(Shape::Structure),
            _ => None,
        }
    }
}

/// Whether `holds` is true for a message and all messages on the way to its maps.
fn throughout(shape: Shape, bytes: &[u8], holds: fn(Shape, &[u8]) -> bool) -> bool {
    holds(shape, bytes)
        && Reader::new(bytes)
            .map_while(Result::ok)
            .all(|(number, payload)| match (shape.field(number), payload) {
                (Some(inner), Payload::Bytes(bytes)) => throughout(inner, bytes, holds),
                _ => true,
            })
}

/// Whether each entry of a map is a length-delimited field; prost reads any field with the map's number as a
/// length and an entry.
fn maps_are_delimited(shape: Shape, bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    while let Ok(tag) = Reader::new(reader.rest()).varint() {
        if Some(tag >> 3) == shape.map_field() && tag & 7 != 2 {
            return false;
        }
        if !matches!(reader.next(), Some(Ok(_))) {
            break;
        }
    }
    true
}

/// Whether no entry of a map replaces another one, which prost drops.
fn keys_are_unique(shape: Shape, bytes: &[u8]) -> bool {
    let mut keys = BTreeSet::new();
    let mut entries = LiteralMapRef::new(bytes).iter().map_while(Result::ok);
    !matches!(shape, Shape::Map) || entries.all(|(key, _)| keys.insert(key))
}

/// Checks that written bytes can be read again, also by prost.
pub(crate) fn round_trip<T: Tree>(value: &T) {
    let bytes = to_bytes(value);
    let again = T::decode(LiteralRef::new(&bytes)).expect("what was written");
    assert_eq!(to_bytes(&again), bytes);
    let tree = Literal::decode(&*bytes).expect("what was written");
    let again = T::from_tree(&tree).expect("what was written");
    assert_eq!(to_bytes(&again), bytes);
}

/// Checks that a map of literals has the entries that prost finds in it.
pub(crate) fn agree_on_map(bytes: &[u8]) {
    let map = LiteralMapRef::new(bytes);
    let entries: Result<BTreeMap<_, _>, _> = map.iter().collect();
    let Ok(tree) = LiteralMap::decode(bytes) else {
        return;
    };
    if !throughout(Shape::Map, bytes, maps_are_delimited) {
        return;
    }
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => return assert!(is_deliberate(&error.into())),
    };
    assert!(entries.keys().eq(tree.literals.keys()));
    for (key, literal) in entries {
        let got = map.get(key).expect("was read before").expect("is there");
        assert_eq!(got.bytes(), literal.bytes());
        // Compared by their bytes, since a NaN is not equal to itself.
        let value =
            Literal::decode(literal.bytes()).expect("prost has read it as a part of the map");
        assert_eq!(value.encode_to_vec(), tree.literals[key].encode_to_vec());
    }
}

fn of(value: literal::Value) -> Literal {
    Literal {
        value: Some(value),
        ..Literal::default()
    }
}

fn of_scalar(value: scalar::Value) -> Literal {
    of(literal::Value::Scalar(Box::new(Scalar {
        value: Some(value),
    })))
}

pub(crate) fn of_primitive(value: primitive::Value) -> Literal {
    of_scalar(scalar::Value::Primitive(Primitive { value: Some(value) }))
}

pub(crate) fn of_none() -> Literal {
    of_scalar(scalar::Value::NoneType(Void {}))
}

pub(crate) fn of_collection(literals: Vec<Literal>) -> Literal {
    of(literal::Value::Collection(LiteralCollection { literals }))
}

pub(crate) fn of_map(literals: BTreeMap<String, Literal>) -> Literal {
    of(literal::Value::Map(LiteralMap { literals }))
}

pub(crate) fn of_union(value: Literal, r#type: LiteralType) -> Literal {
    of_scalar(scalar::Value::Union(Box::new(Union {
        value: Some(Box::new(value)),
        r#type: Some(r#type),
    })))
}

pub(crate) fn tagged(r#type: literal_type::Type, tag: &str) -> LiteralType {
    let structure = TypeStructure {
        tag: tag.to_owned(),
        ..TypeStructure::default()
    };
    LiteralType {
        structure: Some(structure),
        r#type: Some(r#type),
        ..LiteralType::default()
    }
}

fn simple(simple: SimpleType, tag: &str) -> LiteralType {
    tagged(literal_type::Type::Simple(simple.into()), tag)
}

/// The type in a list or map, which has no tag.
fn untagged(variant: LiteralType) -> Box<LiteralType> {
    Box::new(LiteralType {
        structure: None,
        ..variant
    })
}

fn scalar_of(literal: &Literal) -> Option<&scalar::Value> {
    match literal.value.as_ref()? {
        literal::Value::Scalar(scalar) => scalar.value.as_ref(),
        _ => None,
    }
}

fn primitive_of(literal: &Literal) -> Option<&primitive::Value> {
    match scalar_of(literal)? {
        scalar::Value::Primitive(primitive) => primitive.value.as_ref(),
        _ => None,
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Tree for $integer {
            fn from_tree(literal: &Literal) -> Option<Self> {
                match primitive_of(literal)? {
                    primitive::Value::Integer(value) => (*value).try_into().ok(),
                    #[expect(clippy::cast_possible_truncation, reason = "checked by its way back")]
                    #[expect(clippy::cast_precision_loss, reason = "as documented")]
                    #[expect(clippy::float_cmp, reason = "it is the same or has a fraction")]
                    primitive::Value::FloatValue(value) => (*value as i128 as f64 == *value)
                        .then_some(*value as i128)
                        .and_then(|value| value.try_into().ok()),
                    _ => None,
                }
            }

            fn to_tree(&self) -> Literal {
                of_primitive(primitive::Value::Integer((*self).try_into().expect("an int64")))
            }

            fn variant() -> LiteralType {
                simple(SimpleType::Integer, "int")
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

impl Tree for f64 {
    fn from_tree(literal: &Literal) -> Option<Self> {
        match primitive_of(literal)? {
            primitive::Value::FloatValue(value) => Some(*value),
            #[expect(clippy::cast_precision_loss, reason = "as documented")]
            primitive::Value::Integer(value) => Some(*value as f64),
            _ => None,
        }
    }

    fn to_tree(&self) -> Literal {
        of_primitive(primitive::Value::FloatValue(*self))
    }

    fn variant() -> LiteralType {
        simple(SimpleType::Float, "float")
    }
}

impl Tree for f32 {
    fn from_tree(literal: &Literal) -> Option<Self> {
        let wide = f64::from_tree(literal)?;
        #[expect(clippy::cast_possible_truncation, reason = "as documented")]
        Some(wide as f32).filter(|value| value.is_finite() || !wide.is_finite())
    }

    fn to_tree(&self) -> Literal {
        f64::from(*self).to_tree()
    }

    fn variant() -> LiteralType {
        f64::variant()
    }
}

impl Tree for bool {
    fn from_tree(literal: &Literal) -> Option<Self> {
        match primitive_of(literal)? {
            primitive::Value::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    fn to_tree(&self) -> Literal {
        of_primitive(primitive::Value::Boolean(*self))
    }

    fn variant() -> LiteralType {
        simple(SimpleType::Boolean, "bool")
    }
}

impl Tree for String {
    fn from_tree(literal: &Literal) -> Option<Self> {
        match primitive_of(literal)? {
            primitive::Value::StringValue(value) => Some(value.clone()),
            _ => None,
        }
    }

    fn to_tree(&self) -> Literal {
        of_primitive(primitive::Value::StringValue(self.clone()))
    }

    fn variant() -> LiteralType {
        simple(SimpleType::String, "str")
    }
}

macro_rules! times {
    ($($type:ty: $member:ident $simple:ident $tag:literal,
        |$from:ident| $read:expr, |$to:ident| $written:expr;)+) => {$(
        impl Tree for $type {
            fn from_tree(literal: &Literal) -> Option<Self> {
                match primitive_of(literal)? {
                    primitive::Value::$member($from) => $read,
                    _ => None,
                }
            }

            fn to_tree(&self) -> Literal {
                let $to = self;
                of_primitive(primitive::Value::$member($written))
            }

            fn variant() -> LiteralType {
                simple(SimpleType::$simple, $tag)
            }
        }
    )+};
}

times! {
    SystemTime: Datetime Datetime "datetime",
        |point| valid_point(point).and_then(|point| SystemTime::try_from(point).ok()),
        |time| prost_types::Timestamp::from(*time);
    Duration: Duration Duration "timedelta",
        |length| valid_length(length).and_then(|length| Duration::try_from(length).ok()),
        |time| prost_types::Duration::try_from(*time).expect("a length in range");
    Timestamp: Datetime Datetime "datetime",
        |point| valid_point(point).and_then(|it| Timestamp::new(it.seconds, it.nanos).ok()),
        |time| {
            let nanos = time.as_nanosecond();
            let seconds = nanos.div_euclid(1_000_000_000).try_into().expect("in range");
            let nanos = nanos.rem_euclid(1_000_000_000).try_into().expect("in range");
            prost_types::Timestamp { seconds, nanos }
        };
    DateTime: Datetime Datetime "datetime",
        |point| valid_point(point).map(civil),
        |time| point_of(*time);
    Date: Datetime Datetime "date",
        |point| valid_point(point).map(|it| civil(it).date()),
        |day| point_of(day.to_datetime(Time::midnight()));
    SignedDuration: Duration Duration "timedelta",
        |length| valid_length(length).map(|it| SignedDuration::new(it.seconds, it.nanos)),
        |time| prost_types::Duration {
            seconds: time.as_secs(),
            nanos: time.subsec_nanos(),
        };
}

/// A valid timestamp of protobuf, or `None`.
fn valid_point(point: &prost_types::Timestamp) -> Option<prost_types::Timestamp> {
    let in_range = (-62_135_596_800..=253_402_300_799).contains(&point.seconds)
        && (0..1_000_000_000).contains(&point.nanos);
    in_range.then_some(*point)
}

fn valid_length(length: &prost_types::Duration) -> Option<prost_types::Duration> {
    let mut normalized = *length;
    normalized.normalize();
    let nanos = i128::from(length.seconds) * 1_000_000_000 + i128::from(length.nanos);
    let in_range = nanos.abs() <= 315_576_000_000 * 1_000_000_000;
    (in_range && normalized == *length).then_some(*length)
}

/// The date-time by jiff's own arithmetic.
fn civil(point: prost_types::Timestamp) -> DateTime {
    DateTime::constant(1970, 1, 1, 0, 0, 0, 0) + SignedDuration::new(point.seconds, point.nanos)
}

fn point_of(time: DateTime) -> prost_types::Timestamp {
    let since = time.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    let nanos = since.as_nanos();
    prost_types::Timestamp {
        seconds: nanos
            .div_euclid(1_000_000_000)
            .try_into()
            .expect("in range"),
        nanos: nanos
            .rem_euclid(1_000_000_000)
            .try_into()
            .expect("in range"),
    }
}

impl<T: Tree> Tree for Hashed<T> {
    fn from_tree(literal: &Literal) -> Option<Self> {
        T::from_tree(literal).map(|value| Hashed::new(value, literal.hash.clone()))
    }

    fn to_tree(&self) -> Literal {
        Literal {
            hash: self.hash().to_owned(),
            ..T::to_tree(self)
        }
    }

    fn variant() -> LiteralType {
        T::variant()
    }
}

impl Tree for () {
    fn from_tree(literal: &Literal) -> Option<Self> {
        matches!(scalar_of(literal)?, scalar::Value::NoneType(_)).then_some(())
    }

    fn to_tree(&self) -> Literal {
        of_none()
    }

    fn variant() -> LiteralType {
        simple(SimpleType::None, "none")
    }
}

/// A table by its place, with integer columns; an engine would open it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    pub(crate) uri: String,
    pub(crate) format: String,
    pub(crate) columns: Vec<String>,
}

impl FlyteType for Table {
    const LITERAL_TYPE: declare::LiteralType =
        declare::LiteralType::StructuredDataset(StructuredDatasetType::of_format(""));
    const TAG: &'static str = "StructuredDataset Transformer";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::StructuredDataset(dataset) => Table::at(dataset),
            _ => data::decode(literal, "a table"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        let columns = self.columns.iter().map(|name| DatasetColumn {
            name,
            literal_type: i64::LITERAL_TYPE,
        });
        let dataset = StructuredDatasetType {
            columns: &columns.collect::<Vec<_>>(),
            encoded: &[],
            format: &self.format,
        };
        Ok(out.structured_dataset(&self.uri, &dataset))
    }
}

impl FlyteData for Table {
    const SCHEMA: Json<'static> = StructuredDatasetRef::SCHEMA;
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        Table::at(StructuredDatasetRef::unpack(value)?)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        StructuredDatasetRef::pack(&self.uri, &self.format, out)
    }
}

impl Table {
    fn at(dataset: StructuredDatasetRef<'_>) -> Result<Self, ValueError> {
        Ok(Table {
            uri: dataset.uri().to_owned(),
            format: dataset.format().to_owned(),
            columns: dataset.columns()?.into_iter().map(str::to_owned).collect(),
        })
    }
}

impl Tree for Table {
    fn from_tree(literal: &Literal) -> Option<Self> {
        let scalar::Value::StructuredDataset(dataset) = scalar_of(literal)? else {
            return None;
        };
        let metadata = dataset.metadata.clone().unwrap_or_default();
        let dataset_type = metadata.structured_dataset_type.unwrap_or_default();
        Some(Table {
            uri: dataset.uri.clone(),
            format: dataset_type.format,
            columns: dataset_type.columns.into_iter().map(|it| it.name).collect(),
        })
    }

    fn to_tree(&self) -> Literal {
        let columns = self.columns.iter().map(|name| DatasetColumnTree {
            name: name.clone(),
            literal_type: Some(*untagged(i64::variant())),
        });
        let dataset_type = DatasetTypeTree {
            columns: columns.collect(),
            format: self.format.clone(),
            ..DatasetTypeTree::default()
        };
        of_scalar(scalar::Value::StructuredDataset(StructuredDataset {
            uri: self.uri.clone(),
            metadata: Some(StructuredDatasetMetadata {
                structured_dataset_type: Some(dataset_type),
            }),
        }))
    }

    fn variant() -> LiteralType {
        tagged(
            literal_type::Type::StructuredDatasetType(DatasetTypeTree::default()),
            Self::TAG,
        )
    }
}

impl<T: Tree> Tree for Vec<T> {
    fn from_tree(literal: &Literal) -> Option<Self> {
        match literal.value.as_ref()? {
            literal::Value::Collection(collection) => {
                collection.literals.iter().map(T::from_tree).collect()
            }
            _ => None,
        }
    }

    fn to_tree(&self) -> Literal {
        of_collection(self.iter().map(T::to_tree).collect())
    }

    fn variant() -> LiteralType {
        tagged(
            literal_type::Type::CollectionType(untagged(T::variant())),
            "Typed List",
        )
    }
}

impl<T: Tree> Tree for BTreeMap<String, T> {
    fn from_tree(literal: &Literal) -> Option<Self> {
        let literal::Value::Map(map) = literal.value.as_ref()? else {
            return None;
        };
        map.literals
            .iter()
            .map(|(key, value)| Some((key.clone(), T::from_tree(value)?)))
            .collect()
    }

    fn to_tree(&self) -> Literal {
        of_map(
            self.iter()
                .map(|(key, value)| (key.clone(), value.to_tree()))
                .collect(),
        )
    }

    fn variant() -> LiteralType {
        tagged(
            literal_type::Type::MapValueType(untagged(T::variant())),
            "Typed Dict",
        )
    }
}

impl<T: Tree> Tree for HashMap<String, T> {
    fn from_tree(literal: &Literal) -> Option<Self> {
        BTreeMap::from_tree(literal).map(|map| map.into_iter().collect())
    }

    fn to_tree(&self) -> Literal {
        of_map(
            self.iter()
                .map(|(key, value)| (key.clone(), value.to_tree()))
                .collect(),
        )
    }

    fn variant() -> LiteralType {
        BTreeMap::<String, T>::variant()
    }
}

impl<T: Tree> Tree for Option<T> {
    fn from_tree(literal: &Literal) -> Option<Self> {
        let bare = |literal: &Literal| match <()>::from_tree(literal) {
            Some(()) => Some(None),
            None => T::from_tree(literal).map(Some),
        };
        let Some(scalar::Value::Union(union)) = scalar_of(literal) else {
            return bare(literal);
        };
        let value = union.value.as_ref()?;
        let structure = union
            .r#type
            .as_ref()
            .and_then(|literal_type| literal_type.structure.as_ref());
        match structure.map_or("", |structure| &structure.tag) {
            "" => bare(value),
            "none" => <()>::from_tree(value).map(|()| None),
            tag => {
                if tag == T::TAG {
                    T::from_tree(value).map(Some)
                } else {
                    None
                }
            }
        }
    }

    fn to_tree(&self) -> Literal {
        match self {
            Some(value) => of_union(value.to_tree(), T::variant()),
            None => of_union(of_none(), <()>::variant()),
        }
    }

    fn variant() -> LiteralType {
        let variants = vec![T::variant(), <()>::variant()];
        tagged(
            literal_type::Type::UnionType(UnionType { variants }),
            "Typed Union",
        )
    }
}
