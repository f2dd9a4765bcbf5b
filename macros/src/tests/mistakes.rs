//! Every rejection, with its message and the token it points at.

use proc_macro2::TokenStream;

use super::{columns_mistakes, data_mistakes, expansion, mistakes, outputs_mistakes};
use crate::task;

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
fn names_of_options() {
    option(
        "retires = 3",
        "unknown option `retires`, expected one of `name`, `retries`",
        "retires",
    );
    option(
        "dask(wokers(count = 2))",
        "unknown option `wokers`, expected one of `scheduler`, `workers`; did you mean `workers`?",
        "wokers",
    );
    option("a::b = 3", "unknown option `a::b`", "a::b");
    option(
        "retries = 3, retries = 4",
        "option `retries` is given twice",
        "retries",
    );
    option("\"x\"", "expected an option, one of `name`", "\"x\"");
}

#[test]
fn kinds_of_values() {
    option(
        "retries = \"3\"",
        "`retries` takes a whole number from 0 to 4294967295, such as `retries = 3`, or a const expression",
        "\"3\"",
    );
    option("retries = -1", "`retries` takes a whole number", "-1");
    option("retries", "`retries` takes a whole number", "retries");
    option("name = 3", "`name` takes a string", "3");
    option("name =", "`name =` lacks a value", "name");
    option("cache(version =)", "`version =` lacks a value", "version");
    option(
        "interruptible = 1",
        "`interruptible` takes `true` or `false`",
        "1",
    );
    option(
        "requests = 3",
        "`requests` is written `requests(…)`, with `cpu`, `mem`",
        "requests",
    );
    option(
        "spark = 3",
        "`spark` is written `spark(…)`, with `conf`",
        "spark",
    );
    option("env(\"A\" = 3)", "a value is a string: write `\"3\"`", "3");
    option("env = \"A\"", "`env` takes pairs", "\"A\"");
    option(
        "env(\"A\" =)",
        "expected `\"key\" = \"value\"`: the value is missing",
        "=",
    );
    option("env(A.b = \"c\")", "expected `\"key\" = \"value\"`", ".");
    option(
        "cache(version = \"1\", ignore_inputs = \"a\")",
        "`ignore_inputs` takes strings",
        "\"a\"",
    );
    option("secrets(group = \"a\")", "expected secrets", "group");
    option(
        "accelerator = 3",
        "`accelerator` takes one of `A10G`, `A100`,",
        "3",
    );
    option("accelerator = t4", "`accelerator` takes one of", "t4");
    option("engine = 3", "`engine` takes a path", "3");
    option(
        "resources(cpu = (1, 2, 3))",
        "`cpu` takes a quantity, or a request and a limit",
        "(1, 2, 3)",
    );
    option(
        "timeout = 1.5",
        "`timeout` takes a number of seconds, a duration in quotes",
        "1.5",
    );
}

#[test]
fn grammars() {
    option(
        "requests(mem = \"2Gb\")",
        "`2Gb` has an unknown suffix: for giga- it is `Gi`",
        "\"2Gb\"",
    );
    option(
        "requests(gpu = \"0.5\")",
        "`0.5` is not a whole number of GPUs",
        "\"0.5\"",
    );
    option(
        "shared_memory = \"1Gb\"",
        "`1Gb` has an unknown suffix",
        "\"1Gb\"",
    );
    option(
        "timeout = \"5 min\"",
        "`5 min` has an unknown unit",
        "\"5 min\"",
    );
    option("timeout = 0", "a timeout of zero is no timeout", "0");
    option(
        "container_image = \"App\"",
        "`App` has upper-case letters",
        "\"App\"",
    );
    option("name = \"a b\"", "`a b` has a blank", "\"a b\"");
    option("name = \"\"", "this is empty: a task needs a name", "\"\"");
    option("deprecated = \"\"", "this is empty", "\"\"");
    option(
        "env(\"A B\" = \"1\")",
        "`A B` is not the name of an environment variable",
        "\"A B\"",
    );
    option(
        "env(\"A\" = \"1\", \"A\" = \"2\")",
        "`A` is given twice",
        "\"A\"",
    );
    option(
        "labels(\"a b\" = \"c\")",
        "`a b` is not a Kubernetes key",
        "\"a b\"",
    );
    option(
        "labels(\"a\" = \"b c\")",
        "`b c` is not the value of a Kubernetes label",
        "\"b c\"",
    );
    option(
        "annotations(\"a b\" = \"c\")",
        "`a b` is not a Kubernetes key",
        "\"a b\"",
    );
    option(
        "pod_template(primary_container = \"Main\")",
        "`Main` is not the name of a container",
        "\"Main\"",
    );
    option(
        "accelerator = \"\"",
        "this is not the label of a GPU",
        "\"\"",
    );
}

