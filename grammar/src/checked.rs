//! The rules as constructors: each returns its argument, or stops the build.
//!
//! The attribute checks literals itself, and reports mistakes at their tokens. It cannot see the value of a
//! `const` that a team shares, so it passes that through one of these functions:
//!
//! ```
//! use flytekit_grammar::checked;
//!
//! const IMAGE: &str = "registry.example.com/app:1.0";
//! const TASK_IMAGE: &str = checked::image(IMAGE);
//! ```
//!
//! ```compile_fail
//! use flytekit_grammar::checked;
//!
//! const TASK_IMAGE: &str = checked::image("App");
//! ```
//!
//! All functions track their caller, so that the compiler shows the constant and not this code.

use core::time::Duration;

/// Pairs, the form of configurations.
type Pairs = &'static [(&'static str, &'static str)];

/// A Kubernetes quantity: see [`quantity`](crate::quantity()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn quantity(text: &'static str) -> &'static str {
    match crate::quantity(text) {
        Ok(_) => text,
        Err(problem) => stop(text, problem),
    }
}

/// A number of GPUs: see [`gpus`](crate::gpus()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn gpus(text: &'static str) -> &'static str {
    text_of(text, crate::gpus(text))
}

/// The timeout of an attempt.
///
/// # Panics
///
/// If the duration is zero.
#[track_caller]
pub const fn timeout(length: Duration) -> Duration {
    assert!(
        !length.is_zero(),
        "a timeout of zero is no timeout: leave `timeout` out"
    );
    length
}

/// A task's name: see [`task_name`](crate::task_name()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn task_name(text: &'static str) -> &'static str {
    text_of(text, crate::task_name(text))
}

/// The name of an executor of shim tasks: see [`executor_name`](crate::executor_name()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn executor_name(text: &'static str) -> &'static str {
    text_of(text, crate::executor_name(text))
}

/// A cron line: see [`cron`](crate::cron()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn cron(text: &'static str) -> &'static str {
    text_of(text, crate::cron(text))
}

/// An image: see [`image`](crate::image()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn image(text: &'static str) -> &'static str {
    text_of(text, crate::image(text))
}

/// The name of an environment variable: see [`env_name`](crate::env_name()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn env_name(text: &'static str) -> &'static str {
    expect(
        text,
        crate::env_name(text),
        "is not the name of an environment variable",
    )
}

/// The name of a container: see [`dns_label`](crate::dns_label()).
///
/// # Panics
///
/// If the text is not one.
#[track_caller]
pub const fn container_name(text: &'static str) -> &'static str {
    expect(
        text,
        crate::dns_label(text),
        "is not the name of a container",
    )
}

/// Text that is not empty.
///
/// # Panics
///
/// If the text is empty.
#[track_caller]
pub const fn non_empty(text: &'static str) -> &'static str {
    expect(text, !text.is_empty(), "is empty")
}

/// Environment variables: see [`env_name`](crate::env_name()).
///
/// # Panics
///
/// If a name is invalid.
#[track_caller]
pub const fn env(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        env_name(entries[index].0);
        index += 1;
    }
    entries
}

/// Labels: see [`label_key`](crate::label_key()) and [`label_value`](crate::label_value()).
///
/// # Panics
///
/// If a key or a value is invalid.
#[track_caller]
pub const fn labels(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let (key, value) = entries[index];
        expect(
            key,
            crate::label_key(key),
            "is not the key of a Kubernetes label",
        );
        expect(
            value,
            crate::label_value(value),
            "is not the value of a Kubernetes label",
        );
        index += 1;
    }
    entries
}

/// Annotations: see [`label_key`](crate::label_key()).
///
/// # Panics
///
/// If a key is invalid.
#[track_caller]
pub const fn annotations(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let key = entries[index].0;
        expect(
            key,
            crate::label_key(key),
            "is not the key of a Kubernetes annotation",
        );
        index += 1;
    }
    entries
}

/// A folder of a container: see [`container_folder`](crate::container_folder()).
///
/// # Panics
///
/// If the path is not one.
#[track_caller]
pub const fn container_folder(path: &'static str) -> &'static str {
    text_of(path, crate::container_folder(path))
}

/// Settings for the backend's plugin: see [`config_key`](crate::config_key()).
///
/// # Panics
///
/// If a key is invalid.
#[track_caller]
pub const fn config(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let key = entries[index].0;
        text_of(key, crate::config_key(key));
        index += 1;
    }
    entries
}

