//! A command line whose flags are only partly known, because the task's flags depend on its registration.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// The words of `run --remote`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The words before the task.
    before: &'a [OsString],
    /// The task's name.
    pub(super) task: Option<&'a OsStr>,
    /// The words after the task.
    after: &'a [OsString],
}

impl<'a> Line<'a> {
    /// Finds the task: the first word that is neither an option of `command` nor its value.
    pub(super) fn new(command: &Command, words: &'a [OsString]) -> Self {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let option = Found::at(command, word);
            if option.is_none() && !is_flag(word) {
                break;
            }
            at += option.map_or(1, |it| it.words);
        }
        let (before, rest) = words.split_at(at.min(words.len()));
        let (task, after) = match rest.split_first() {
            Some((task, after)) => (Some(&**task), after),
            None => (None, rest),
        };
        Line {
            before,
            task,
            after,
        }
    }

    /// The words that can be parsed before the task's inputs are known: those before the task, and the
    /// options after it that no input can take over.
    pub(super) fn first(&self, command: &Command, always: impl Fn(&Arg) -> bool) -> Vec<OsString> {
        let mut words = self.before.to_vec();
        words.extend(chosen(command, self.after, always));
        words
    }

    /// The words that are parsed when the inputs are known: those after the task, and these options again.
    pub(super) fn second(&self, command: &Command, always: impl Fn(&Arg) -> bool) -> Vec<OsString> {
        let mut words = chosen(command, self.before, always);
        words.extend_from_slice(self.after);
        words
    }
}

/// The words of some options, with their values. An unknown word is never the value of an option.
fn chosen(command: &Command, words: &[OsString], is: impl Fn(&Arg) -> bool) -> Vec<OsString> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some(word) = rest.first() {
        let option = Found::at(command, word);
        let count = option.as_ref().map_or(1, |it| it.words).min(rest.len());
        let (here, after) = rest.split_at(count);
        if option.is_some_and(|option| is(option.arg)) {
            found.extend_from_slice(here);
        }
        rest = after;
    }
    found
}

/// An option, and the number of its words.
struct Found<'a> {
    arg: &'a Arg,
    words: usize,
}

impl<'a> Found<'a> {
    /// The option that a word begins: `--name`, `--name=value`, `-n`, `-nvalue`.
    fn at(command: &'a Command, word: &OsStr) -> Option<Self> {
        let word = word.to_str()?;
        let (arg, has_value) = if let Some(long) = word.strip_prefix("--") {
            let name = long.split('=').next()?;
            let mut all = command.get_arguments();
            (
                all.find(|arg| is_called(arg, name))?,
                name.len() < long.len(),
            )
        } else {
            let mut letters = word.strip_prefix('-')?.chars();
            let short = Some(letters.next()?);
            let mut all = command.get_arguments();
            (
                all.find(|arg| arg.get_short() == short)?,
                letters.next().is_some(),
            )
        };
        let takes_value = arg.get_action().takes_values();
        let words = if takes_value && !has_value { 2 } else { 1 };
        Some(Found { arg, words })
    }
}

fn is_called(arg: &Arg, name: &str) -> bool {
    arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|all| all.contains(&name))
}

fn is_flag(word: &OsStr) -> bool {
    word.as_encoded_bytes().starts_with(b"-")
}

#[cfg(test)]
mod tests {
    use std::ffi::{OsStr, OsString};

    use clap::{Arg, ArgAction, Command};

    use super::Line;

    fn command() -> Command {
        let project = Arg::new("project").long("project").short('p');
        let wait = Arg::new("wait").long("wait").action(ArgAction::SetTrue);
        let label = Arg::new("label").long("label").alias("labels");
        Command::new("run").args([project, wait, label])
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    /// Checks the words before the task, the task, and the words after it.
    #[track_caller]
    fn check(line: &str, before: &str, task: Option<&str>, after: &str) {
        let words = words(line);
        let found = Line::new(&command(), &words);
        let parts = (found.before.to_vec(), found.task, found.after.to_vec());
        let expected = (
            self::words(before),
            task.map(OsStr::new),
            self::words(after),
        );
        assert_eq!(parts, expected, "{line}");
    }

    #[test]
    fn the_task_is_what_no_option_takes() {
        check("add --a 1", "", Some("add"), "--a 1");
        check("--wait add", "--wait", Some("add"), "");
        check("--project p add", "--project p", Some("add"), "");
        check("--project=p add", "--project=p", Some("add"), "");
        check("-p p -px add", "-p p -px", Some("add"), "");
        check("--labels a=b add", "--labels a=b", Some("add"), "");
        check("--help", "--help", None, "");
        check("--project", "--project", None, "");
        check("", "", None, "");
    }

    #[test]
    fn options_are_told_from_inputs() {
        let words = words("--wait --project a add --n 1 --project=b --label c=d --wait");
        let line = Line::new(&command(), &words);
        let is_project = |arg: &Arg| arg.get_id() == "project";
        let first = line.first(&command(), is_project);
        assert_eq!(first, self::words("--wait --project a --project=b"));
        let second = line.second(&command(), is_project);
        assert_eq!(
            second,
            self::words("--project a --n 1 --project=b --label c=d --wait")
        );
    }
}
