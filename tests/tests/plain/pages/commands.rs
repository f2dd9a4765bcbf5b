//! Checks the commands of the pages with the programs that they name.
//!
//! A program of ours parses its words, and then an added `--help`, with which it ends. It refuses a word that it
//! does not know before it comes to that.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use flytekit_tests::{example, run};

use super::blocks::{Block, Page, has_function, pages, tracked};
use super::{manifest, root, shell};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// The names of executables with tasks on the pages.
const APPS: [&str; 5] = [
    "app",
    "my-app",
    "my_app",
    "target/debug/quickstart",
    "/usr/local/bin/flytekit-app",
];

/// Programs of others, whose words nothing checks.
const FOREIGN: [&str; 10] = [
    ".tools/backend/flyte-backend",
    "apt-get",
    "cat",
    "databricks",
    "docker",
    "flytectl",
    "mkdir",
    "objcopy",
    "pip",
    "python3",
];

/// Tasks of the fixture whose flags are those of each task on their engine.
const ON_ENGINES: [&str; 2] = ["fixture.pods.spark", "fixture.dask.defaults"];

/// What is wrong with the commands, for one message about all of them.
#[derive(Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    /// Checks the commands of a script on a page.
    pub(super) fn check(&mut self, pages: &[Page], page: &Page, block: &Block, script: &str) {
        let programs = [
            &APPS[..],
            &FOREIGN,
            &["cargo", "flytekit-connector", "rustup"],
        ]
        .concat();
        let commands = match shell::commands(script, &programs) {
            Ok(commands) => commands,
            Err(complaint) => return self.0.push(format!("{block}: {complaint}")),
        };
        for words in commands {
            if let Err(problem) = of_command(pages, page, &words) {
                self.0
                    .push(format!("{block}: {}: {problem}", words.join(" ")));
            }
        }
    }

    #[track_caller]
    pub(super) fn assert_none(&self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

/// A program of another package.
fn program(name: &str) -> PathBuf {
    example(name, Path::new(FIXTURE))
}

fn of_command(pages: &[Page], page: &Page, words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match &words[..] {
        // Any of them, and commands of cargo itself.
        [] | ["cargo", "flytekit", "VERB"] | ["cargo", "build" | "test" | "+nightly", ..] => Ok(()),
        ["cargo", "flytekit", rest @ ..] => of_remote_run(pages, page, rest)
            .unwrap_or_else(|| accepts(&program("cargo-flytekit"), rest)),
        ["cargo", "xtask", rest @ ..] => accepts(&program("xtask"), rest),
        ["cargo", "install", rest @ ..] => of_install(rest),
        ["cargo", "run", rest @ ..] => {
            let start = rest.iter().position(|word| *word == "--");
            let start = start.map_or(rest.len(), |start| start + 1);
            of_app(
                pages,
                page,
                rest[..start].contains(&"flytekit-connector"),
                &rest[start..],
            )
        }
        ["cargo", other, ..] => Err(format!("nothing checks `cargo {other}`")),
        ["flytekit-connector", rest @ ..] => of_app(pages, page, true, rest),
        [name, rest @ ..] if APPS.contains(name) => of_app(pages, page, false, rest),
        [name, ..] => foreign(name),
    }
}

fn foreign(name: &str) -> Result<(), String> {
    let is_known = name == "rustup" || FOREIGN.contains(&name);
    is_known
        .then_some(())
        .ok_or_else(|| format!("nothing checks `{name}`"))
}

/// Whether a program takes these words.
fn accepts(program: &Path, words: &[&str]) -> Result<(), String> {
    let end = words.iter().position(|word| *word == "--");
    let (before, after) = words.split_at(end.unwrap_or(words.len()));
    let mut command = Command::new(program);
    let ended = run(command.args(before).arg("--help").args(after));
    if ended.success() && !ended.stdout.is_empty() {
        Ok(())
    } else {
        Err(ended.stderr)
    }
}

/// The words after `cargo install`.
fn of_install(words: &[&str]) -> Result<(), String> {
    match words {
        ["--path", path, ..] if root().join(path).join("Cargo.toml").exists() => Ok(()),
        [name, ..] if manifest::package(name).is_some() => Ok(()),
        _ => Err("names no crate of ours".to_owned()),
    }
}

/// The words for an executable with tasks, or for a server of connectors.
fn of_app(pages: &[Page], page: &Page, is_server: bool, words: &[&str]) -> Result<(), String> {
    let serves = page
        .path
        .iter()
        .any(|part| part.to_string_lossy().contains("connector"));
    match words {
        _ if is_server || serves => accepts(&program("flytekit-connector"), words),
        ["run", task, rest @ ..] if !task.starts_with('-') => {
            static FLAGS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
                let of_tasks = ON_ENGINES.iter();
                let of_tasks = of_tasks.map(|task| help(Path::new(FIXTURE), &["run", task]));
                of_tasks.flat_map(|help| flags(&help)).collect()
            });
            of_run(pages, page, task, rest, &FLAGS)
        }
        _ => {
            of_remote_run(pages, page, words).unwrap_or_else(|| accepts(Path::new(FIXTURE), words))
        }
    }
}

