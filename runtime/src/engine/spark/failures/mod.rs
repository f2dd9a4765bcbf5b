//! Explains failed Spark operations: what happened, what to do, and whose fault it is.
//!
//! The client's errors have everything in their text: `[CLASS] message`, where the class is Spark's error
//! condition, the class of a Java exception, or gRPC's name of a status. The text is parsed, because a
//! library between the client and the task's result (`anyhow`) can hide an error's type.

mod signs;

use std::error::Error as StdError;

use spark_connect::SparkError;
use tonic::Code;

use self::signs::{Fault, KINDS};
use super::details::Details;
use crate::error::{Error, RecoverableError, chain};

/// Explains the error of a failed Spark operation, with details that `ask` fetches from its server. Other
/// errors are returned unchanged.
pub(super) fn explain(error: Error, ask: impl FnOnce(&str) -> Option<Details>) -> Error {
    let found = error.cause().and_then(|cause| {
        let told = || Diagnosis::find(cause);
        Diagnosis::find_with_details(cause, ask).or_else(told)
    });
    match found {
        Some(diagnosis) => error.explained(diagnosis.into_error()),
        None => error,
    }
}

/// The explanation of a failed Spark operation.
#[derive(Debug, PartialEq, Eq)]
struct Diagnosis {
    fault: Fault,
    /// For people: the first line says what happened and what to do; the reason follows.
    message: String,
}

impl Diagnosis {
    /// Finds the failed operation in an error and its causes.
    fn find(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut around = String::new();
        for error in chain(Some(error)) {
            let text = error.to_string();
            if let Some(told) = Told::read(&text, spark_error(error).is_some()) {
                return Some(told.diagnosis(&around));
            }
            around.extend([text.trim_end(), ": "]);
        }
        None
    }

    /// Like [`Self::find`], with details from the server, if it still answers.
    fn find_with_details(
        error: &(dyn StdError + 'static),
        ask: impl FnOnce(&str) -> Option<Details>,
    ) -> Option<Self> {
        let mut around = String::new();
        for error in chain(Some(error)) {
            let Some(error) = spark_error(error) else {
                around.extend([error.to_string().trim_end(), ": "]);
                continue;
            };
            let details = ask(error.params.get("errorId")?)?;
            let told = Told {
                class: &error.error_class,
                text: &details.message,
                more: &details.more,
            };
            return Some(told.diagnosis(&around));
        }
        None
    }

    fn into_error(self) -> Error {
        match self.fault {
            Fault::User => Error::user(self.message),
            Fault::UserButTryAgain => RecoverableError::new(self.message).into(),
            Fault::System => Error::system(self.message),
        }
    }
}

/// The client's own error, which is large, and often boxed.
fn spark_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a SparkError> {
    let boxed = || error.downcast_ref::<Box<SparkError>>().map(Box::as_ref);
    error.downcast_ref::<SparkError>().or_else(boxed)
}

/// The parts of an error of Spark.
struct Told<'a> {
    class: &'a str,
    text: &'a str,
    /// The details that its server sent later.
    more: &'a str,
}

/// The message for a lost connection, or an unreachable server.
const UNREACHABLE: &str =
    "the connection to the Spark Connect server is lost; another try may succeed";

impl<'a> Told<'a> {
    /// Parses the text of an error. If the error's type is unknown, the text must look like the client's.
    fn read(text: &'a str, is_spark: bool) -> Option<Self> {
        let labelled = text
            .strip_prefix('[')
            .and_then(|text| text.split_once("] "))
            .filter(|(class, rest)| is_class(class) && (is_spark || is_certain(class, rest)));
        match labelled {
            Some((class, _)) => Some(Told {
                class,
                text,
                more: "",
            }),
            None => is_spark.then_some(Told {
                class: "",
                text,
                more: "",
            }),
        }
    }

    fn shows(&self, sign: &str) -> bool {
        [self.class, self.text, self.more]
            .iter()
            .any(|text| text.contains(sign))
    }

    fn diagnosis(&self, around: &str) -> Diagnosis {
        let unreachable = self.class == Code::Unavailable.description();
        let kind = KINDS
            .iter()
            .find(|kind| kind.signs.iter().any(|sign| self.shows(sign)));
        let (advice, fault) = match kind {
            _ if unreachable => (UNREACHABLE, Fault::System),
            Some(kind) => (kind.advice, kind.fault),
            None => ("", Fault::User),
        };
        let reason = self.reason();
        let message = if around.contains(&reason) {
            // The surrounding text was explained before.
            around.trim_end_matches(": ").to_owned()
        } else if advice.is_empty() {
            format!("{around}{reason}")
        } else {
            format!("{around}{advice}\n{reason}")
        };
        Diagnosis { fault, message }
    }

