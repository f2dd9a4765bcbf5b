//! Inputs from a file or from standard input.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value};

use crate::declare::Variable;
use crate::error::Error;
use crate::notation::json;
use crate::store;
use crate::typed::{self, Files};
use crate::types::OutputsWriter;

/// A file with inputs.
#[derive(Debug)]
pub(super) struct InputFile {
    /// The name, for messages.
    name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Parsed JSON or YAML.
    Tree(Map<String, Value>),
    /// An encoded `LiteralMap`.
    Literals(Vec<u8>),
}

/// The format of a file.
enum Form {
    Json,
    Yaml,
    Literals,
}

impl InputFile {
    /// Reads the file at a path or URI; `-` is standard input.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or if its content does not have its format.
    pub(super) fn read(given: &str) -> Result<Self, Error> {
        let (name, bytes) = if given == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes)?;
            ("standard input", bytes)
        } else {
            (given, store::read(given)?)
        };
        let refused = |what: &dyn std::fmt::Display| Error::bad_input(format!("{name}: {what}"));
        let tree = match form(given, &bytes) {
            Form::Literals => {
                return Ok(InputFile {
                    name: name.to_owned(),
                    content: Content::Literals(bytes),
                });
            }
            Form::Json => json::parse(&bytes).map_err(|error| refused(&error))?,
            Form::Yaml => yaml(&bytes).map_err(|error| refused(&error))?,
        };
        let Value::Object(members) = tree else {
            return Err(refused(&"expected an object of inputs"));
        };
        Ok(InputFile {
            name: name.to_owned(),
            content: Content::Tree(members),
        })
    }

    /// The inputs as a `LiteralMap`: literals as they are, other values converted to the inputs' types.
    ///
    /// # Errors
    ///
    /// If a member is not an input, or if a value does not have its input's type.
    pub(super) fn literals(
        &self,
        inputs: &[Variable],
        files: &dyn Files,
    ) -> Result<Vec<u8>, Error> {
        let members = match &self.content {
            Content::Literals(bytes) => return Ok(bytes.clone()),
            Content::Tree(members) => members,
        };
        let mut literals = OutputsWriter::new();
        for (name, value) in members {
            let input = inputs.iter().find(|input| input.name == name);
            let input = input.ok_or_else(|| self.refused(&unknown(name, inputs)))?;
            literals
                .literal(input.name, |out| {
                    typed::write_json(out, &input.literal_type, value, files)
                })
                .map_err(|error| self.refused(&error))?;
        }
        Ok(literals.finish())
    }

    fn refused(&self, what: &dyn std::fmt::Display) -> Error {
        Error::bad_input(format!("{}: {what}", self.name))
    }
}

/// The format by a file's name, or else by its content: each entry of a `LiteralMap` has control characters
/// that are not in any text, such as the 18 before its value.
fn form(name: &str, bytes: &[u8]) -> Form {
    let extension = Path::new(name).extension().and_then(|it| it.to_str());
    match extension {
        Some("json") => return Form::Json,
        Some("yaml" | "yml") => return Form::Yaml,
        Some("pb") => return Form::Literals,
        _ => {}
    }
    let is_binary = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    match bytes.trim_ascii_start().first() {
        None => Form::Literals,
        _ if bytes.iter().any(is_binary) => Form::Literals,
        Some(b'{' | b'[') => Form::Json,
        Some(_) => Form::Yaml,
    }
}

#[cfg(feature = "yaml")]
fn yaml(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    crate::notation::yaml::parse(text)
}

#[cfg(not(feature = "yaml"))]
fn yaml(_: &[u8]) -> Result<Value, String> {
    Err(
        "this program cannot read YAML: write JSON, or build it with flytekit's feature `yaml`"
            .to_owned(),
    )
}

fn unknown(name: &str, inputs: &[Variable]) -> String {
    let known: Vec<&str> = inputs.iter().map(|input| input.name).collect();
    if known.is_empty() {
        return format!("the task has no input `{name}`: it has no inputs");
    }
    let known = known.join("`, `");
    format!("the task has no input `{name}`; its inputs are `{known}`")
}
