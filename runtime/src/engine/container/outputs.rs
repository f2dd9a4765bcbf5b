//! Reads outputs from files in the format of Flyte's copilot: each from the file of its name, with an
//! optional extension.
//!
//! The conversion of each file follows flytecopilot's `data/upload.go` and flyteidl's
//! `coreutils/literals.go`, 1.16.8. There a folder loses its subfolders, and text loses whitespace at both
//! ends.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flytekit_proto::flyteidl::core::blob_type::BlobDimensionality;
use flytekit_proto::flyteidl::core::primitive::Value as Primitive;
use flytekit_proto::flyteidl::core::scalar::Value;
use flytekit_proto::flyteidl::core::{
    self as idl, Blob, BlobMetadata, BlobType, Literal, LiteralMap, Scalar, Void, literal,
};
use serde_json::Value as Json;

use super::json;
use crate::context::raw_output;
use crate::declare::{LiteralType, RawContainer, SimpleType, TaskDescriptor, Variable};
use crate::engine::go;
use crate::error::{Error, RecoverableError};
use crate::store;

/// The maximum size of a text output.
const LONGEST: u64 = 1024;

/// The file in which a program reports its failure.
const ERROR: &str = "_ERROR";

/// The maximum size of that file.
const LONGEST_ERROR: u64 = 1 << 20;

/// Reads the outputs of `task` in `folder`, which the container mounts as its output folder.
pub(super) fn read(
    task: &TaskDescriptor,
    container: &RawContainer,
    folder: &Path,
) -> Result<LiteralMap, Error> {
    if let Some(reason) = reported(folder).map_err(|error| {
        let message = format!("cannot read {}/{ERROR}", container.outputs());
        Error::system(message).with_source(error)
    })? {
        let message = format!("the container of task {} reports: {reason}", task.name);
        return Err(Error::from(RecoverableError::new(message)));
    }
    let place = raw_output().unwrap_or_default();
    let mut outputs = LiteralMap::default();
    for output in task.outputs {
        let file = File {
            output,
            there: format!("{}/{}", container.outputs(), output.name),
            here: folder.join(output.name),
        };
        let literal = file.read(&place).map_err(|problem| {
            let (name, task) = (output.name, task.name);
            let message = format!("output `{name}` of task {task}: {problem}");
            problem.source.map_or_else(
                || Error::user(&*message),
                |error| Error::system(&*message).with_source(error),
            )
        })?;
        outputs.literals.insert(output.name.to_owned(), literal);
    }
    Ok(outputs)
}

/// The failure that the program has reported, if there is one.
fn reported(folder: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(folder.join(ERROR)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(LONGEST_ERROR).read_to_end(&mut text)?;
    Ok(Some(String::from_utf8_lossy(&text).trim().to_owned()))
}

/// An output and its file.
struct File<'a> {
    output: &'a Variable,
    /// The path in the container, for messages.
    there: String,
    here: PathBuf,
}

/// Why a file is not a valid output.
#[derive(Debug)]
struct Problem {
    text: String,
    source: Option<io::Error>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Problem {
    fn new(text: String) -> Self {
        Problem { text, source: None }
    }
}

impl File<'_> {
    fn read(&self, place: &str) -> Result<Literal, Problem> {
        let path = self.path()?;
        let value = match &self.output.literal_type {
            LiteralType::Blob(blob) => Value::Blob(self.blob(&path, blob.multipart, place)?),
            LiteralType::Simple(simple) => self.simple(*simple, &self.text(&path)?)?,
            LiteralType::Dict | LiteralType::Dataclass(_) => self.object(&self.text(&path)?)?,
            _ => {
                return Err(Problem::new(
                    "a container cannot return values of its type".to_owned(),
                ));
            }
        };
        let scalar = Scalar { value: Some(value) };
        Ok(Literal {
            value: Some(literal::Value::Scalar(Box::new(scalar))),
            ..Literal::default()
        })
    }

    /// The file of this name, or the only file of this name with an extension.
    fn path(&self) -> Result<PathBuf, Problem> {
        if self.here.exists() {
            return Ok(self.here.clone());
        }
        let (folder, name) = (self.here.parent(), format!("{}.", self.output.name));
        let entries = folder.and_then(|folder| fs::read_dir(folder).ok());
        let entries = entries.into_iter().flatten().flatten();
        let is_it = |entry: &fs::DirEntry| {
            let file = entry.file_name();
            file.to_string_lossy().starts_with(&name)
        };
        let mut found: Vec<_> = entries.filter(is_it).map(|entry| entry.path()).collect();
        match (found.pop(), found.pop()) {
            (Some(path), None) => Ok(path),
            (None, _) => Err(Problem::new(format!(
                "the program has not written the file {}, with or without an extension",
                self.there
            ))),
            (Some(_), Some(_)) => Err(Problem::new(format!(
                "the program has written several files {0}.*, but no file {0}",
                self.there
            ))),
        }
    }