    /// The text without a repeated class, the query's plan and the frames of Java's stack traces.
    fn reason(&self) -> String {
        let label = format!("[{}]", self.class);
        let rest = self.text.strip_prefix(&label).unwrap_or(self.text);
        let rest = rest.trim_start();
        let has_own_label = rest.starts_with('[') && !self.class.is_empty();
        let text = if has_own_label { rest } else { self.text };
        let more = without_frames(self.more);
        let reason = without_frames(without_plan(text));
        [reason, more].join("\n").trim_end().to_owned()
    }
}

/// Whether the text in brackets is one that the client writes.
fn is_class(label: &str) -> bool {
    is_condition(label) || is_exception(label) || is_status(label)
}

/// Whether an error of unknown type is certainly the client's. Other libraries also write `[CODE] …`.
fn is_certain(class: &str, rest: &str) -> bool {
    is_exception(class) || is_status(class) || rest.contains("SQLSTATE: ")
}

/// Whether the label is an error condition of Spark: `UNRESOLVED_COLUMN.WITH_SUGGESTION`.
fn is_condition(label: &str) -> bool {
    let fits =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
    !label.is_empty() && label.bytes().all(fits)
}

/// Whether the label is a Java class: `java.lang.IllegalStateException`.
fn is_exception(label: &str) -> bool {
    ["java.", "javax.", "scala.", "org.apache."]
        .iter()
        .any(|package| label.starts_with(package))
}

/// Whether the label is a gRPC status, in the words of the client's library.
fn is_status(label: &str) -> bool {
    (0..=16).any(|code| Code::from_i32(code).description() == label)
}

/// Spark ends the message of an analysis error with the unresolved plan, which is removed.
fn without_plan(text: &str) -> &str {
    let Some(state) = text.find("SQLSTATE: ") else {
        return text;
    };
    let plan = text[state..].find(";\n").map(|end| state + end);
    plan.map_or(text, |plan| &text[..plan])
}

