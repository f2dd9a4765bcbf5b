//! The command of the container: the task's command, with placeholders replaced by values, as the backend
//! replaces them.

use std::cell::Cell;
use std::path::Path;

use flytekit_grammar::CommandVariable;
use flytekit_proto::flyteidl::core::primitive::Value as Primitive;
use flytekit_proto::flyteidl::core::scalar::Value as Scalar;
use flytekit_proto::flyteidl::core::{Literal, LiteralMap, literal};

use super::inputs::nanos;
use crate::context::unique;
use crate::declare::{Arg, RawContainer};
use crate::engine::go;
use crate::error::Error;

/// The values of placeholders in a local run.
pub(super) struct Variables<'a> {
    inputs: &'a LiteralMap,
    /// The folder for files that only Flyte has elsewhere.
    meta: &'a Path,
    /// Whether the command refers to that folder.
    names_meta: Cell<bool>,
}

/// The command and the args of the container.
pub(super) struct Words {
    pub(super) command: Vec<String>,
    pub(super) args: Vec<String>,
}

pub(super) fn words(container: &RawContainer, variables: &Variables<'_>) -> Result<Words, Error> {
    let all = |args: &[Arg]| -> Result<Vec<String>, Error> {
        args.iter().map(|arg| variables.word(*arg)).collect()
    };
    Ok(Words {
        command: all(container.command)?,
        args: all(container.args)?,
    })
}

/// The command as it is declared, for messages: the values of inputs may be long, or confidential.
pub(super) fn declared(container: &RawContainer) -> String {
    let parts = container.command.iter().chain(container.args);
    let parts = parts.map(|arg| match arg {
        Arg::Text(text) if text.is_empty() || text.contains(char::is_whitespace) => {
            format!("{text:?}")
        }
        Arg::Text(text) => (*text).to_owned(),
        Arg::Input(name) => format!("{{{{.inputs.{name}}}}}"),
    });
    parts.collect::<Vec<_>>().join(" ")
}

impl<'a> Variables<'a> {
    pub(super) fn new(meta: &'a Path, inputs: &'a LiteralMap) -> Self {
        Variables {
            inputs,
            meta,
            names_meta: Cell::new(false),
        }
    }

    /// Whether the command refers to the folder with Flyte's own files.
    pub(super) fn are_used(&self) -> bool {
        self.names_meta.get()
    }

    fn word(&self, arg: Arg) -> Result<String, Error> {
        let word = match arg {
            Arg::Input(name) => self.input(name)?,
            Arg::Text(text) => self.filled(text)?,
        };
        if word.contains('\0') {
            return Err(Error::bad_input(
                "an input of the command has a NUL character, which a part of a command cannot have",
            ));
        }
        Ok(word)
    }

    fn filled(&self, text: &str) -> Result<String, Error> {
        let (mut filled, mut from) = (String::new(), 0);
        while let Some(variable) = CommandVariable::next(text, from) {
            let (start, end) = variable.place;
            filled.push_str(&text[from..start]);
            match (variable.input(), variable.known()) {
                (Some(name), _) => filled.push_str(&self.input(name)?),
                (None, Some(known)) => filled.push_str(&self.known(known)),
                (None, None) => filled.push_str(&text[start..end]),
            }
            from = end;
        }
        filled.push_str(&text[from..]);
        Ok(filled)
    }

    fn known(&self, name: &str) -> String {
        let below = |path: &str| {
            self.names_meta.set(true);
            self.meta.join(path).display().to_string()
        };
        match name {
            "input" => below("inputs.pb"),
            "inputPrefix" | "outputPrefix" => below("").trim_end_matches('/').to_owned(),
            "rawOutputDataPrefix" => below("raw"),
            "checkpointOutputPrefix" => below("raw/_flytecheckpoints"),
            "prevCheckpointPrefix" => "\"\"".to_owned(),
            "perRetryUniqueKey" => unique(),
            "taskTemplatePath" => below("task.pb"),
            _ => "flyte".to_owned(),
        }
    }

    fn input(&self, name: &str) -> Result<String, Error> {
        let literal = self.inputs.literals.get(name);
        let text = literal.and_then(text);
        text.ok_or_else(|| {
            Error::bad_input(format!(
                "input `{name}` has no value that a command can contain"
            ))
        })
    }
}

/// A value in the format that the backend writes into a command.
fn text(literal: &Literal) -> Option<String> {
    let scalar = match literal.value.as_ref()? {
        literal::Value::Scalar(scalar) => scalar,
        literal::Value::Collection(list) => {
            let items = list.literals.iter().map(text).collect::<Option<Vec<_>>>()?;
            return Some(format!("[{}]", items.join(",")));
        }
        _ => return None,
    };
    let Scalar::Primitive(primitive) = scalar.value.as_ref()? else {
        return None;
    };
    Some(match primitive.value.as_ref()? {
        Primitive::Integer(number) => number.to_string(),
        Primitive::FloatValue(number) => go::float(*number),
        Primitive::StringValue(text) => text.clone(),
        Primitive::Boolean(truth) => truth.to_string(),
        Primitive::Datetime(time) => go::time(nanos(time.seconds, time.nanos)),
        Primitive::Duration(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::types::OutputsWriter;

    fn inputs() -> LiteralMap {
        let mut inputs = OutputsWriter::new();
        inputs.output("text", &"$HOME 'a; b\"".to_owned()).unwrap();
        inputs.output("number", &-7_i64).unwrap();
        inputs.output("shares", &vec![0.5, 1e9]).unwrap();
        inputs.output("nul", &"a\0b".to_owned()).unwrap();
        LiteralMap::decode(&*inputs.finish()).unwrap()
    }

    fn filled(text: &'static str) -> (String, bool) {
        let inputs = inputs();
        let variables = Variables::new(Path::new("/run/meta"), &inputs);
        let word = variables.word(Arg::Text(text)).unwrap();
        (word, variables.are_used())
    }

    #[test]
    fn values_stand_where_they_are_named() {
        let (text, uses) =
            filled("{{.ID}}-{{ $Inputs.number }}-{{.inputs.shares}}{{.inputs.text}}");
        assert_eq!(text, "{{.ID}}--7-[0.5,1e+09]$HOME 'a; b\"");
        assert!(!uses);
        let (text, uses) = filled("{{.prevCheckpointPrefix}} {{.Namespace}}");
        assert_eq!((&*text, uses), ("\"\" flyte", false));
    }

    #[test]
    fn what_only_flyte_has_lies_in_a_folder_of_the_run() {
        for (text, path) in [
            ("{{.input}}", "/run/meta/inputs.pb"),
            ("{{.outputPrefix}}", "/run/meta"),
            ("{{.rawOutputDataPrefix}}", "/run/meta/raw"),
        ] {
            assert_eq!(filled(text), (path.to_owned(), true));
        }
    }

    #[test]
    fn what_cannot_be_in_a_command_is_said() {
        let inputs = inputs();
        let variables = Variables::new(Path::new("/run/meta"), &inputs);
        let error = |arg| variables.word(arg).unwrap_err().to_string();
        assert!(error(Arg::Input("nul")).contains("NUL"));
        assert!(error(Arg::Text("{{.inputs.other}}")).contains("`other`"));
    }
}
