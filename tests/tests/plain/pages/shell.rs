//! The commands of a shell script, as bash splits them into words.

use std::fs;
use std::process::Command;

use flytekit_tests::run;

/// Writes the number of its words, and each of them, to the file `commands`; zeros end them.
const RECORD: &str = r#"record() { printf '%s\0' "$#" "$@" >&3; }
cd() { :; }
exec 3>commands
"#;

/// The commands that bash runs, each as its words.
///
/// Each program is a function that writes down its words, so that nothing runs: bash finds no other program.
///
/// # Errors
///
/// Bash's complaint about the script, which includes programs that are not in `programs`.
pub(super) fn commands(script: &str, programs: &[&str]) -> Result<Vec<Vec<String>>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let functions = programs
        .iter()
        .map(|name| format!("function {name} {{ record {name} \"$@\"; }}\n"));
    let prelude: String = functions.collect();
    // A continued line of help, such as `execute …`, has more words than it shows.
    fs::write(folder.path().join("script"), script).expect("a script");
    let mut bash = Command::new("bash");
    bash.args(["-c", &format!("{RECORD}{prelude}PATH=\n. ./script")]);
    let ended = run(bash.current_dir(folder.path()));
    if !ended.stderr.is_empty() {
        return Err(ended.stderr);
    }
    let written = fs::read_to_string(folder.path().join("commands")).expect("commands");
    Ok(split(&written))
}

fn split(written: &str) -> Vec<Vec<String>> {
    let mut words = written.split_terminator('\0');
    let mut commands = Vec::new();
    while let Some(count) = words.next() {
        let count = count.parse().expect("a number of words");
        let command = words.by_ref().take(count);
        // An ellipsis stands for further words.
        let command = command.filter(|word| *word != "…").map(str::to_owned);
        commands.push(command.collect());
    }
    commands
}

/// The commands after the prompts of a terminal's text.
pub(super) fn prompted(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn bash_splits_and_runs_nothing() {
    let script = "a 'b c' \\\n  d # e\ncd x && a > f; echo g | b/c <<'END'\nh\nEND\n";
    let found = commands(script, &["a", "b/c"]).expect("a script");
    assert_eq!(found, [vec!["a", "b c", "d"], vec!["a"], vec!["b/c"]]);
    let unknown = commands("nobody knows\n", &["a"]).expect_err("no such program");
    assert!(unknown.contains("nobody"), "{unknown}");
    assert!(commands("if a\n", &["a"]).is_err());
    assert_eq!(prompted("$ a b\nc\n$ d\n"), "a b\nd");
}
