//! Inputs as arguments of a program, as the backend writes them.

use crate::declare::{Arg, Args, TaskDescriptor};
use crate::error::Error;
use crate::types::{Content, LiteralMapRef};

/// The application's arguments, with the values of the inputs in their places.
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
            "has a NUL character, which no argument of a program can hold",
        )),
        Content::String(text) => Ok(text.to_owned()),
        Content::Integer(number) => Ok(number.to_string()),
        Content::Float(number) => Ok(float(number)),
        Content::Boolean(truth) => Ok(truth.to_string()),
        _ => Err(unusable("is no string, number or boolean")),
    }
}

/// A float as Go's `%v` writes it, by which the backend puts it into an argument: the shortest
/// digits that mean this number, with an exponent below -4 and from 6 on.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let parts = scientific.split_once('e');
    match parts.and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?))) {
        Some((digits, exponent @ (..-4 | 6..))) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => number.to_string(),
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

    #[test]
    fn floats_are_written_as_in_go() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (100_000.0, "100000"),
            (123_456.75, "123456.75"),
            (1_000_000.0, "1e+06"),
            (123_456_789.0, "1.23456789e+08"),
            (1e100, "1e+100"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (-1.5e-7, "-1.5e-07"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(float(number), text);
        }
    }
}
