//! Writes inputs as files in the format of Flyte's copilot: each into a file of its name, and all together as
//! JSON or YAML and as a `LiteralMap`.
//!
//! The format of each value follows flytecopilot's `data/download.go`, 1.16.8.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flytekit_proto::flyteidl::core::blob_type::BlobDimensionality;
use flytekit_proto::flyteidl::core::primitive::Value as Primitive;
use flytekit_proto::flyteidl::core::scalar::Value;
use flytekit_proto::flyteidl::core::{
    Blob, Literal, LiteralCollection, LiteralMap, Scalar, Union, literal,
};
use prost::Message;
use serde_json::{Map, Value as Json};

use super::json;
use crate::declare::{MetadataFormat, RawContainer};
use crate::engine::go;
use crate::error::Error;
use crate::store::{self, StoreError};

/// Writes the inputs into `folder`, which the container mounts as its input folder.
pub(super) fn write(
    inputs: &LiteralMap,
    folder: &Path,
    container: &RawContainer,
) -> Result<(), Error> {
    if inputs.literals.is_empty() {
        return Ok(());
    }
    let place = Place {
        here: folder.to_owned(),
        there: container.inputs().to_owned(),
        needs_json: container.metadata_format != MetadataFormat::Proto,
    };
    let put = place.put_all(inputs);
    let (values, literals) = put.map_err(|(name, problem)| problem.of(name))?;
    let file = |name: &str, bytes: &[u8]| {
        let written = fs::write(folder.join(name), bytes);
        written.map_err(|error| {
            Error::system(format!("cannot write {name} for the container")).with_source(error)
        })
    };
    file("inputs.pb", &literals.encode_to_vec())?;
    match container.metadata_format {
        MetadataFormat::Proto => Ok(()),
        MetadataFormat::Json => file("inputs.json", Json::Object(values).to_string().as_bytes()),
        MetadataFormat::Yaml => file("inputs.yaml", json::yaml(&values).as_bytes()),
    }
}

/// The nanoseconds of a time in protobuf's form.
pub(super) fn nanos(seconds: i64, nanos: i32) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanos)
}

/// The location of a value.
struct Place {
    /// The path on this machine.
    here: PathBuf,
    /// The path in the container.
    there: String,
    /// Whether the value is also needed as JSON.
    needs_json: bool,
}

/// Why a value cannot be written.
enum Problem {
    /// Copilot does not write values of this type.
    Unfit(&'static str),
    File(io::Error),
    Store(StoreError),
}

/// The representations of a value beside its file: JSON, and the literal that names the file.
type Put = Result<(Json, Literal), Problem>;

/// The representations of several values, by name.
type PutAll = (Map<String, Json>, LiteralMap);

impl Problem {
    fn of(self, name: &str) -> Error {
        let said = |why: &dyn std::fmt::Display| format!("input `{name}` {why}");
        match self {
            Problem::Unfit(why) => Error::bad_input(said(&why)),
            Problem::File(error) => {
                Error::system(said(&"cannot be written for the container")).with_source(error)
            }
            Problem::Store(error) => {
                let message = said(&format_args!("cannot be brought to the container: {error}"));
                Error::returned(Box::new(error)).said_as(message)
            }
        }
    }
}

impl Place {
    /// Writes each value below this location; an error comes with the name of the value.
    fn put_all<'m>(&self, map: &'m LiteralMap) -> Result<PutAll, (&'m str, Problem)> {
        let (mut values, mut literals) = (Map::new(), LiteralMap::default());
        for (name, literal) in &map.literals {
            let put = self.below(name).and_then(|place| place.put(literal));
            let (value, literal) = put.map_err(|problem| (&**name, problem))?;
            values.insert(name.clone(), value);
            literals.literals.insert(name.clone(), literal);
        }
        Ok((values, literals))
    }

    fn below(&self, name: &str) -> Result<Place, Problem> {
        let mut parts = Path::new(name).components();
        let is_a_name = matches!(parts.next(), Some(Component::Normal(part)) if part == name);
        if !is_a_name || name.contains(['\0', '/']) {
            return Err(Problem::Unfit(
                "is a map with a key that cannot be a file's name",
            ));
        }
        Ok(Place {
            here: self.here.join(name),
            there: format!("{}/{name}", self.there),
            needs_json: self.needs_json,
        })
    }

    fn put(&self, literal: &Literal) -> Put {
        let (value, put) = match &literal.value {
            Some(literal::Value::Scalar(scalar)) => {
                let (json, scalar) = self.scalar(scalar)?;
                (json, literal::Value::Scalar(Box::new(scalar)))
            }
            Some(literal::Value::Collection(list)) => {
                let (json, list) = self.list(list)?;
                (json, literal::Value::Collection(list))
            }
            Some(literal::Value::Map(map)) => {
                let (json, map) = self.map(map)?;
                (json, literal::Value::Map(map))
            }
            _ => return Err(Problem::Unfit("has a type that a container cannot take")),
        };
        // Copilot omits the other properties of a literal.
        let literal = Literal {
            value: Some(put),
            ..Literal::default()
        };
        Ok((value, literal))
    }

