//! The rules as constructors: each gives back what it was given, or stops the build.
//!
//! The attribute checks literals itself, where it can point at them. What it cannot see, a `const`
//! that a team shares, it passes through one of these:
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

use crate::expect;

/// Pairs, as configurations are written.
type Pairs = &'static [(&'static str, &'static str)];

/// A task's name: see [`task_name`](crate::task_name()).
///
/// # Panics
///
/// When it is not one.
pub const fn task_name(text: &'static str) -> &'static str {
    text_of(text, crate::task_name(text))
}

/// An image: see [`image`](crate::image()).
///
/// # Panics
///
/// When it is not one.
pub const fn image(text: &'static str) -> &'static str {
    text_of(text, crate::image(text))
}

/// The name of an environment variable: see [`env_name`](crate::env_name()).
///
/// # Panics
///
/// When it is not one.
pub const fn env_name(text: &'static str) -> &'static str {
    expect(
        text,
        crate::env_name(text),
        "this is not the name of an environment variable",
    )
}

/// Text that says something.
///
/// # Panics
///
/// When it is empty.
pub const fn non_empty(text: &'static str) -> &'static str {
    expect(text, !text.is_empty(), "this text must not be empty")
}

/// Environment variables: see [`env_name`](crate::env_name()).
///
/// # Panics
///
/// When one of the names is not well formed.
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
/// When a key or a value is not well formed.
pub const fn labels(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let (key, value) = entries[index];
        expect(
            key,
            crate::label_key(key),
            "this is not the key of a Kubernetes label",
        );
        expect(
            value,
            crate::label_value(value),
            "this is not the value of a Kubernetes label",
        );
        index += 1;
    }
    entries
}

/// Annotations: see [`label_key`](crate::label_key()).
///
/// # Panics
///
/// When a key is not well formed.
pub const fn annotations(entries: Pairs) -> Pairs {
    let mut index = 0;
    while index < entries.len() {
        let key = entries[index].0;
        expect(
            key,
            crate::label_key(key),
            "this is not the key of a Kubernetes annotation",
        );
        index += 1;
    }
    entries
}

/// A Spark configuration: see [`spark_key`](crate::spark_key()) and
/// [`spark_value`](crate::spark_value()).
///
/// # Panics
///
/// When a key is not well formed, or its value not of the kind that it takes.
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

const fn text_of(text: &'static str, well_formed: Result<(), &'static str>) -> &'static str {
    match well_formed {
        Ok(()) => text,
        Err(problem) => panic!("{}", problem),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{annotations, env, image, labels, non_empty, spark_conf, task_name};

    #[test]
    fn what_is_well_formed_comes_back() {
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
    fn what_is_not_stops() {
        let stops = |check: fn()| std::panic::catch_unwind(check).is_err();
        assert!(stops(|| _ = task_name("a b")));
        assert!(stops(|| _ = image("App")));
        assert!(stops(|| _ = non_empty("")));
        assert!(stops(|| _ = env(&[("A B", "")])));
        assert!(stops(|| _ = labels(&[("a", "b c")])));
        assert!(stops(|| _ = annotations(&[("a b", "")])));
        assert!(stops(|| _ = spark_conf(&[("spark.executor.memory", "4Gi")])));
    }
}