/// The words of a run in Flyte, if these are.
fn of_remote_run(pages: &[Page], page: &Page, words: &[&str]) -> Option<Result<(), String>> {
    static FLAGS: LazyLock<BTreeSet<String>> =
        LazyLock::new(|| flags(&help(&program("cargo-flytekit"), &["run", "--remote"])));
    let ["run", rest @ ..] = words else {
        return None;
    };
    let is_task = |word: &&&str| word.contains('.') && !word.starts_with('-');
    let task = rest.iter().find(is_task);
    Some(match task {
        Some(task) => of_run(pages, page, task, rest, &FLAGS),
        None => unknown(rest, &FLAGS),
    })
}

/// The words of a run of a task: the flags of the command, and the parameters of the task.
fn of_run(
    pages: &[Page],
    page: &Page,
    task: &str,
    words: &[&str],
    flags: &BTreeSet<String>,
) -> Result<(), String> {
    let given = words.iter().filter_map(|word| word.strip_prefix("--"));
    let names = given.map(|flag| flag.split('=').next().unwrap_or(flag));
    let parameters = names.filter(|name| !flags.contains(*name));
    let parameters: Vec<_> = parameters.map(|name| name.replace('-', "_")).collect();
    let name = task.rsplit('.').next().unwrap_or(task);
    let sources = sources(pages, page, name);
    let mut sources = sources.iter();
    match sources.find(|code| has_function(code, name, &parameters)) {
        Some(_) => Ok(()),
        None => Err(format!("no task `{name}` with {parameters:?}")),
    }
}

/// The sources that have such a function: the page and the crate that it creates, or else the other pages and the
/// examples.
fn sources(pages: &[Page], page: &Page, name: &str) -> Vec<String> {
    let rust = |page: &Page| -> Vec<String> {
        let blocks = page.in_languages(&["", "rust"]);
        blocks.map(|block| block.text.clone()).collect()
    };
    let read = |path: PathBuf| fs::read_to_string(root().join(path)).expect("a source");
    let created = new_kind(page).map(|kind| format!("cargo-flytekit/templates/{kind}/main.rs"));
    let mut near = rust(page);
    near.extend(created.map(|path| read(path.into())));
    near.retain(|code| has_function(code, name, &[]));
    if near.is_empty() {
        near.extend(pages.iter().flat_map(rust));
        near.extend(tracked("examples/*.rs").into_iter().map(read));
    }
    near
}

/// The kind of the new crate whose readme a page is, or that a page creates.
fn new_kind(page: &Page) -> Option<&str> {
    let mut parts = page.path.iter().filter_map(|part| part.to_str());
    let of_template = parts.clone().skip_while(|part| *part != "templates").nth(1);
    let of_member = parts.find_map(|part| part.strip_prefix("new-"));
    of_template.or(of_member).or_else(|| {
        let lines = page
            .in_languages(&["sh"])
            .flat_map(|block| block.text.lines());
        let mut news = lines.filter(|line| line.starts_with("cargo flytekit new "));
        let words = news.next()?.split('#').next()?.split_whitespace();
        let mut flags = words.filter_map(|word| word.strip_prefix("--"));
        Some(flags.find(|flag| *flag != "flytekit").unwrap_or("plain"))
    })
}

fn unknown(words: &[&str], flags: &BTreeSet<String>) -> Result<(), String> {
    let given = words.iter().filter_map(|word| word.strip_prefix("--"));
    let unknown: Vec<_> = given.filter(|flag| !flags.contains(*flag)).collect();
    match &unknown[..] {
        [] => Ok(()),
        unknown => Err(format!("has no {unknown:?}")),
    }
}

fn help(program: &Path, words: &[&str]) -> String {
    let ended = run(Command::new(program).args(words).arg("--help"));
    assert!(ended.success(), "{ended}");
    ended.text()
}

/// The names of the flags in a help.
fn flags(help: &str) -> BTreeSet<String> {
    let words = help.split(|it: char| !(it.is_alphanumeric() || it == '-'));
    let flags = words.filter_map(|word| word.strip_prefix("--"));
    flags.map(str::to_owned).collect()
}

#[test]
fn commands_that_no_program_takes_are_found() {
    let pages = pages();
    let readme = pages
        .iter()
        .find(|page| page.path == Path::new("README.md"));
    let readme = readme.expect("a readme");
    let of = |line: &str| {
        let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        of_command(&pages, readme, &words)
    };
    for (right, wrong) in [
        (
            "cargo flytekit register --image app:1",
            "cargo flytekit register --imago app:1",
        ),
        (
            "cargo flytekit run --remote my_app.greet --name World",
            "cargo flytekit run --remoto my_app.greet",
        ),
        (
            "cargo xtask bench size --write",
            "cargo xtask bench sizes --write",
        ),
        (
            "flytekit-connector serve --port 8000",
            "flytekit-connector serve --ports 8000",
        ),
        (
            "cargo run -- run my_app.greet --name World",
            "cargo run -- run my_app.greet --nam World",
        ),
        ("my_app describe my_app.greet", "my_app descry my_app.greet"),
        ("cargo install cargo-flytekit", "cargo install cargo-flyte"),
    ] {
        assert_eq!(of(right), Ok(()), "{right}");
        assert!(of(wrong).is_err(), "{wrong}");
    }
}
