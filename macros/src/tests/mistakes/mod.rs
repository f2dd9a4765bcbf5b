//! Every rejection, with its message and the token it points at.

mod data;
mod derives;
mod engines;
mod functions;
mod options;
mod worker_functions;
mod workflows;

use super::mistakes;

/// One mistake, whose message begins with `message` and which points at `token`.
#[track_caller]
fn one(source: &str, message: &str, token: &str) {
    let found = mistakes(source);
    assert_eq!(found.len(), 1, "{source}\n{found:#?}");
    assert!(found[0].starts_with(message), "{source}\n{}", found[0]);
    assert!(
        found[0].ends_with(&format!(" @ `{token}`")),
        "{source}\n{}",
        found[0]
    );
}

#[track_caller]
pub(super) fn option(options: &str, message: &str, token: &str) {
    one(
        &format!("#[task({options})] fn f(a: i64) {{}}"),
        message,
        token,
    );
}

#[track_caller]
fn function(function: &str, message: &str, token: &str) {
    one(&format!("#[task] {function}"), message, token);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let found = mistakes(
        r#"#[task(
            retires = 3,
            retries = "3",
            requests(mem = "2Gb", cpu = "2", cpus = "1"),
            limits(cpu = "1"),
            env("A B" = "1", "C" = 2),
            secrets(secret(group = "g"), secret(key = "k")),
            spark(conf("memory" = "4g")),
            cache(ignore_inputs("x")),
        )]
        async fn f(spark: &SparkSession, (a, b): (i64, i64), text: &str) {}"#,
    );
    assert_eq!(found.len(), 14, "{found:#?}");
}
