//! What a failed Spark operation means for the task: what happened, what to do, whose fault it is.
//!
//! The client's errors say all in their text: `[CLASS] message`, where the class is Spark's error
//! condition, the class of a Java exception, or how gRPC names its status. It is read from there,
//! because a library between the client and the task's result (`anyhow`) can hide an error's type.

use std::error::Error as StdError;

use spark_connect::SparkError;
use tonic::Code;

use super::hosts;
use crate::error::Origin;

/// A failed Spark operation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The error code for Flyte.
    pub(crate) code: &'static str,
    /// Whose fault it is.
    pub(crate) origin: Origin,
    /// Whether another try may help.
    pub(crate) recoverable: bool,
    /// For people: the first line says what happened and what to do, the reason follows.
    pub(crate) message: String,
}

impl Failure {
    /// Finds the failed operation in an error and what caused it.
    pub(crate) fn find(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut around = String::new();
        for error in chain(error) {
            let text = error.to_string();
            if let Some(told) = Told::read(&text, error.is::<SparkError>()) {
                return Some(told.failure(&around));
            }
            around.extend([text.trim_end(), ": "]);
        }
        None
    }

    /// The same, with what its server knows beyond the error's text, if that still answers.
    pub(crate) fn find_with_details(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut around = String::new();
        for error in chain(error) {
            let Some(error) = error.downcast_ref::<SparkError>() else {
                around.extend([error.to_string().trim_end(), ": "]);
                continue;
            };
            let details = hosts::details(error.params.get("errorId")?)?;
            let told = Told {
                class: &error.error_class,
                text: &details.message,
                more: &details.more,
            };
            return Some(told.failure(&around));
        }
        None
    }
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What Spark tells.
struct Told<'a> {
    class: &'a str,
    text: &'a str,
    /// What its server told later.
    more: &'a str,
}

/// What is known about a kind of failure.
struct Kind {
    /// Any of these in the class or the text tells it.
    signs: &'static [&'static str],
    advice: &'static str,
    fault: Fault,
}

/// Whose fault it is, and whether another try may help.
#[derive(Clone, Copy)]
enum Fault {
    User,
    /// The backend counts a container that runs out of memory so, too.
    UserButTryAgain,
    System,
}

/// The usual failures, the telling ones first: an executor that was killed also lost its tasks.
const KINDS: &[Kind] = &[
    Kind {
        signs: &[
            "exited with code 137",
            "exit code 137",
            "Exit status: 137",
            "exitCode 137",
            "OOMKilled",
            "beyond the 'PHYSICAL' memory limit",
            "exceeding memory limits",
        ],
        advice: "an executor was killed because it used more memory than it may (exit code 137); raise `spark.executor.memory` or `spark.executor.memoryOverhead` in the task's `conf(...)`, or use more partitions",
        fault: Fault::UserButTryAgain,
    },
    Kind {
        signs: &["spark.driver.maxResultSize"],
        advice: "the result is too large to be collected in the driver; write it out or aggregate it, or raise `spark.driver.maxResultSize`",
        fault: Fault::User,
    },
    Kind {
        signs: &[
            "executor driver): java.lang.OutOfMemoryError",
            "[Unknown error] Java heap space",
            "[Unknown error] GC overhead limit exceeded",
            "Not enough memory to build and broadcast",
        ],
        advice: "the driver is out of memory; raise `spark.driver.memory` in the task's `conf(...)`, or collect and broadcast less",
        fault: Fault::User,
    },
    Kind {
        signs: &[
            "OutOfMemoryError",
            "exited with code 52",
            "exit code 52",
            "Java heap space",
            "GC overhead limit exceeded",
            "UNABLE_TO_ACQUIRE_MEMORY",
        ],
        advice: "an executor is out of memory; raise `spark.executor.memory` in the task's `conf(...)`, or use more partitions",
        fault: Fault::User,
    },
    Kind {
        signs: &[
            "ExecutorLostFailure",
            "ExecutorDeadException",
            "Executor heartbeat timed out",
            "Remote RPC client disassociated",
            "worker lost",
        ],
        advice: "an executor was lost while it worked; another try may succeed",
        fault: Fault::System,
    },
    Kind {
        signs: &["FetchFailed", "MetadataFetchFailedException"],
        advice: "an executor was lost with results that others needed; another try may succeed",
        fault: Fault::System,
    },
    Kind {
        signs: &[
            "SESSION_NOT_FOUND",
            "SESSION_CHANGED",
            "OPERATION_NOT_FOUND",
            "INVALID_CURSOR",
            "stopped SparkContext",
        ],
        advice: "the Spark Connect server no longer knows the session: it was restarted, or its application ended; another try may succeed",
        fault: Fault::System,
    },
    Kind {
        signs: &["SESSION_CLOSED"],
        advice: "the session was stopped before this; open another one with `flytekit::spark::new_spark_session`",
        fault: Fault::User,
    },
    Kind {
        signs: &[
            "OPERATION_CANCELED",
            "OPERATION_CANCELLED",
            "cancelled as part of",
            "SPARK_JOB_CANCELLED",
        ],
        advice: "the operation was cancelled",
        fault: Fault::User,
    },
    Kind {
        signs: &["Cannot run program", "PYTHON_VERSION_MISMATCH"],
        advice: "this needs Python where the executors run, and a fitting one is not there; use an image that has it (and names it in `PYSPARK_PYTHON`), or do without a Python function",
        fault: Fault::User,
    },
    Kind {
        signs: &[
            "No FileSystem for scheme",
            "UnsupportedFileSystemException",
            "S3AFileSystem not found",
            "GoogleHadoopFileSystem not found",
        ],
        advice: "Spark has no support for the file system of this address; add its package with `spark.jars.packages`, use an image that has it, or for `s3://` write `s3a://`",
        fault: Fault::User,
    },
    Kind {
        signs: &[
            "Permission denied",
            "AccessControlException",
            "AccessDenied",
            "Access Denied",
            "403 Forbidden",
            "Status Code: 403",
            "INSUFFICIENT_PERMISSIONS",
        ],
        advice: "Spark lacks the permission to read or write there; look at the rights of the executors' user or service account",
        fault: Fault::User,
    },
    Kind {
        signs: &[
            "PATH_NOT_FOUND",
            "FILE_NOT_EXIST",
            "FileNotFoundException",
            "No such file or directory",
        ],
        advice: "a file or folder is not there; Spark looks for a path on the machines where it runs, not where the task's function does",
        fault: Fault::User,
    },
];

