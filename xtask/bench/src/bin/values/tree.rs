//! The way through prost's tree of messages, with serde for values inside objects.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result, bail};
use flytekit_proto::flyteidl::core::{
    Binary, Literal, LiteralCollection, LiteralMap, LiteralType, Primitive, Scalar, SimpleType,
    TypeStructure, Union, Void, literal, literal_type, primitive, scalar,
};
use jiff::Timestamp;
use prost::Message as _;

use super::{Record, Way};

/// A list whose elements are converted by `decode` and `encode`.
macro_rules! list {
    ($decode:expr, $encode:expr) => {
        Way {
            name: "prost",
            decode: |bytes| elements(bytes)?.into_iter().map($decode).collect(),
            encode: |values| {
                let literals = values.iter().map($encode).collect::<Result<_>>()?;
                Ok(list_of(literals).encode_to_vec())
            },
        }
    };
}

pub(super) const INTEGERS: Way<Vec<i64>> = list!(integer, |it| Ok(of_integer(*it)));

pub(super) const FLOATS: Way<Vec<f64>> = list!(
    |literal| match primitive(literal)? {
        primitive::Value::FloatValue(value) => Ok(value),
        _ => bail!("not a float"),
    },
    |it| Ok(of_primitive(primitive::Value::FloatValue(*it)))
);

pub(super) const TEXTS: Way<Vec<String>> = list!(text, |it| Ok(of_primitive(
    primitive::Value::StringValue(it.clone())
)));

pub(super) const OPTIONS: Way<Vec<Option<i64>>> = list!(
    |literal| {
        let scalar::Value::Union(union) = scalar(literal)? else {
            bail!("not a union");
        };
        let tag = union
            .r#type
            .and_then(|it| it.structure)
            .context("no tag")?
            .tag;
        let value = *union.value.context("no value")?;
        match &*tag {
            "int" => integer(value).map(Some),
            "none" => Ok(None),
            other => bail!("tag {other}"),
        }
    },
    |it| Ok(match it {
        Some(value) => of_union(of_integer(*value), SimpleType::Integer, "int"),
        None => of_union(
            of_scalar(scalar::Value::NoneType(Void {})),
            SimpleType::None,
            "none"
        ),
    })
);

pub(super) const TIMES: Way<Vec<Timestamp>> = list!(
    |literal| match primitive(literal)? {
        primitive::Value::Datetime(time) => Ok(Timestamp::new(time.seconds, time.nanos)?),
        _ => bail!("not a date-time"),
    },
    |it| Ok(of_primitive(primitive::Value::Datetime(
        prost_types::Timestamp {
            seconds: it.as_second(),
            nanos: it.subsec_nanosecond(),
        }
    )))
);

pub(super) const MAPS: Way<HashMap<String, i64>> = Way {
    name: "prost",
    decode: |bytes| {
        let Some(literal::Value::Map(map)) = Literal::decode(bytes)?.value else {
            bail!("not a map");
        };
        let entries = map.literals.into_iter();
        entries
            .map(|(key, value)| Ok((key, integer(value)?)))
            .collect()
    },
    encode: |map| {
        let entries = map
            .iter()
            .map(|(key, value)| (key.clone(), of_integer(*value)));
        let literals: BTreeMap<_, _> = entries.collect();
        Ok(of(literal::Value::Map(LiteralMap { literals })).encode_to_vec())
    },
};

/// In flytekit's format: MessagePack in a literal.
pub(super) const RECORDS: Way<Vec<Record>> = list!(
    |literal| match scalar(literal)? {
        scalar::Value::Binary(binary) => Ok(rmp_serde::from_slice(&binary.value)?),
        _ => bail!("not binary data"),
    },
    |it| Ok(of_scalar(scalar::Value::Binary(Binary {
        value: rmp_serde::to_vec_named(it)?,
        tag: "msgpack".to_owned(),
    })))
);

/// In a simple format: JSON in a literal's text.
pub(super) const RECORDS_AS_JSON: Way<Vec<Record>> = Way {
    name: "json",
    ..list!(|literal| Ok(serde_json::from_str(&text(literal)?)?), |it| {
        Ok(of_primitive(primitive::Value::StringValue(
            serde_json::to_string(it)?,
        )))
    })
};

fn elements(bytes: &[u8]) -> Result<Vec<Literal>> {
    match Literal::decode(bytes)?.value {
        Some(literal::Value::Collection(collection)) => Ok(collection.literals),
        _ => bail!("not a list"),
    }
}

fn scalar(literal: Literal) -> Result<scalar::Value> {
    match literal.value {
        Some(literal::Value::Scalar(scalar)) => scalar.value.context("an empty scalar"),
        _ => bail!("not a scalar"),
    }
}

fn primitive(literal: Literal) -> Result<primitive::Value> {
    match scalar(literal)? {
        scalar::Value::Primitive(primitive) => primitive.value.context("an empty primitive"),
        _ => bail!("not a primitive"),
    }
}

fn integer(literal: Literal) -> Result<i64> {
    match primitive(literal)? {
        primitive::Value::Integer(value) => Ok(value),
        _ => bail!("not an integer"),
    }
}

fn text(literal: Literal) -> Result<String> {
    match primitive(literal)? {
        primitive::Value::StringValue(text) => Ok(text),
        _ => bail!("not text"),
    }
}

fn of(value: literal::Value) -> Literal {
    Literal {
        value: Some(value),
        ..Literal::default()
    }
}

fn list_of(literals: Vec<Literal>) -> Literal {
    of(literal::Value::Collection(LiteralCollection { literals }))
}

fn of_scalar(value: scalar::Value) -> Literal {
    of(literal::Value::Scalar(Box::new(Scalar {
        value: Some(value),
    })))
}

fn of_primitive(value: primitive::Value) -> Literal {
    of_scalar(scalar::Value::Primitive(Primitive { value: Some(value) }))
}

fn of_integer(value: i64) -> Literal {
    of_primitive(primitive::Value::Integer(value))
}

fn of_union(value: Literal, simple: SimpleType, tag: &str) -> Literal {
    let structure = TypeStructure {
        tag: tag.to_owned(),
        ..TypeStructure::default()
    };
    let literal_type = LiteralType {
        r#type: Some(literal_type::Type::Simple(simple.into())),
        structure: Some(structure),
        ..LiteralType::default()
    };
    of_scalar(scalar::Value::Union(Box::new(Union {
        value: Some(Box::new(value)),
        r#type: Some(literal_type),
    })))
}
