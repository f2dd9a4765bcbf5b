//! The pages of the attributes name every option.

use std::collections::BTreeSet;

use super::{data_mistakes, launch_plan_mistakes, mistakes, worker_fn_mistakes, workflow_mistakes};

/// The options that a message lists.
fn choices(mistakes: &[String]) -> Vec<&str> {
    let listing = mistakes
        .iter()
        .find_map(|it| it.split_once("expected one of "));
    let (_, choices) = listing.expect("choices");
    let end = choices.find([';', '@']).expect("a place");
    let choices = choices[..end].trim_end();
    choices.split(", ").map(|it| it.trim_matches('`')).collect()
}

#[track_caller]
fn assert_named(page: &str, mistakes: &[String]) {
    let is_of_a_name = |it: char| it.is_alphanumeric() || it == '_';
    let words: BTreeSet<_> = page.split(|it| !is_of_a_name(it)).collect();
    for choice in choices(mistakes) {
        assert!(words.contains(choice), "`{choice}` is not on the page");
    }
}

#[test]
fn of_tasks() {
    let page = include_str!("../../docs/task.md");
    for options in [
        "no_such = 1",
        "spark(no_such)",
        "generic_spark(no_such)",
        "databricks(no_such)",
        "databricks(credentials(no_such))",
        "databricks(notebook(no_such))",
        "dask(no_such)",
        "container(no_such)",
        "container(io_strategy(no_such))",
        "shim(no_such)",
        "dask(scheduler(no_such))",
        "dask(workers(no_such))",
        "cache(no_such)",
        "requests(no_such)",
        "resources(no_such)",
        "accelerator(no_such)",
        "secrets(secret(no_such))",
        "pod_template(no_such)",
        "pod_template(tolerations(toleration(no_such)))",
        "pod_template(volumes(volume(no_such)))",
        "pod_template(volumes(volume(name = \"a\", mount_path = \"/a\", empty_dir(no_such))))",
    ] {
        assert_named(page, &mistakes(&format!("#[task({options})] fn f() {{}}")));
    }
}

#[test]
fn of_worker_functions() {
    assert_named(
        include_str!("../../docs/worker_fn.md"),
        &worker_fn_mistakes("#[worker_fn(no_such)] fn f() {}"),
    );
}

#[test]
fn of_workflows() {
    let page = include_str!("../../docs/workflow.md");
    for source in [
        "#[workflow(no_such)] fn f() -> Result<()> { g()?; Ok(()) }",
        "#[workflow] fn f() -> Result<()> { #[node(no_such)] g()?; Ok(()) }",
        "#[workflow] fn f() -> Result<()> { #[node(cache(no_such))] g()?; Ok(()) }",
    ] {
        assert_named(page, &workflow_mistakes(source));
    }
}

#[test]
fn of_launch_plans() {
    let page = include_str!("../../docs/launch_plan.md");
    for options in [
        "no_such",
        "schedule(no_such)",
        "notifications(no_such)",
        "notifications(email(no_such))",
        "notifications(email(on(no_such), to(\"a@example.com\")))",
        "security(no_such)",
        "concurrency(no_such)",
    ] {
        let source = format!("#[launch_plan(workflow = report, {options})] fn f() -> Result<()>;");
        assert_named(page, &launch_plan_mistakes(&source));
    }
}

#[test]
fn of_data() {
    let page = include_str!("../../docs/flyte_data.md");
    for source in [
        "#[serde(no_such)] struct A { a: i64 }",
        "#[serde(no_such)] enum A { B { c: i64 } }",
        "enum A { #[serde(no_such)] B { c: i64 } }",
        "struct A { #[serde(no_such)] a: i64 }",
    ] {
        assert_named(page, &data_mistakes(source));
    }
}
