//! Functions that cannot be tasks.

use proc_macro2::TokenStream;

use super::{function, one};
use crate::task;
use crate::tests::expansion;

#[test]
fn signatures() {
    function("fn f<T>(a: T) {}", "a task cannot be generic", "T");
    function("fn f<'a>(a: i64) {}", "a task cannot be generic", "'a");
    function(
        "fn f<'a>(a: &'a str) {}",
        "a plain task has no session to borrow",
        "&'a str",
    );
    function(
        "fn f<const N: usize>(a: i64) {}",
        "a task cannot be generic",
        "const N: usize",
    );
    function(
        "fn f(a: impl Into<String>) {}",
        "an input cannot be `impl Trait`",
        "impl",
    );
    function(
        "fn f(a: Vec<impl Into<String>>) {}",
        "an input cannot be `impl Trait`",
        "impl",
    );
    function(
        "fn f() -> impl Into<String> { String::new() }",
        "a task's output cannot be `impl Trait`",
        "impl",
    );
    function(
        "fn f() -> &'static str { \"\" }",
        "a task's output is owned",
        "&",
    );
    function("fn f(&self) {}", "a task cannot be a method", "self");
    function(
        "fn f() -> Option<Self> { None }",
        "a task cannot be a method",
        "Self",
    );
    function(
        "fn f((a, b): (i64, i64)) {}",
        "an input needs a name",
        "(a, b)",
    );
    function("fn f(_: i64) {}", "an input needs a name", "_");
    function("const fn f() {}", "a task cannot be a `const fn`", "const");
    function("unsafe fn f() {}", "a task cannot be unsafe", "unsafe");
    function(
        "extern \"C\" fn f() {}",
        "a task cannot be `extern`",
        "extern \"C\"",
    );
    function(
        "fn f(#[cfg(unix)] a: i64) {}",
        "a parameter of a task cannot be conditional",
        "cfg",
    );
    function(
        "fn f(#[default(1)] #[default(2)] a: i64) {}",
        "a parameter has one default",
        "default",
    );
    function(
        "fn f(#[default] a: i64) {}",
        "a default is one expression: `#[default(3)]`",
        "default",
    );
}

#[test]
fn sessions_and_borrowed_inputs() {
    function(
        "fn f(spark: &SparkSession) {}",
        "a plain task has no session to borrow: for a `SparkSession` write `#[task(spark)]`",
        "&SparkSession",
    );
    function(
        "fn f(text: &str) {}",
        "a plain task has no session to borrow: name an engine, such as `#[task(spark)]` or `#[task(dask)]`, or take an input, which is `String` instead of `&str`",
        "&str",
    );
    let spark = |parameters, message, token| {
        one(
            &format!("#[task(spark)] fn f({parameters}) {{}}"),
            message,
            token,
        );
    };
    spark(
        "spark: &mut SparkSession",
        "the session is shared: take it by `&`",
        "mut",
    );
    spark(
        "spark: &'static SparkSession",
        "the session lives as long as the run",
        "'static",
    );
    spark(
        "a: i64, text: &str",
        "only the first parameter, the session, is borrowed: an input is owned, so `text` is `String` instead of `&str`",
        "&str",
    );
    spark(
        "s: &SparkSession, t: &SparkSession",
        "a task has one session, its first parameter: leave this `SparkSession` out",
        "&SparkSession",
    );
    spark(
        "#[default(3)] s: &SparkSession",
        "the session has no default",
        "default",
    );
    spark(
        "s: &SparkSession, map: &std::collections::HashMap<String, Vec<i64>>",
        "only the first parameter, the session, is borrowed: an input is owned, so `map` is `std::collections::HashMap<String, Vec<i64>>` instead of `&std::",
        "&std::collections::HashMap<String, Vec<i64>>",
    );
    spark(
        "s: &SparkSession, list: &[i64]",
        "only the first parameter, the session, is borrowed: an input is owned, so `list` is `Vec<i64>` instead of `&[i64]`",
        "&[i64]",
    );
}

#[test]
fn only_functions_are_tasks() {
    let annotated = |item: &str| {
        let item = item.parse().expect("tokens");
        task::annotate(TokenStream::new(), &item).to_string()
    };
    assert!(annotated("struct Load;").contains("`#[task]` belongs on a function"));
    let broken = annotated("fn load(a: i64, b: ) {}");
    assert!(broken.starts_with("fn load"), "{broken}");
    assert!(
        broken.contains("`#[task]` cannot read this function"),
        "{broken}"
    );
}

#[test]
fn the_function_comes_out_again() {
    let expanded =
        expansion("#[task(retires = 3)] fn f(/** one */ #[default(3)] a: i64) -> i64 { a }");
    assert!(
        expanded.contains("fn f(a: i64) -> i64 {\n    a\n}"),
        "{expanded}"
    );
    assert_eq!(expanded.matches("compile_error").count(), 1, "{expanded}");
}