#[test]
fn resources() {
    option(
        "requests(mem = \"2Gi\"), limits(mem = \"1Gi\")",
        "the limit `1Gi` is below the request `2Gi`",
        "\"1Gi\"",
    );
    option(
        "resources(cpu = (2, 1))",
        "the limit `1` is below the request `2`",
        "1",
    );
    option(
        "resources(cpu = 1), limits(cpu = 2)",
        "`resources` says both requests and limits",
        "resources",
    );
}

#[test]
fn caches() {
    option("cache", "a cache needs a version", "cache");
    option("cache = true", "`cache` is written `cache(…)`", "cache");
    option("cache(ver = \"1\")", "unknown option `ver`", "ver");
    option("cache(version = \"\")", "this is empty", "\"\"");
    option(
        "cache(version = \"1\", ignore_inputs(\"b\"))",
        "unknown input `b`, expected one of `a`",
        "\"b\"",
    );
    one(
        "#[task(cache(version = \"1\", ignore_inputs(\"b\")))] fn f() {}",
        "this task has no inputs",
        "\"b\"",
    );
}

#[test]
fn secrets() {
    option(
        "secrets(secret(group = \"g\"))",
        "a secret needs a key",
        "secret",
    );
    option(
        "secrets(secret(key = \"k\"))",
        "a secret needs a group",
        "secret",
    );
    option(
        "secrets(secret(group = \"\", key = \"k\"))",
        "this is empty: a secret has a group",
        "\"\"",
    );
    option(
        "secrets(secret(group = \"g\", key = \"k\", mount = flie))",
        "unknown mount `flie`, expected one of `any`, `env_var`, `file`; did you mean `file`?",
        "flie",
    );
    option(
        "secrets(secret(group = \"g\", key = \"k\", env_var = \"A B\"))",
        "`A B` is not the name of an environment variable",
        "\"A B\"",
    );
}

#[test]
fn accelerators() {
    option(
        "accelerator(partition = \"2g.10gb\")",
        "an accelerator needs a device",
        "accelerator",
    );
    option(
        "accelerator(device = A100, partition = 2)",
        "`partition` takes a partition's size or `unpartitioned`",
        "2",
    );
    option(
        "accelerator(device = A100, partition = unpartitoned)",
        "`partition` takes a partition's size or `unpartitioned`",
        "unpartitoned",
    );
}

#[test]
fn pod_templates() {
    option(
        "pod_template(spec = [])",
        "`spec` takes a JSON object",
        "[]",
    );
    option(
        "pod_template(spec = { \"a\": 1, \"a\": 2 })",
        "`a` is given twice",
        "\"a\"",
    );
    option(
        "pod_template(spec = { a: 1 })",
        "expected `\"key\": value`, as in JSON",
        "a",
    );
    option(
        "pod_template(spec = { \"a\" = 1 })",
        "expected `:` and a value behind the key",
        "=",
    );
    option(
        "pod_template(spec = { \"a\": 'c' })",
        "this is not a JSON value",
        "'c'",
    );
    option(
        "pod_template(spec = { \"a\": 9007199254740993 })",
        "this number is too large",
        "9007199254740993",
    );
    option(
        "pod_template(spec = { \"a\": 1e400 })",
        "this number is too large",
        "1e400",
    );
    option(
        "pod_template(spec = { \"a\": 18446744073709551616 })",
        "this number is too large",
        "18446744073709551616",
    );
}

