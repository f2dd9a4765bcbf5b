//! The generated types and those of the docs' page, for the script that compares them with flytekit's.
//!
//! - `types drawn` and `types page` print the same types in Python.
//! - `types names` prints the names of all types: of the generated ones, of the pairs in the page's table,
//!   and of those with known differences.
//! - `types types` writes the literal type of each, in that order.
//! - `types again` reads cases from standard input: the index of a type, and a literal of it. It answers each
//!   with the literal that it writes for the value that it has read.
//!
//! All numbers have four bytes in little-endian order, and come before the items that they count; an answer
//! starts with 1, or with 0 before an error's message. With any other argument it is a program with the tasks
//! of the page's examples.

use std::io::{self, Read, Write};
use std::panic;
use std::process::ExitCode;

use flytekit::types::{FlyteType, LiteralRef, LiteralWriter};
use flytekit::wire::Writer;

use crate::drawn::TYPES;
use crate::page::ROWS;

mod differences;

mod drawn {
    #![allow(
        clippy::all,
        clippy::pedantic,
        dead_code,
        unused_imports,
        reason = "what was drawn is not made for reading"
    )]
    include!(concat!(env!("OUT_DIR"), "/drawn.rs"));
}

mod page {
    #![allow(
        clippy::all,
        clippy::pedantic,
        dead_code,
        reason = "an example shows one thing, and need not be complete"
    )]
    include!(concat!(env!("OUT_DIR"), "/page.rs"));
}

/// A type whose values are generated.
struct Entry {
    name: &'static str,
    literal_type: fn() -> Vec<u8>,
    again: fn(&[u8]) -> Result<Vec<u8>, String>,
}

impl Entry {
    const fn of<T: FlyteType>(name: &'static str) -> Self {
        Entry {
            name,
            literal_type: literal_type::<T>,
            again: again::<T>,
        }
    }
}

fn literal_type<T: FlyteType>() -> Vec<u8> {
    let mut counting = Writer::counting();
    T::LITERAL_TYPE.encode(&mut counting);
    let mut bytes = vec![0; counting.len()];
    T::LITERAL_TYPE.encode(&mut Writer::new(&mut bytes));
    bytes
}

fn again<T: FlyteType>(literal: &[u8]) -> Result<Vec<u8>, String> {
    let value = T::decode(LiteralRef::new(literal)).map_err(|error| error.to_string())?;
    LiteralWriter::to_bytes(|out| value.encode(out)).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    let done = match std::env::args().nth(1).as_deref() {
        Some("drawn") => print(include_bytes!(concat!(env!("OUT_DIR"), "/drawn.py"))),
        Some("page") => print(include_bytes!(concat!(env!("OUT_DIR"), "/page.py"))),
        Some("names") => write_names(),
        Some("types") => write_types(),
        Some("again") => answer_cases(),
        _ => return flytekit::main(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    TYPES.iter().chain(ROWS).chain(differences::TYPES)
}

fn print(source: &[u8]) -> io::Result<()> {
    io::stdout().write_all(source)
}

fn write_names() -> io::Result<()> {
    let mut out = io::stdout().lock();
    entries().try_for_each(|entry| writeln!(out, "{}", entry.name))
}

fn write_types() -> io::Result<()> {
    let mut out = io::stdout().lock();
    entries().try_for_each(|entry| write_counted(&mut out, &(entry.literal_type)()))
}

fn answer_cases() -> io::Result<()> {
    let (mut cases, mut out) = (io::stdin().lock(), io::stdout().lock());
    while let Some(index) = read_number(&mut cases)? {
        let entry = entries()
            .nth(index as usize)
            .ok_or(io::ErrorKind::NotFound)?;
        let length = read_number(&mut cases)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut literal = vec![0; length as usize];
        cases.read_exact(&mut literal)?;
        // A panic is an answer, too, so that its case is known.
        let again = panic::catch_unwind(|| (entry.again)(&literal));
        let again = again.unwrap_or_else(|_| Err("a panic".to_owned()));
        out.write_all(&[u8::from(again.is_ok())])?;
        write_counted(&mut out, &again.unwrap_or_else(String::into_bytes))?;
    }
    Ok(())
}

fn write_counted(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)
}

/// A number, or None at the end.
fn read_number(from: &mut impl Read) -> io::Result<Option<u32>> {
    let mut bytes = [0; 4];
    if from.read(&mut bytes[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut bytes[1..])?;
    Ok(Some(u32::from_le_bytes(bytes)))
}
