//! Inputs as arguments of a program, in the backend's format.

use crate::declare::{Arg, Args, TaskDescriptor};
use crate::engine::go;
use crate::error::Error;
use crate::types::{Content, LiteralMapRef};

/// The application's arguments, with placeholders replaced by the values of inputs.
pub(super) fn render(
    task: &TaskDescriptor,
    inputs: LiteralMapRef<'_>,
) -> Result<Vec<String>, Error> {
    let Args::Application(args) = task.args else {
        return Err(Error::system(format!(
            "task {} has no application",
            task.name
        )));
    };
    let each = args.iter().map(|arg| match arg {
        Arg::Text(text) => Ok((*text).to_owned()),
        Arg::Input(name) => input(name, inputs),
    });
    each.collect()
}

fn input(name: &str, inputs: LiteralMapRef<'_>) -> Result<String, Error> {
    let unusable = |problem: &str| Error::bad_input(format!("input `{name}` {problem}"));
    let literal = inputs.get(name)?.ok_or_else(|| unusable("is missing"))?;
    match literal.content()? {
        Content::String(text) if text.contains('\0') => Err(unusable(
            "has a NUL character, which an argument of a program cannot have",
        )),
        Content::String(text) => Ok(text.to_owned()),
        Content::Integer(number) => Ok(number.to_string()),
        Content::Float(number) => Ok(go::float(number)),
        Content::Boolean(truth) => Ok(truth.to_string()),
        _ => Err(unusable("is not a string, a number or a boolean")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::OutputsWriter;

    const TASK: TaskDescriptor = TaskDescriptor {
        name: "tests.app",
        args: Args::Application(&[
            Arg::Text("--text"),
            Arg::Input("text"),
            Arg::Input("number"),
            Arg::Input("share"),
            Arg::Input("truth"),
            Arg::Input("number"),
        ]),
        ..TaskDescriptor::DEFAULT
    };

    fn inputs(text: &str) -> Vec<u8> {
        let mut inputs = OutputsWriter::new();
        inputs.output("text", &text.to_owned()).unwrap();
        inputs.output("number", &-7_i64).unwrap();
        inputs.output("share", &0.5).unwrap();
        inputs.output("truth", &true).unwrap();
        inputs.finish()
    }

    #[test]
    fn inputs_stand_where_they_are_named() {
        let literals = inputs("$HOME 'a; b\"");
        assert_eq!(
            render(&TASK, LiteralMapRef::new(&literals)).unwrap(),
            ["--text", "$HOME 'a; b\"", "-7", "0.5", "true", "-7"]
        );
    }

    #[test]
    fn what_cannot_be_an_argument_is_named() {
        let literals = inputs("a\0b");
        let error = render(&TASK, LiteralMapRef::new(&literals)).unwrap_err();
        assert!(error.to_string().starts_with("input `text` has a NUL"));
        let error = render(&TASK, LiteralMapRef::new(&[])).unwrap_err();
        assert_eq!(error.to_string(), "input `text` is missing");
    }
}
