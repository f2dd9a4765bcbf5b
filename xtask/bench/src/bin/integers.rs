//! Decodes and encodes a list of integers in two ways, in turns, and prints how long each took.
//!
//! ```text
//! $ integers integers.pb 100
//! native 0.0011
//! prost 0.0142
//! …
//! ```

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use flytekit::types::{FlyteType, LiteralRef, LiteralWriter};
use flytekit_proto::flyteidl::core::{
    Literal, LiteralCollection, Primitive, Scalar, literal, primitive, scalar,
};
use prost::Message as _;

fn main() -> Result<()> {
    let usage = "usage: integers FILE ROUNDS";
    let mut words = std::env::args_os().skip(1);
    let file = PathBuf::from(words.next().context(usage)?);
    let rounds = words
        .next()
        .and_then(|word| word.to_str()?.parse::<u32>().ok())
        .context(usage)?;

    let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(
        native(&bytes)? == bytes,
        "what flytekit encodes is not what it decoded"
    );
    ensure!(
        tree(&bytes)? == bytes,
        "what prost encodes is not what it decoded"
    );
    for _ in 0..rounds {
        time("native", || native(&bytes))?;
        time("prost", || tree(&bytes))?;
    }
    Ok(())
}

/// Prints how long `convert` takes, the release of all that it allocates included.
fn time(name: &str, convert: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    let started = Instant::now();
    drop(black_box(convert()?));
    println!("{name} {}", started.elapsed().as_secs_f64());
    Ok(())
}

/// From bytes to integers and back, as a task's input and output go.
fn native(bytes: &[u8]) -> Result<Vec<u8>> {
    let values = Vec::<i64>::decode(LiteralRef::new(black_box(bytes)))?;
    Ok(LiteralWriter::to_bytes(|out| {
        black_box(values).encode(out)
    })?)
}

/// The same by way of prost's messages.
fn tree(bytes: &[u8]) -> Result<Vec<u8>> {
    let values = integers_of(Literal::decode(black_box(bytes))?)?;
    Ok(list_of(black_box(values)).encode_to_vec())
}

fn integers_of(list: Literal) -> Result<Vec<i64>> {
    let Some(literal::Value::Collection(collection)) = list.value else {
        bail!("not a list");
    };
    collection.literals.into_iter().map(integer_of).collect()
}

fn integer_of(literal: Literal) -> Result<i64> {
    if let Some(literal::Value::Scalar(scalar)) = literal.value
        && let Some(scalar::Value::Primitive(primitive)) = scalar.value
        && let Some(primitive::Value::Integer(value)) = primitive.value
    {
        return Ok(value);
    }
    bail!("not an integer")
}

fn list_of(values: Vec<i64>) -> Literal {
    let literals = values.into_iter().map(literal_of).collect();
    let collection = LiteralCollection { literals };
    Literal {
        value: Some(literal::Value::Collection(collection)),
        ..Literal::default()
    }
}

fn literal_of(value: i64) -> Literal {
    let primitive = Primitive {
        value: Some(primitive::Value::Integer(value)),
    };
    let scalar = Scalar {
        value: Some(scalar::Value::Primitive(primitive)),
    };
    Literal {
        value: Some(literal::Value::Scalar(Box::new(scalar))),
        ..Literal::default()
    }
}