#[test]
fn spark() {
    option(
        "spark(conf(\"executorMemory\" = \"4g\"))",
        "`executorMemory` has no dot",
        "\"executorMemory\"",
    );
    option(
        "spark(conf(\"spark.executor.memory\" = \"4Gi\"))",
        "`4Gi` has the suffix of a Kubernetes quantity",
        "\"4Gi\"",
    );
    option(
        "spark(conf(\"spark.executor.cores\" = \"two\"))",
        "`two` is not a whole number",
        "\"two\"",
    );
    option(
        "spark(hadoop_conf(\"endpoint\" = \"x\"))",
        "`endpoint` has no dot",
        "\"endpoint\"",
    );
    option(
        "spark(conf(\"a.b\" = \"1\", \"a.b\" = \"2\"))",
        "`a.b` is given twice",
        "\"a.b\"",
    );
    one(
        "#[task(spark)] async fn f(spark: &SparkSession) {}",
        "a Spark task cannot be `async`",
        "async",
    );
}

#[test]
fn dask() {
    option(
        "dask(workers(count = 0))",
        "a Dask cluster needs at least one worker",
        "0",
    );
    option(
        "dask(workers(image = \"App\"))",
        "`App` has upper-case letters",
        "\"App\"",
    );
    option(
        "dask(scheduler(requests(cpu = 2), limits(cpu = 1)))",
        "the limit `1` is below the request `2`",
        "1",
    );
    one(
        "#[task(dask)] async fn f(dask: &DaskClient) {}",
        "a Dask task cannot be `async`: the calls of its `DaskClient` block their thread",
        "async",
    );
    assert!(mistakes("#[task(dask)] fn f() {}").is_empty());
}

#[test]
fn engines() {
    option("spark, dask", "a task has one engine", "dask");
    option(
        "spark, engine = my::Ray",
        "a task has one engine",
        "my::Ray",
    );
    option(
        "config = CONFIG",
        "`config` is the configuration of an engine",
        "CONFIG",
    );
}