/// A connection that is lost, or a server that cannot be reached.
const UNREACHABLE: &str =
    "the connection to the Spark Connect server is lost; another try may succeed";

impl<'a> Told<'a> {
    /// Reads the text of an error; one of another type must look like the client's.
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

    fn failure(&self, around: &str) -> Failure {
        let unreachable = self.class == Code::Unavailable.description();
        let kind = KINDS
            .iter()
            .find(|kind| kind.signs.iter().any(|sign| self.shows(sign)));
        let (advice, fault) = match kind {
            _ if unreachable => (UNREACHABLE, Fault::System),
            Some(kind) => (kind.advice, kind.fault),
            None => ("", Fault::User),
        };
        let (code, origin, recoverable) = match fault {
            Fault::User => ("USER:RuntimeError", Origin::User, false),
            Fault::UserButTryAgain => ("USER:Recoverable", Origin::User, true),
            Fault::System => ("SYSTEM", Origin::System, true),
        };
        let reason = self.reason();
        let message = if around.contains(&reason) {
            // What is around it was read so before.
            around.trim_end_matches(": ").to_owned()
        } else if advice.is_empty() {
            format!("{around}{reason}")
        } else {
            format!("{around}{advice}\n{reason}")
        };
        Failure {
            code,
            origin,
            recoverable,
            message,
        }
    }

    /// The text without a doubled class, the query's plan and the frames of Java's stack traces.
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

/// Whether brackets hold what the client puts there.
fn is_class(label: &str) -> bool {
    is_condition(label) || is_exception(label) || is_status(label)
}

/// Whether an error whose type is unknown is the client's. Others write `[CODE] …`, too.
fn is_certain(class: &str, rest: &str) -> bool {
    is_exception(class) || is_status(class) || rest.contains("SQLSTATE: ")
}

/// Spark's: `UNRESOLVED_COLUMN.WITH_SUGGESTION`.
fn is_condition(label: &str) -> bool {
    let fits =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
    !label.is_empty() && label.bytes().all(fits)
}

/// Java's: `java.lang.IllegalStateException`.
fn is_exception(label: &str) -> bool {
    ["java.", "javax.", "scala.", "org.apache."]
        .iter()
        .any(|package| label.starts_with(package))
}

/// gRPC's, in the words of the library that the client uses.
fn is_status(label: &str) -> bool {
    (0..=16).any(|code| Code::from_i32(code).description() == label)
}

/// Spark ends the message of an analysis error with the plan that it could not resolve.
fn without_plan(text: &str) -> &str {
    let Some(state) = text.find("SQLSTATE: ") else {
        return text;
    };
    let plan = text[state..].find(";\n").map(|end| state + end);
    plan.map_or(text, |plan| &text[..plan])
}

/// Leaves out the frames of stack traces, and what is more than people read.
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

    /// An error whose type nobody knows.
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

    fn failure(text: &str) -> Failure {
        Failure::find(&hidden(text)).unwrap_or_else(|| panic!("not Spark's: {text}"))
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
        assert_eq!((failure.origin, failure.recoverable), (Origin::User, false));
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
        assert!(failure.recoverable && failure.origin == Origin::User);
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
            let failure = failure(text);
            assert_eq!(
                (failure.code, failure.origin, failure.recoverable),
                ("SYSTEM", Origin::System, true)
            );
        }
    }

    type Source = Box<dyn StdError + Send + Sync>;

    /// What people put around errors.
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

    fn spark_error(class: &str, message: &str) -> SparkError {
        SparkError {
            message: message.to_owned(),
            ..SparkError::classed(SparkErrorKind::Analysis, class, &[])
        }
    }

    proptest! {
        #[test]
        fn whatever_is_around_it_the_operation_is_found(
            which in 0..3_usize,
            layers in proptest::collection::vec(Layer::any(), 0..5),
        ) {
            let error = [
                spark_error("PATH_NOT_FOUND", "[PATH_NOT_FOUND] Path does not exist: file:/x. SQLSTATE: 42K03"),
                spark_error("org.apache.spark.SparkException", "ExecutorLostFailure (executor 1 exited)"),
                SparkError::from_grpc_status(tonic::Status::unavailable("connection refused")),
            ][which].clone();
            let alone = Failure::find(&error).unwrap();
            let wrapped = layers.iter().cloned().fold(Box::new(error) as Source, |error, layer| layer.around(error));
            let found = Failure::find(&*wrapped).unwrap();
            let around: String = layers.iter().rev().filter_map(Layer::text).map(|text| format!("{text}: ")).collect();
            prop_assert_eq!(found, Failure { message: format!("{around}{}", alone.message), ..alone });
        }
    }

    #[test]
    fn the_clients_own_type_needs_no_signs() {
        let error = SparkError::connect_msg("something");
        assert_eq!(Failure::find(&error).unwrap().message, "something");
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
            assert_eq!(Failure::find(&hidden(text)), None, "{text}");
        }
    }
}