    fn text(&self, path: &Path) -> Result<String, Problem> {
        let unreadable = |error: io::Error| Problem {
            text: format!("cannot read {}: {error}", self.there),
            source: Some(error),
        };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(Problem::new(format!(
                "{} is a folder, but must be a file with {}",
                self.there,
                self.expected()
            )));
        }
        if metadata.len() > LONGEST {
            return Err(Problem::new(format!(
                "{} has {} bytes, but Flyte reads no more than {LONGEST} as a value: return a file",
                self.there,
                metadata.len()
            )));
        }
        let bytes = fs::read(path).map_err(unreadable)?;
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| Problem::new(format!("{} is not UTF-8", self.there)))?;
        Ok(text.trim_matches([' ', '\n', '\t']).to_owned())
    }

    fn simple(&self, simple: SimpleType, text: &str) -> Result<Value, Problem> {
        let value = match simple {
            SimpleType::None => return Ok(Value::NoneType(Void {})),
            SimpleType::String => Some(Primitive::StringValue(text.to_owned())),
            SimpleType::Integer => text.parse().ok().map(Primitive::Integer),
            SimpleType::Float => text.parse().ok().map(Primitive::FloatValue),
            SimpleType::Boolean => truth(text).map(Primitive::Boolean),
            SimpleType::Datetime => go::parse_time(text).map(|nanos| {
                let (seconds, nanos) = seconds(nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
                Primitive::Datetime(prost_types::Timestamp { seconds, nanos })
            }),
            // Flyte's copilot does not read errors, either.
            SimpleType::Error => None,
            SimpleType::Duration => go::parse_duration(text).map(|nanos| {
                let (seconds, nanos) = seconds(nanos / SECOND, nanos % SECOND);
                Primitive::Duration(prost_types::Duration { seconds, nanos })
            }),
        };
        let value = value.ok_or_else(|| self.unfit(text))?;
        Ok(Value::Primitive(idl::Primitive { value: Some(value) }))
    }

    fn object(&self, text: &str) -> Result<Value, Problem> {
        match serde_json::from_str(text) {
            Ok(Json::Object(members)) => Ok(Value::Generic(json::to_struct(members))),
            _ => Err(self.unfit(text)),
        }
    }

    fn blob(&self, path: &Path, is_folder: bool, place: &str) -> Result<Blob, Problem> {
        if path.is_dir() != is_folder {
            let (is, declared) = if is_folder {
                ("file", "folder")
            } else {
                ("folder", "file")
            };
            return Err(Problem::new(format!(
                "{} is a {is}, but the task returns a {declared}",
                self.there
            )));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let uri = store::join(place, &name);
        let stored = if is_folder {
            store::upload_folder(path, &uri)
        } else {
            store::upload(path, &uri)
        };
        stored.map_err(|error| Problem {
            text: format!("{} cannot be stored: {error}", self.there),
            source: Some(io::Error::other(error)),
        })?;
        let dimensionality = if is_folder {
            BlobDimensionality::Multipart
        } else {
            BlobDimensionality::Single
        };
        let blob_type = BlobType {
            format: String::new(),
            dimensionality: dimensionality.into(),
        };
        Ok(Blob {
            metadata: Some(BlobMetadata {
                r#type: Some(blob_type),
            }),
            uri,
        })
    }

    fn unfit(&self, text: &str) -> Problem {
        const SHOWN: usize = 100;
        let shown: String = text.chars().take(SHOWN).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        Problem::new(format!(
            "{} must hold {}, but holds {shown:?}{more}",
            self.there,
            self.expected()
        ))
    }

    fn expected(&self) -> &'static str {
        match self.output.literal_type {
            LiteralType::Simple(SimpleType::Integer) => "an integer of 64 bits",
            LiteralType::Simple(SimpleType::Float) => "a number",
            LiteralType::Simple(SimpleType::Boolean) => "`true` or `false`",
            LiteralType::Simple(SimpleType::Datetime) => {
                "a point in time such as 2026-01-31T12:30:00Z"
            }
            LiteralType::Simple(SimpleType::Duration) => "a length of time such as 1h30m or 2.5s",
            LiteralType::Simple(_) => "text",
            _ => "a JSON object",
        }
    }
}

const SECOND: i128 = 1_000_000_000;

/// Seconds and nanoseconds in protobuf's form. Every value that Go parses fits.
fn seconds(seconds: i128, nanos: i128) -> (i64, i32) {
    let seconds = i64::try_from(seconds).unwrap_or_default();
    (seconds, i32::try_from(nanos).unwrap_or_default())
}

/// Parses a boolean like Go.
fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