/// A Hadoop configuration: see [`spark_key`](crate::spark_key()).
///
/// # Panics
///
/// If a key is invalid.
#[track_caller]
pub const fn hadoop_conf(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let key = entries[index].0;
        text_of(key, crate::spark_key(key));
        index += 1;
    }
    entries
}

/// The path of a Spark application: see [`spark_application`](crate::spark_application()).
///
/// # Panics
///
/// If the path is not one.
#[track_caller]
pub const fn spark_application(path: &'static str) -> &'static str {
    text_of(path, crate::spark_application(path))
}

/// A Spark configuration: see [`spark_key`](crate::spark_key()) and
/// [`spark_value`](crate::spark_value()).
///
/// # Panics
///
/// If a key is invalid, or a value is not of its key's kind.
#[track_caller]
pub const fn spark_conf(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let (key, value) = entries[index];
        text_of(key, crate::spark_key(key));
        text_of(value, crate::spark_value(key).check(value));
        index += 1;
    }
    entries
}

/// The name of a class: see [`java_class`](crate::java_class()).
///
/// # Panics
///
/// If the name is not one.
#[track_caller]
pub const fn java_class(name: &'static str) -> &'static str {
    text_of(name, crate::java_class(name))
}

/// The location of a Scala or Java application: see [`jar`](crate::jar()).
///
/// # Panics
///
/// If the location is invalid.
#[track_caller]
pub const fn jar(path: &'static str) -> &'static str {
    text_of(path, crate::jar(path))
}

/// The location of a Python application: see [`python_file`](crate::python_file()).
///
/// # Panics
///
/// If the location is invalid.
#[track_caller]
pub const fn python_file(path: &'static str) -> &'static str {
    text_of(path, crate::python_file(path))
}

/// The location of an R application: see [`r_file`](crate::r_file()).
///
/// # Panics
///
/// If the location is invalid.
#[track_caller]
pub const fn r_file(path: &'static str) -> &'static str {
    text_of(path, crate::r_file(path))
}

/// The host name of a workspace of Databricks: see
/// [`databricks_instance`](crate::databricks_instance()).
///
/// # Panics
///
/// If it is invalid.
#[track_caller]
pub const fn databricks_instance(name: &'static str) -> &'static str {
    text_of(name, crate::databricks_instance(name))
}

/// The name of a secret: see [`databricks_secret`](crate::databricks_secret()).
///
/// # Panics
///
/// If it is invalid. The message does not show it.
#[track_caller]
pub const fn databricks_secret(name: &'static str) -> &'static str {
    hidden(name, crate::databricks_secret(name))
}

/// Text for Databricks: see [`databricks_text`](crate::databricks_text()).
///
/// # Panics
///
/// If it is empty or contains a token. The message does not show it.
#[track_caller]
pub const fn databricks_text(text: &'static str) -> &'static str {
    non_empty(databricks_value(text))
}

/// Like [`databricks_text`], but the text may be empty.
///
/// # Panics
///
/// If it contains a token. The message does not show it.
#[track_caller]
pub const fn databricks_value(text: &'static str) -> &'static str {
    hidden(text, crate::databricks_text(text))
}

/// Returns the text, or stops the build without showing the text, which may be a secret.
#[track_caller]
const fn hidden(text: &'static str, well_formed: Result<(), &'static str>) -> &'static str {
    match well_formed {
        Ok(()) => text,
        Err(problem) => stop("", problem),
    }
}

/// Texts for Databricks by their names: see [`databricks_text`](crate::databricks_text()).
///
/// # Panics
///
/// If an entry has no name, or contains a token.
#[track_caller]
pub const fn databricks_texts(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let (name, text) = entries[index];
        non_empty(name);
        databricks_value(text);
        index += 1;
    }
    entries
}

/// The path of the executable of a task on Databricks: see
/// [`databricks_executable`](crate::databricks_executable()).
///
/// # Panics
///
/// If the path is invalid.
#[track_caller]
pub const fn databricks_executable(path: &'static str) -> &'static str {
    text_of(path, crate::databricks_executable(path))
}

/// A whole number, which is not negative.
pub const fn count(number: u32) -> u32 {
    number
}

/// A fraction or a whole number.
pub const fn number(number: f64) -> f64 {
    number
}

/// Yes or no.
pub const fn flag(truth: bool) -> bool {
    truth
}

#[track_caller]
const fn text_of(text: &'static str, well_formed: Result<(), &'static str>) -> &'static str {
    match well_formed {
        Ok(()) => text,
        Err(problem) => stop(text, problem),
    }
}

#[track_caller]
const fn expect(text: &'static str, well_formed: bool, problem: &'static str) -> &'static str {
    if well_formed {
        text
    } else {
        stop(text, problem)
    }
}

/// Stops the build with the value and the problem. Const evaluation has no formatting.
#[track_caller]
const fn stop(text: &str, problem: &str) -> ! {
    let mut message = Message {
        bytes: [0; Message::ROOM],
        len: 0,
    };
    if text.is_empty() {
        message.push("this ");
    } else {
        message.push("`");
        message.push(text);
        message.push("` ");
    }
    message.push(problem);
    panic!("{}", message.text())
}

struct Message {
    bytes: [u8; Message::ROOM],
    len: usize,
}

impl Message {
    const ROOM: usize = 512;

    /// Appends as much of the text as there is room for.
    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.len < Message::ROOM {
            self.bytes[self.len] = text[index];
            self.len += 1;
            index += 1;
        }
    }

    /// The message. It is valid text unless a character was cut in the middle.
    const fn text(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "this value is too long to be shown, and not well formed",
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;

    use core::time::Duration;

    use super::{
        annotations, container_folder, databricks_executable, databricks_instance,
        databricks_secret, databricks_text, env, gpus, image, labels, non_empty, quantity,
        spark_conf, task_name, timeout,
    };

    #[test]
    fn what_is_well_formed_comes_back() {
        assert_eq!(quantity("2Gi"), "2Gi");
        assert_eq!(gpus("2"), "2");
        assert_eq!(timeout(Duration::from_secs(1)), Duration::from_secs(1));
        assert_eq!(task_name("a.b"), "a.b");
        assert_eq!(image("app:1"), "app:1");
        assert_eq!(non_empty("x"), "x");
        assert_eq!(env(&[("A", "")]), [("A", "")]);
        assert_eq!(labels(&[("a", "b")]), [("a", "b")]);
        assert_eq!(annotations(&[("a", "b c")]), [("a", "b c")]);
        assert_eq!(
            spark_conf(&[("spark.executor.cores", "1")]),
            [("spark.executor.cores", "1")]
        );
    }

    #[test]
    fn the_value_stands_in_the_message() {
        let message = |text: &'static str| {
            let stopped = std::panic::catch_unwind(|| quantity(text)).unwrap_err();
            stopped
                .downcast_ref::<String>()
                .cloned()
                .unwrap_or_default()
        };
        assert!(message("2Gb").starts_with("`2Gb` has an unknown suffix"));
        assert!(message("").starts_with("this is empty"));
        let long: &'static str = format!("{}é", "x".repeat(510)).leak();
        assert!(message(long).contains("too long to be shown"));
    }

    #[test]
    fn what_is_not_stops() {
        let stops = |check: fn()| std::panic::catch_unwind(check).is_err();
        assert!(stops(|| _ = quantity("2Gb")));
        assert!(stops(|| _ = gpus("500m")));
        assert!(stops(|| _ = timeout(Duration::ZERO)));
        assert!(stops(|| _ = task_name("a b")));
        assert!(stops(|| _ = image("App")));
        assert!(stops(|| _ = non_empty("")));
        assert!(stops(|| _ = container_folder("inputs")));
        assert!(stops(|| _ = databricks_instance("https://a.b")));
        assert!(stops(|| _ = databricks_secret("A")));
        assert!(stops(|| _ = databricks_text("")));
        assert!(stops(|| _ = databricks_executable("app")));
        assert!(stops(|| _ = env(&[("A B", "")])));
        assert!(stops(|| _ = labels(&[("a", "b c")])));
        assert!(stops(|| _ = annotations(&[("a b", "")])));
        assert!(stops(|| _ = spark_conf(&[("spark.executor.memory", "4Gi")])));
    }
}
