//! The mistakes that the options of `#[task]` refuse.

use super::{one, option};

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
        "`resources` sets both requests and limits",
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
fn decks() {
    option(
        "enable_deck, deck_fields(inputs)",
        "unknown deck field `inputs`, expected one of `timeline`, `source_code`, `dependencies`, `input`, \
         `output`; did you mean `input`?",
        "inputs",
    );
    option(
        "enable_deck, deck_fields(\"Input\")",
        "`deck_fields` takes words",
        "\"Input\"",
    );
    option(
        "enable_deck, deck_fields",
        "`deck_fields` takes words",
        "deck_fields",
    );
    option(
        "deck_fields(input)",
        "`deck_fields` chooses among the parts of a deck",
        "input",
    );
    option(
        "enable_deck = \"yes\"",
        "`enable_deck` takes `true` or `false`",
        "\"yes\"",
    );
    one(
        "#[task(container(image = \"a:1\", command(\"true\")), enable_deck = true)] fn f();",
        "a deck is made by a task's function",
        "true",
    );
    let databricks = |options: &str, function: &str| {
        let options =
            format!("databricks(existing_cluster_id = \"c\", {options}), enable_deck = true");
        format!("#[task({options})] {function}")
    };
    one(
        &databricks("notebook(path = \"/n\")", "fn f();"),
        "a deck is made by a task's function",
        "true",
    );
    // The executable has the function, wherever it lies.
    let elsewhere = databricks("executable = \"/Volumes/a/b/c/app\"", "fn f() {}");
    assert!(super::mistakes(&elsewhere).is_empty(), "{elsewhere}");
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
        "expected `:` and a value after the key",
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
