//! Decodes and encodes values of each family with this crate and in other ways, in turns, and prints how long
//! each took and how often it allocated memory.
//!
//! ```text
//! $ values FOLDER 21
//! integers-decode-flytekit 0.0011
//! integers-decode-prost 0.0142
//! integers-decode-allocations-flytekit 1
//! …
//! ```
//!
//! The folder has the files that flytekit for Python wrote: a literal in `integers.pb`, one in `records.pb`,
//! ….

mod scan;
mod tree;

use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use flytekit::FlyteData;
use flytekit::types::{FlyteType, LiteralRef, LiteralWriter};
use serde::{Deserialize, Serialize};

/// A dataclass as people write them.
#[derive(Debug, PartialEq, FlyteData, Serialize, Deserialize)]
struct Record {
    id: i64,
    label: String,
    place: Place,
    samples: Vec<f64>,
    note: Option<String>,
}

#[derive(Debug, PartialEq, FlyteData, Serialize, Deserialize)]
struct Place {
    latitude: f64,
    longitude: f64,
}

/// One way from the bytes of a literal to values and back.
struct Way<T> {
    name: &'static str,
    decode: fn(&[u8]) -> Result<T>,
    encode: fn(&T) -> Result<Vec<u8>>,
}

fn main() -> Result<()> {
    let usage = "usage: values FOLDER ROUNDS";
    let mut words = std::env::args_os().skip(1);
    let folder = PathBuf::from(words.next().context(usage)?);
    let rounds = words
        .next()
        .and_then(|word| word.to_str()?.parse::<u32>().ok())
        .context(usage)?;

    measure::<Vec<i64>>(
        "integers",
        &folder,
        rounds,
        &[tree::INTEGERS, scan::INTEGERS],
    )?;
    measure::<Vec<f64>>("floats", &folder, rounds, &[tree::FLOATS])?;
    measure::<Vec<String>>("texts", &folder, rounds, &[tree::TEXTS])?;
    measure::<Vec<Option<i64>>>("options", &folder, rounds, &[tree::OPTIONS])?;
    measure::<Vec<jiff::Timestamp>>("times", &folder, rounds, &[tree::TIMES])?;
    measure::<HashMap<String, i64>>("maps", &folder, rounds, &[tree::MAPS])?;
    let rivals = [tree::RECORDS, tree::RECORDS_AS_JSON];
    measure::<Vec<Record>>("records", &folder, rounds, &rivals)
}

/// The way of this crate.
fn native<T: FlyteType>() -> Way<T> {
    Way {
        name: "flytekit",
        decode: |bytes| Ok(T::decode(LiteralRef::new(bytes))?),
        encode: |value| Ok(LiteralWriter::to_bytes(|out| value.encode(out))?),
    }
}

/// Prints the costs of each way from `folder/family.pb` to values and back.
fn measure<T: FlyteType + PartialEq>(
    family: &str,
    folder: &Path,
    rounds: u32,
    rivals: &[Way<T>],
) -> Result<()> {
    let file = folder.join(family).with_extension("pb");
    let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let native = native();
    let value = (native.decode)(&bytes)?;
    let mut ways = vec![(&native, bytes)];
    for rival in rivals {
        let bytes = (rival.encode)(&value)?;
        ensure!(
            (rival.decode)(&bytes)? == value,
            "{} reads different {family}",
            rival.name
        );
        ways.push((rival, bytes));
    }
    for (way, bytes) in &ways {
        let decode = allocations(|| (way.decode)(bytes))?;
        let encode = allocations(|| (way.encode)(&value))?;
        println!("{family}-decode-allocations-{} {decode}", way.name);
        println!("{family}-encode-allocations-{} {encode}", way.name);
    }
    for _ in 0..rounds {
        for (way, bytes) in &ways {
            let decode = time(|| (way.decode)(black_box(bytes)))?;
            let encode = time(|| (way.encode)(black_box(&value)))?;
            println!("{family}-decode-{} {decode}", way.name);
            println!("{family}-encode-{} {encode}", way.name);
        }
    }
    Ok(())
}

/// The duration of the work, including the release of everything that it allocates.
fn time<T>(work: impl FnOnce() -> Result<T>) -> Result<f64> {
    let started = Instant::now();
    drop(black_box(work()?));
    Ok(started.elapsed().as_secs_f64())
}

/// The number of allocations.
fn allocations<T>(work: impl FnOnce() -> Result<T>) -> Result<u64> {
    let mut result = Ok(());
    let counted = allocation_counter::measure(|| result = work().map(drop));
    result.map(|()| counted.count_total)
}
