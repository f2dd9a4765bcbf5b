//! A task's inputs on a command line: a flag for each, or all of them from a file.

use clap::{Arg, ArgMatches, Command};

use super::input_file::InputFile;
use crate::declare::words::object_names;
use crate::declare::{LiteralType, SimpleType, Variable};
use crate::error::Error;
use crate::typed::{self, Files};
use crate::types::OutputsWriter;

/// The id of the argument for a file of all inputs.
const FILE: &str = "--inputs";

/// A mistake in a command line's inputs.
#[derive(Debug)]
pub(super) enum InputError {
    /// A mistake on the command line.
    Usage(String),
    /// A mistake in the file.
    File(Error),
}

/// Adds the flags. If the command itself uses the name of an input, the input's flag begins with `input-`.
pub(super) fn arguments(command: Command, inputs: &[Variable]) -> Command {
    let command = command.arg(Arg::new(FILE).long("inputs").value_name("FILE").help(
        "Inputs from a file, or from standard input (-): an object (*.json, *.yaml), or a \
                 LiteralMap (inputs.pb). Flags go before it",
    ));
    let own = command.get_arguments().filter_map(Arg::get_long);
    let own: Vec<String> = own.chain(["help"]).map(str::to_owned).collect();
    let flags = inputs.iter().map(|input| argument(input, &own));
    command.args(flags)
}

fn argument(input: &Variable, own: &[String]) -> Arg {
    let kebab = input.name.replace('_', "-");
    let flag = if own.contains(&kebab) {
        format!("input-{}", input.name)
    } else {
        input.name.to_owned()
    };
    let kebab = flag.replace('_', "-");
    let default = input
        .default
        .map_or_else(String::new, |source| format!(" [default: {source}]"));
    let objects = object_names(&input.literal_type);
    let objects = objects.into_iter().map(|object| format!("\n- {object}"));
    let help = [input.description.to_owned(), default]
        .into_iter()
        .chain(objects)
        .collect::<String>();
    let mut argument = Arg::new(id(input))
        .value_name(typed::expectation(&input.literal_type))
        .help(help.trim().to_owned());
    if input.default.is_none() && !is_optional(&input.literal_type) {
        argument = argument.required_unless_present(FILE);
    }
    if kebab != flag {
        argument = argument.alias(kebab);
    }
    let argument = argument.long(flag);
    if is_switch(&input.literal_type) {
        argument.num_args(0..=1).default_missing_value("true")
    } else {
        argument.allow_hyphen_values(true)
    }
}

/// Whether the flag without a value means true.
fn is_switch(literal_type: &LiteralType) -> bool {
    let is_boolean = |it: &LiteralType| matches!(it, LiteralType::Simple(SimpleType::Boolean));
    match literal_type {
        LiteralType::Union(union) => {
            let mut some = union.each().filter(|it| !it.literal_type.is_none());
            some.next().is_some_and(|it| is_boolean(&it.literal_type)) && some.next().is_none()
        }
        other => is_boolean(other),
    }
}

/// The id of an input's flag, which no other argument can have.
fn id(input: &Variable) -> String {
    format!("input {}", input.name)
}

/// Whether an input may be left out, which means null.
pub(super) fn is_optional(literal_type: &LiteralType) -> bool {
    matches!(literal_type, LiteralType::Union(union) if union.each().any(|it| it.literal_type.is_none()))
}

/// The file of inputs, if the command line names one. It is read only once, because standard input cannot be
/// read twice.
pub(super) fn file(matches: &ArgMatches) -> Result<Option<InputFile>, Error> {
    let named = matches.get_one::<String>(FILE);
    named.map(|name| InputFile::read(name)).transpose()
}

/// The inputs as a `LiteralMap`: those of the flags override those of the file.
pub(super) fn read(
    inputs: &[Variable],
    matches: &ArgMatches,
    file: Option<&InputFile>,
    files: &dyn Files,
) -> Result<Vec<u8>, InputError> {
    let of_file = file.map(|file| file.literals(inputs, files)).transpose();
    let mut bytes = of_file.map_err(InputError::File)?.unwrap_or_default();
    let mut literals = OutputsWriter::new();
    for input in inputs {
        let given = matches.get_one::<String>(&id(input)).map(String::as_str);
        let may_be_null = input.default.is_none() && is_optional(&input.literal_type);
        let text = match given {
            Some(text) => text,
            None if may_be_null && file.is_none() => "null",
            None => continue,
        };
        literals
            .literal(input.name, |out| {
                typed::write_text(out, &input.literal_type, text, files)
            })
            .map_err(|error| InputError::Usage(error.to_string()))?;
    }
    // The later entry of an input counts.
    bytes.extend(literals.finish());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::{Variable, arguments, read};
    use crate::typed::Here;
    use crate::types::{FlyteType, LiteralMapRef};

    #[test]
    fn a_truth_needs_no_value_also_where_it_may_be_left_out() {
        let input = |name, literal_type| Variable {
            name,
            literal_type,
            description: "",
            default: None,
        };
        let inputs = [
            input("all", bool::LITERAL_TYPE),
            input("twice", Option::<bool>::LITERAL_TYPE),
            input("note", Option::<String>::LITERAL_TYPE),
        ];
        let command = arguments(Command::new("app").no_binary_name(true), &inputs);
        let matches = command.try_get_matches_from(["--twice", "--all", "--note", "--x"]);
        let read = read(&inputs, &matches.expect("flags"), None, &Here).expect("inputs");
        let shown = crate::typed::object(LiteralMapRef::new(&read)).expect("literals");
        let expected = serde_json::json!({"all": true, "note": "--x", "twice": true});
        assert_eq!(serde_json::Value::Object(shown), expected);
    }
}