#[test]
fn signatures() {
    function("fn f<T>(a: T) {}", "a task cannot be generic", "T");
    function("fn f<'a>(a: i64) {}", "a task cannot be generic", "'a");
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
        "a plain task has no session to borrow",
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
        "only the first parameter, the session, is borrowed",
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
fn outputs() {
    let one = |source: &str, message: &str| {
        let found = outputs_mistakes(source);
        assert!(
            found.len() == 1 && found[0].starts_with(message),
            "{source}\n{found:#?}"
        );
    };
    one("struct S<T> { a: T }", "outputs cannot be generic");
    one("struct S(i64);", "outputs need names");
    one("struct S {}", "there are no outputs");
    one("struct S;", "outputs need names");
    one("enum E { A }", "outputs are a struct");
    one(
        "#[outputs(krate = a)] struct S { a: i64 }",
        "unknown option `krate`, expected one of `crate`; did you mean `crate`?",
    );
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

#[test]
fn a_misspelt_engine_is_one_mistake() {
    one(
        "#[task(sprak)] fn f(spark: &SparkSession) {}",
        "unknown option `sprak`",
        "sprak",
    );
}

#[test]
fn only_functions_are_tasks() {
    let annotated = |item: &str| {
        let item = item.parse().expect("tokens");
        task::annotate(TokenStream::new(), &item).to_string()
    };
    assert!(annotated("struct Load;").contains("`#[task]` stands on a function"));
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

#[test]
fn columns() {
    let one = |source: &str, message: &str, token: &str| {
        let found = columns_mistakes(source);
        assert_eq!(found, [format!("{message} @ `{token}`")], "{source}");
    };
    one(
        "struct S<T> { a: T }",
        "columns cannot be generic: their types are part of the task's interface",
        "T",
    );
    one("struct S(i64);", "columns need names: name the fields", "S");
    one(
        "struct S {}",
        "there are no columns: name them as fields, or pass a table of any columns as a `DataFrame`",
        "S",
    );
    one(
        "enum E { A }",
        "columns are the fields of a struct: a table has the same columns in every row",
        "E",
    );
    let form = "`column` takes the column's name: `#[column(\"customer name\")]`";
    one("struct S { #[column] a: i64 }", form, "column");
    one("struct S { #[column = \"b\"] a: i64 }", form, "column");
    one("struct S { #[column(3)] a: i64 }", form, "column");
    one(
        "struct S { #[column(\"\")] a: i64 }",
        "a column needs a name",
        "\"\"",
    );
    one(
        "struct S { #[column(\"a\")] #[column(\"b\")] a: i64 }",
        "`column` is given twice",
        "column",
    );
    let found = columns_mistakes("struct S<T> { a: T, #[column(\"a\")] b: i64, r#a: i64 }");
    assert_eq!(found.len(), 3, "{found:#?}");
    assert_eq!(found[1], "there is a column `a` already @ `\"a\"`");
}

/// A mistake of an application, with the options that every application has.
#[track_caller]
fn application(options: &str, function: &str, message: &str, token: &str) {
    let source = format!(
        "#[task(generic_spark(application_type = R, application = \"/a.R\", {options}))] {function}"
    );
    one(&source, message, token);
}

#[test]
fn applications() {
    application(
        "main_class = \"M\"",
        "fn f();",
        "an application in Python or R has no main class",
        "\"M\"",
    );
    application(
        "args(a)",
        "fn f(b: i64);",
        "unknown input `a`, expected one of `b`",
        "a",
    );
    application(
        "args(3)",
        "fn f();",
        "an argument is text or an input: write `\"3\"`",
        "3",
    );
    application(
        "",
        "fn f(b: i64);",
        "the application does not get the input `b`",
        "b",
    );
    application(
        "args(\"{{.input}}\")",
        "fn f();",
        "`{{.input}}` has a template variable",
        "\"{{.input}}\"",
    );
    application(
        "",
        "fn f() {}",
        "the application is the body of this task",
        "{}",
    );
    application(
        "",
        "fn f() -> i64;",
        "an application gives no outputs to Flyte",
        "i64",
    );
    application(
        "",
        "async fn f();",
        "an application cannot be `async`",
        "async",
    );
    application(
        "",
        "fn f(a: &str);",
        "an application makes its own session",
        "&str",
    );
    one(
        "#[task(generic_spark(application_type = scala))] fn f();",
        "unknown application type `scala`",
        "scala",
    );
}

#[test]
fn worker_functions() {
    let mistakes = |attribute: &str, function: &str| {
        super::worker_fn_mistakes(&format!("#[worker_fn({attribute})] {function}"))
    };
    let places = |attribute: &str, function: &str| {
        let place = |mistake: String| mistake.rsplit_once(" @ ").map(|(_, at)| at.to_owned());
        let found = mistakes(attribute, function).into_iter();
        found.filter_map(place).collect::<Vec<_>>()
    };
    assert!(mistakes("name = \"a.b\"", "fn f(mut a: u64, (b, _): (u8, u8)) {}").is_empty());
    assert!(mistakes("", "fn f(a: Cow<'static, str>) -> my::Result<Vec<u8>> {}").is_empty());
    assert_eq!(
        places(
            "nmae = 3",
            "async unsafe extern \"C\" fn f<T>(a: &str, b: Vec<&T>) -> &u8 {}"
        ),
        [
            "`nmae`",
            "`T`",
            "`async`",
            "`unsafe`",
            "`extern \"C\"`",
            "`&str`",
            "`&`",
            "`&`"
        ]
    );
    assert_eq!(
        places(
            "",
            "#[task] fn f(self, a: impl Fn(), #[cfg(unix)] b: Cow<'_, str>) -> impl Fn();"
        ),
        [
            "`task`", "`f`", "`self`", "`impl`", "`cfg`", "`'`", "`impl`"
        ]
    );
    assert_eq!(
        places(
            "",
            "const fn f(a: A, b: A, c: A, d: A, e: A, f: A, g: A, h: A, i: A, j: A) {}"
        ),
        ["`const`", "`i: A`"]
    );
    assert_eq!(
        mistakes("name = \"\"", "fn f() {}"),
        ["this is empty: leave `name` out for that of the function @ `\"\"`"]
    );
}

/// One mistake of a type that derives `FlyteData`.
#[track_caller]
fn data(source: &str, message: &str, token: &str) {
    let found = data_mistakes(source);
    assert_eq!(found.len(), 1, "{source}\n{found:#?}");
    assert!(found[0].starts_with(message), "{source}\n{}", found[0]);
    let place = format!(" @ `{token}`");
    assert!(found[0].ends_with(&place), "{source}\n{}", found[0]);
}

#[test]
fn shapes_of_data() {
    data("union U { a: i64 }", "data is a struct or an enum", "U");
    data(
        "struct S;",
        "a dataclass has named fields: for one without any write `struct S {}`",
        "S",
    );
    data(
        "struct S(i64, f64);",
        "a dataclass has named fields: name them",
        "S",
    );
    data(
        "struct S();",
        "a dataclass has named fields: name them",
        "S",
    );
    data("struct S<T> { a: T }", "data cannot be generic", "T");
    data(
        "struct S<'a> { #[serde(skip)] a: &'a str }",
        "data cannot be generic",
        "'a",
    );
    data("enum E {}", "an enum without variants has no values", "E");
    data(
        "enum E { A(i64, i64) }",
        "a dataclass has named fields: name them",
        "A",
    );
    data(
        "#[serde(tag = \"kind\")] enum E { A(i64), B {} }",
        "the tag `kind` is a field, which a variant has beside others with names",
        "A",
    );
    data(
        "#[serde(transparent)] struct S { a: i64, b: i64 }",
        "`transparent` is for a struct of one field, this one has 2",
        "transparent",
    );
    data(
        "#[serde(transparent)] struct S { #[serde(skip)] a: i64 }",
        "`transparent` is for a struct of one field, this one has 0",
        "transparent",
    );
    data(
        "#[serde(tag = \"kind\", untagged)] enum E { A {}, B { a: i64 } }",
        "an enum has a tag or none",
        "untagged",
    );
}

#[test]
fn data_that_holds_itself() {
    let message = "a type that holds itself is no Flyte type";
    data("struct S { a: Vec<Box<S>> }", message, "S");
    data("struct S { a: Option<Box<Self>> }", message, "Self");
    data("struct S(Vec<(i64, S)>);", message, "S");
    data("enum E { A { a: Box<E> } }", message, "E");
    data("enum E { A(Vec<Self>), B }", message, "Self");
    assert!(
        data_mistakes("struct S { a: other::S, b: Vec<::S>, #[serde(skip)] c: Option<Box<S>> }")
            .is_empty()
    );
}

#[test]
fn names_in_data() {
    data(
        "struct S { a: i64, #[serde(rename = \"a\")] b: i64 }",
        "there is a field `a` already",
        "\"a\"",
    );
    data(
        "#[serde(rename_all = \"UPPERCASE\")] struct S { a: i64, r#A: i64 }",
        "there is a field `A` already",
        "r#A",
    );
    data(
        "struct S { a: i64, #[serde(alias = \"c\", alias = \"a\")] b: i64 }",
        "there is a field `a` already",
        "\"a\"",
    );
    data(
        "#[serde(rename_all = \"lowercase\")] enum E { A, #[serde(rename = \"a\")] B }",
        "there is a variant `a` already",
        "\"a\"",
    );
    data(
        "#[serde(tag = \"kind\")] enum E { A {}, #[serde(alias = \"A\")] B {} }",
        "there is a variant `A` already",
        "\"A\"",
    );
    data(
        "#[serde(tag = \"kind\")] enum E { A { kind: i64 } }",
        "there is a field `kind` already",
        "kind",
    );
    assert!(data_mistakes("struct S { a: i64, #[serde(rename = \"a\", skip)] b: i64 }").is_empty());
}

#[test]
fn variants_that_look_the_same() {
    let message = "nobody could tell `B` and `A` apart in the data";
    data("enum E { A(i64), B(i64) }", message, "B");
    data("enum E { A { a: i64 }, B { a: i64 } }", message, "B");
    data("enum E { A, C(i64), B }", message, "B");
    data("#[serde(untagged)] enum E { A, B }", message, "B");
    assert!(data_mistakes("enum E { A { a: i64 }, B { b: i64 }, C(i64), D }").is_empty());
    assert!(
        data_mistakes("#[serde(tag = \"kind\")] enum E { A { a: i64 }, B { a: i64 }, C, D }")
            .is_empty()
    );
}

#[test]
fn attributes_of_fields() {
    let field = |attribute: &str, message: &str, token: &str| {
        data(
            &format!("struct S {{ #[serde({attribute})] a: i64 }}"),
            message,
            token,
        );
    };
    field(
        "renam = \"b\"",
        "unknown option `renam`, expected one of `rename`, `default`, `skip`, `alias`; did you mean `rename`?",
        "renam",
    );
    field(
        "rename = 3",
        "`rename` takes one name for reading and writing: `rename = \"other name\"`",
        "3",
    );
    field(
        "rename(serialize = \"b\")",
        "`rename` takes one name for reading and writing",
        "rename",
    );
    field(
        "rename = \"b\", rename = \"c\"",
        "option `rename` is given twice",
        "rename",
    );
    field("skip = true", "`skip` takes nothing", "true");
    field(
        "default = \"a b\"",
        "`a b` is no path of a function",
        "\"a b\"",
    );
    field(
        "default = 3",
        "`default` takes nothing, or the path of a function",
        "3",
    );
    field("\"a\"", "expected an option, one of `rename`", "\"a\"");
    field(
        "flatten",
        "a dataclass holds another one under a name",
        "flatten",
    );
    field(
        "with = \"hex\"",
        "Flyte's type is written from the fields",
        "with",
    );
    field(
        "skip_serializing_if = \"Option::is_none\"",
        "a dataclass has all of its fields",
        "skip_serializing_if",
    );
    field(
        "skip_serializing",
        "Flyte has one type for reading and writing",
        "skip_serializing",
    );
}

#[test]
fn attributes_of_types() {
    let of_enum = |attribute: &str, message: &str, token: &str| {
        data(
            &format!("#[serde({attribute})] enum E {{ A, B }}"),
            message,
            token,
        );
    };
    of_enum(
        "rename_all = \"camelcase\"",
        "unknown case `camelcase`, expected one of `lowercase`, ",
        "\"camelcase\"",
    );
    of_enum(
        "rename_all(serialize = \"lowercase\")",
        "`rename_all` takes one case for reading and writing",
        "rename_all",
    );
    of_enum(
        "tag = KIND",
        "`tag` takes one name for reading and writing: `tag = \"kind\"`",
        "KIND",
    );
    of_enum(
        "tag = \"t\", content = \"c\"",
        "a dataclass has its tag among its fields",
        "content",
    );
    of_enum("default", "unknown option `default`", "default");
    data(
        "enum E { A, #[serde(other)] B }",
        "Flyte knows all variants",
        "other",
    );
    data(
        "#[serde] struct S { a: i64 }",
        "`serde` is written `serde(…)`",
        "serde",
    );
    data(
        "struct S { #[flyte(crate = a)] a: i64 }",
        "`flyte(…)` stands on the type",
        "flyte",
    );
    data(
        "enum E { A(#[serde(with = \"hex\")] i64), B }",
        "Flyte's type is written from the fields",
        "with",
    );
    data(
        "enum E { A(#[serde(skip)] i64), B }",
        "a value that is skipped is no value",
        "skip",
    );
    assert!(data_mistakes("#[serde(bound = \"\", crate = \"s\", expecting = \"s\")] struct S { #[serde(borrow)] a: i64 }").is_empty());
    let found = data_mistakes(
        "#[serde(renam = \"b\")] struct S { #[serde(flatten)] a: i64, #[serde(with = \"x\")] b: S }",
    );
    assert_eq!(found.len(), 4, "{found:#?}");
}
