//! `settings`: shows the settings of registration, and the source of each value.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::verbs::Verb;
use super::{fail, flags, show};
use crate::register::settings::{Listed, Settings};

pub(super) const VERB: Verb = Verb::of_crate("settings", command, settings);

fn command(verb: Command) -> Command {
    verb.about("Show every setting of registration, and its source")
        .args(flags::all())
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("As a JSON list of name, value and source"),
        )
}

fn settings(matches: &ArgMatches) -> ExitCode {
    match Settings::resolve(&flags::given(matches)) {
        Ok(settings) if matches.get_flag("json") => show(as_json(&settings.listed).as_bytes()),
        Ok(settings) => show(as_table(&settings.listed).as_bytes()),
        Err(mistakes) => fail(&mistakes),
    }
}

fn as_json(listed: &[Listed]) -> String {
    let entry =
        |it: &Listed| json!({"name": it.name, "value": it.value, "source": it.source.to_string()});
    let entries: serde_json::Value = listed.iter().map(entry).collect();
    format!("{entries:#}\n")
}

fn as_table(listed: &[Listed]) -> String {
    let width = |of: fn(&Listed) -> &str| {
        let lengths = listed.iter().map(|it| of(it).chars().count());
        lengths.max().unwrap_or_default()
    };
    let (names, values) = (width(|it| &it.name), width(shown));
    let line = |it: &Listed| {
        let (name, value, source) = (&it.name, shown(it), &it.source);
        format!("{name:names$}  {value:values$}  {source}\n")
    };
    listed.iter().map(line).collect()
}

fn shown(listed: &Listed) -> &str {
    listed.value.as_deref().unwrap_or("-")
}
