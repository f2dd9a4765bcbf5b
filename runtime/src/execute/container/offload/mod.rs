//! Offloads outputs that are too large for `outputs.pb` into files of their own.
//!
//! The backend enables this by `_F_L_MIN_SIZE_MB`, if it can pass such outputs on. Each of these files is a
//! literal. `outputs.pb` has the file's place, its type, and a hash of its value.

mod hash;

use std::env;

use crate::declare::{LiteralType, TaskDescriptor};
use crate::error::Error;
use crate::store;
use crate::types::{EncodedLiteral, EncodedOutputs, LiteralRef};
use crate::wire::{ReadError, Writer};

/// The sizes from which outputs get a file, and from which they fail the run.
struct Limits {
    min: usize,
    max: usize,
}

/// The outputs. Large ones are in files under the prefix, if the backend enables that.
pub(super) fn offload(
    task: &TaskDescriptor,
    outputs: EncodedOutputs,
    prefix: &str,
) -> Result<EncodedOutputs, Error> {
    match Limits::of_environment()? {
        Some(limits) => limits.apply(task, outputs, prefix),
        None => Ok(outputs),
    }
}

impl Limits {
    fn of_environment() -> Result<Option<Self>, Error> {
        let Some(min) = mebibytes("_F_L_MIN_SIZE_MB")? else {
            return Ok(None);
        };
        let max = mebibytes("_F_L_MAX_SIZE_MB")?.unwrap_or(1000 << 20);
        Ok(Some(Limits { min, max }))
    }

    fn apply(
        &self,
        task: &TaskDescriptor,
        outputs: EncodedOutputs,
        prefix: &str,
    ) -> Result<EncodedOutputs, Error> {
        outputs.replaced(|name, literal| self.literal(task, name, literal, prefix))
    }

    /// Writes a large literal, and returns its placeholder; `None` for a small one.
    fn literal(
        &self,
        task: &TaskDescriptor,
        name: &str,
        literal: &EncodedLiteral<'_>,
        prefix: &str,
    ) -> Result<Option<Vec<u8>>, Error> {
        let size = literal.len();
        if size >= self.max {
            return Err(Error::system(format!(
                "output {name} has {size} bytes, but the backend takes less than {} \
                 (_F_L_MAX_SIZE_MB): return a file or a table",
                self.max
            )));
        }
        if size < self.min {
            return Ok(None);
        }
        let mut outputs = task.outputs.iter();
        let variable = outputs.find(|variable| variable.name == name);
        let variable = variable
            .ok_or_else(|| Error::system(format!("output {name} is not one of this task's")))?;
        let bytes = literal.bytes();
        let literal = LiteralRef::new(&bytes);
        let file = format!("{name}_offloaded_metadata.pb");
        let hash = match literal.hash().map_err(not_readable)? {
            "" => hash::of(literal).map_err(|error| {
                Error::system(format!("output {name} has no hash")).with_source(error)
            })?,
            given => given.to_owned(),
        };
        store::write(prefix, &file, &bytes)
            .map_err(|error| Error::system("an output is lost").with_source(error))?;
        let uri = store::join(prefix, &file);
        Ok(Some(stand_in(&uri, size, &variable.literal_type, &hash)))
    }
}

/// The size in an environment variable, if it is set.
fn mebibytes(name: &str) -> Result<Option<usize>, Error> {
    let Some(text) = env::var_os(name) else {
        return Ok(None);
    };
    let count = text.to_str().and_then(|text| text.trim().parse().ok());
    let bytes = count.and_then(|count: usize| count.checked_mul(1 << 20));
    bytes.map(Some).ok_or_else(|| {
        Error::system(format!(
            "{name} must be a whole number of MiB, but is `{}`",
            text.display()
        ))
    })
}

/// `offloaded_metadata { uri size_bytes inferred_type } hash`
fn stand_in(uri: &str, size: usize, literal_type: &LiteralType, hash: &str) -> Vec<u8> {
    Writer::to_bytes(|w| {
        let (end, inferred_type) = (w.len(), w.len());
        literal_type.encode(w);
        w.message(3, inferred_type);
        w.uint64(2, size as u64);
        w.string(1, uri);
        w.message(8, end);
        w.string(4, hash);
    })
}

/// The error for outputs that cannot be read, although this program wrote them.
fn not_readable(error: ReadError) -> Error {
    Error::system("the outputs cannot be read again").with_source(error)
}

#[cfg(test)]
mod tests {
    use super::Limits;
    use crate::declare::{TaskDescriptor, Variable};
    use crate::store;
    use crate::types::{Content, EncodedOutputs, FlyteType, Hashed, LiteralMapRef, OutputsWriter};

    static TASK: TaskDescriptor = TaskDescriptor {
        name: "app.task",
        outputs: &[
            Variable {
                name: "large",
                literal_type: String::LITERAL_TYPE,
                description: "",
                default: None,
            },
            Variable {
                name: "small",
                literal_type: String::LITERAL_TYPE,
                description: "",
                default: None,
            },
        ],
        ..TaskDescriptor::DEFAULT
    };

    fn outputs(large: &Hashed<String>) -> EncodedOutputs {
        let mut outputs = OutputsWriter::new();
        outputs.output("large", large).unwrap();
        outputs.output("small", &"x".to_owned()).unwrap();
        outputs.finish_in_pieces()
    }

    #[test]
    fn a_large_output_is_read_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().to_string_lossy();
        let limits = Limits {
            min: 100,
            max: 1000,
        };
        for given in ["", "by hand"] {
            let large = Hashed::new("x".repeat(200), given);
            let replaced = limits.apply(&TASK, outputs(&large), &prefix).unwrap();
            let replaced = replaced.to_vec();
            let map = LiteralMapRef::new(&replaced);
            let small = map.get("small").unwrap().unwrap();
            assert_eq!(String::decode(small).unwrap(), "x");
            let literal = map.get("large").unwrap().unwrap();
            let Ok(Content::Offloaded(offloaded)) = literal.content() else {
                panic!("an offloaded literal")
            };
            let bytes = store::read(offloaded.uri()).unwrap();
            assert_eq!(offloaded.size_bytes(), bytes.len() as u64);
            let read = Hashed::<String>::decode(literal).unwrap();
            assert_eq!(*read, *large);
            assert!(!read.hash().is_empty());
            assert!(given.is_empty() || read.hash() == given);
            assert_eq!(
                Option::<String>::decode(literal).unwrap().as_deref(),
                Some(&**large)
            );
        }
    }

    #[test]
    fn an_output_that_is_too_large_is_refused() {
        let limits = Limits { min: 1, max: 200 };
        let error = limits
            .apply(
                &TASK,
                outputs(&Hashed::new("x".repeat(300), "")),
                "/nowhere",
            )
            .unwrap_err();
        assert!(error.is_recoverable());
        assert_eq!(error.code(), "SYSTEM");
        assert!(
            error.to_string().starts_with("output large has 309 bytes"),
            "{error}"
        );
    }
}