/// Removes the frames of stack traces, and limits the number of lines.
fn without_frames(text: &str) -> String {
    const LINES: usize = 40;
    const PLACES: &[&str] = &[".java:", ".scala:", "(Native Method)", "(Unknown Source)"];
    let is_frame = |line: &str| {
        let has_place = line.ends_with(')') && PLACES.iter().any(|place| line.contains(place));
        has_place || line.starts_with("at ") || line.starts_with("... ")
    };
    let says_something = |line: &&str| {
        let line = line.trim();
        !(line.is_empty() || line == "Driver stacktrace:" || is_frame(line))
    };
    let mut lines: Vec<&str> = text
        .lines()
        .filter(says_something)
        .map(str::trim_end)
        .collect();
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push("…");
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use spark_connect_core::SparkErrorKind;

    use super::*;

    /// An error whose type is unknown.
    #[derive(Debug)]
    struct Hidden(String);

    impl std::fmt::Display for Hidden {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl StdError for Hidden {}

    fn hidden(text: &str) -> Hidden {
        Hidden(text.to_owned())
    }

    fn failure(text: &str) -> Diagnosis {
        Diagnosis::find(&hidden(text)).unwrap_or_else(|| panic!("not Spark's: {text}"))
    }

    #[test]
    fn an_analysis_error_keeps_its_class_state_and_position() {
        let failure = failure(
            "[TABLE_OR_VIEW_NOT_FOUND] [TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found. \
             SQLSTATE: 42P01; line 1 pos 14;\n'Project [*]\n+- 'UnresolvedRelation [x], [], false\n",
        );
        assert_eq!(
            failure.message,
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found. SQLSTATE: 42P01; line 1 pos 14"
        );
        assert_eq!(failure.fault, Fault::User);
    }

    #[test]
    fn the_fragment_of_the_query_stays() {
        let text = "[PARSE_SYNTAX_ERROR] \n[PARSE_SYNTAX_ERROR] Syntax error. SQLSTATE: 42601 (line 1, pos 0)\n\n== SQL ==\nselct 1\n^^^\n";
        assert_eq!(
            failure(text).message,
            "[PARSE_SYNTAX_ERROR] Syntax error. SQLSTATE: 42601 (line 1, pos 0)\n== SQL ==\nselct 1\n^^^"
        );
    }

    #[test]
    fn a_killed_executor_says_what_to_do_before_the_reason() {
        let failure = failure(
            "[org.apache.spark.SparkException] Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, \
             most recent failure: Lost task 0.3 in stage 0.0 (TID 3) (10.0.0.7 executor 2): ExecutorLostFailure \
             (executor 2 exited caused by one of the running tasks) Reason: Command exited with code 137\nDriver stacktrace:\n\
             \tat org.apache.spark.scheduler.DAGScheduler.abort(DAGScheduler.scala:1)\n",
        );
        assert_eq!(failure.fault, Fault::UserButTryAgain);
        let (first, reason) = failure.message.split_once('\n').unwrap();
        assert!(first.contains("spark.executor.memory"), "{first}");
        assert!(
            reason.contains("executor 2") && !reason.contains("DAGScheduler"),
            "{reason}"
        );
    }

    #[test]
    fn a_lost_executor_or_connection_is_nobodys_fault() {
        for text in [
            "[org.apache.spark.SparkException] Job aborted: ExecutorLostFailure (executor 1 exited) Reason: worker lost",
            "[The service is currently unavailable] tcp connect error",
        ] {
            assert_eq!(failure(text).fault, Fault::System);
        }
    }

    type Source = Box<dyn StdError + Send + Sync>;

    /// The ways in which people wrap errors.
    #[derive(Clone, Debug)]
    enum Layer {
        Own(String),
        AnyhowContext(String),
        Anyhow,
    }

    #[derive(Debug)]
    struct Own(String, Source);

    impl std::fmt::Display for Own {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl StdError for Own {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&*self.1)
        }
    }

    impl Layer {
        fn any() -> impl Strategy<Value = Layer> {
            prop_oneof![
                "[a-z ]{0,9}".prop_map(Layer::Own),
                "[a-z ]{0,9}".prop_map(Layer::AnyhowContext),
                Just(Layer::Anyhow),
            ]
        }

        fn around(self, error: Source) -> Source {
            match self {
                Layer::Own(text) => Box::new(Own(text, error)),
                Layer::AnyhowContext(text) => anyhow::Error::from_boxed(error).context(text).into(),
                Layer::Anyhow => anyhow::Error::from_boxed(error).into(),
            }
        }

        fn text(&self) -> Option<&str> {
            match self {
                Layer::Own(text) | Layer::AnyhowContext(text) => Some(text.trim_end()),
                Layer::Anyhow => None,
            }
        }
    }

    fn analysis_error(class: &str, message: &str) -> SparkError {
        SparkError {
            message: message.to_owned(),
            ..SparkError::classed(SparkErrorKind::Analysis, class, &[])
        }
    }

    proptest! {
        #[test]
        fn whatever_is_around_it_the_operation_is_found(
            which in 0..3_usize,
            in_box: bool,
            layers in proptest::collection::vec(Layer::any(), 0..5),
        ) {
            let error = [
                analysis_error("PATH_NOT_FOUND", "[PATH_NOT_FOUND] Path: file:/x. SQLSTATE: 42K03"),
                analysis_error("org.apache.spark.SparkException", "ExecutorLostFailure (it exited)"),
                SparkError::from_grpc_status(tonic::Status::unavailable("connection refused")),
            ][which].clone();
            let alone = Diagnosis::find(&error).unwrap();
            let mut wrapped: Source = if in_box { Box::new(Box::new(error)) } else { Box::new(error) };
            for layer in layers.iter().cloned() {
                wrapped = layer.around(wrapped);
            }
            let found = Diagnosis::find(&*wrapped).unwrap();
            let mut message = alone.message;
            for text in layers.iter().filter_map(Layer::text) {
                message = format!("{text}: {message}");
            }
            prop_assert_eq!(found, Diagnosis { message, ..alone });
        }
    }

    #[test]
    fn an_error_is_explained_once_and_keeps_what_was_wished() {
        let lost = SparkError::from_grpc_status(tonic::Status::unavailable("refused"));
        let error = explain(lost.into(), |_| None);
        assert_eq!((error.code(), error.is_recoverable()), ("SYSTEM", true));
        assert!(error.to_string().starts_with(UNREACHABLE), "{error}");
        assert!(error.is_explained());

        let missing = analysis_error(
            "PATH_NOT_FOUND",
            "[PATH_NOT_FOUND] Path: x. SQLSTATE: 42K03",
        );
        let error = explain(RecoverableError::from_source(missing).into(), |_| None);
        assert_eq!(
            (error.code(), error.is_recoverable()),
            ("USER:Recoverable", true)
        );

        let other = explain(hidden("no such file").into(), |_| None);
        assert!(!other.is_explained());
    }

    #[test]
    fn the_clients_own_type_needs_no_signs() {
        let error = SparkError::connect_msg("something");
        assert_eq!(Diagnosis::find(&error).unwrap().message, "something");
    }

    #[test]
    fn errors_of_others_are_left_alone() {
        for text in [
            "[E0308] mismatched types",
            "no such file",
            "[info] ExecutorLostFailure",
            "[]",
            "",
        ] {
            assert_eq!(Diagnosis::find(&hidden(text)), None, "{text}");
        }
    }
}