    fn list(&self, list: &LiteralCollection) -> Result<(Json, LiteralCollection), Problem> {
        fs::create_dir_all(&self.here).map_err(Problem::File)?;
        let (mut values, mut literals) = (Vec::new(), Vec::new());
        for (index, item) in list.literals.iter().enumerate() {
            let (value, literal) = self.below(&index.to_string())?.put(item)?;
            values.push(value);
            literals.push(literal);
        }
        Ok((Json::Array(values), LiteralCollection { literals }))
    }

    fn map(&self, map: &LiteralMap) -> Result<(Json, LiteralMap), Problem> {
        fs::create_dir_all(&self.here).map_err(Problem::File)?;
        let (values, literals) = self.put_all(map).map_err(|(_, problem)| problem)?;
        Ok((Json::Object(values), literals))
    }

    fn scalar(&self, scalar: &Scalar) -> Result<(Json, Scalar), Problem> {
        let unfit = Problem::Unfit("has a type that a container cannot take");
        let json = match scalar.value.as_ref().ok_or(unfit)? {
            Value::Primitive(primitive) => self.primitive(primitive.value.as_ref())?,
            Value::NoneType(_) => {
                self.text("null")?;
                Json::Null
            }
            Value::Binary(binary) => {
                self.bytes(&binary.value)?;
                Json::String(BASE64_STANDARD.encode(&binary.value))
            }
            Value::Generic(object) => {
                let json = json::of_struct(object);
                self.text(&json.to_string())?;
                json
            }
            Value::Blob(blob) => {
                self.blob(blob)?;
                let blob = Blob {
                    uri: self.there.clone(),
                    ..blob.clone()
                };
                let value = Some(Value::Blob(blob));
                return Ok((Json::String(self.there.clone()), Scalar { value }));
            }
            Value::Union(union) => {
                let (json, value) =
                    self.put(union.value.as_deref().unwrap_or(&Literal::default()))?;
                let union = Union {
                    value: Some(Box::new(value)),
                    r#type: union.r#type.clone(),
                };
                let value = Some(Value::Union(Box::new(union)));
                return Ok((json, Scalar { value }));
            }
            Value::Schema(_) | Value::Error(_) | Value::StructuredDataset(_) => {
                return Err(Problem::Unfit("is a table, which a container cannot take"));
            }
        };
        Ok((json, scalar.clone()))
    }

    fn primitive(&self, primitive: Option<&Primitive>) -> Result<Json, Problem> {
        let (text, json) = match primitive {
            None => ("null".to_owned(), Some(Json::Null)),
            Some(Primitive::StringValue(text)) => (text.clone(), Some(Json::from(&**text))),
            Some(Primitive::Boolean(truth)) => (truth.to_string(), Some(Json::from(*truth))),
            Some(Primitive::Integer(number)) => (number.to_string(), Some(Json::from(*number))),
            Some(Primitive::FloatValue(number)) => (decimal(*number), json::of_float(*number)),
            Some(Primitive::Datetime(time)) => {
                let text = go::time(nanos(time.seconds, time.nanos));
                (text.clone(), Some(Json::String(text)))
            }
            // In JSON, copilot 1.16 loses the value.
            Some(Primitive::Duration(length)) => (
                go::duration(nanos(length.seconds, length.nanos)),
                Some(Json::Null),
            ),
        };
        self.text(&text)?;
        match json {
            Some(json) => Ok(json),
            None if !self.needs_json => Ok(Json::Null),
            None => Err(Problem::Unfit(
                "is a number that JSON cannot represent: with `metadata_format = PROTO`, no file contains it as JSON",
            )),
        }
    }

    fn text(&self, text: &str) -> Result<(), Problem> {
        self.bytes(text.as_bytes())
    }

    fn bytes(&self, bytes: &[u8]) -> Result<(), Problem> {
        fs::write(&self.here, bytes).map_err(Problem::File)
    }

    fn blob(&self, blob: &Blob) -> Result<(), Problem> {
        let blob_type = blob.metadata.as_ref().and_then(|it| it.r#type.as_ref());
        let is_folder =
            blob_type.is_some_and(|it| it.dimensionality() == BlobDimensionality::Multipart);
        let brought = if is_folder {
            store::download_folder(&blob.uri, &self.here)
        } else {
            store::download(&blob.uri, &self.here)
        };
        brought.map_err(Problem::Store)
    }
}

/// A float without an exponent, in copilot's format for files.
fn decimal(number: f64) -> String {
    if number.is_finite() {
        number.to_string()
    } else {
        go::float(number)
    }
}
