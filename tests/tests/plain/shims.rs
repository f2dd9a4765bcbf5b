//! Shim tasks, in containers with the args of Python's shim tasks.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use flytekit::types::OutputsWriter;
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::literal_type::Type;
use flytekit_proto::flyteidl::core::{
    Identifier, LiteralMap, LiteralType, SchemaType, Secret, SecurityContext, SimpleType,
    TaskTemplate, TypedInterface, Variable, VariableMap,
};
use flytekit_tests::{Ended, assert_no_problems, run, script};
use prost::Message as _;
use prost_types::value::Kind as Json;
use prost_types::{Struct, Value};

use crate::container::{Container, Run, assert_says};
use crate::failures::wait_for;

const BINARY: &str = env!("CARGO_BIN_EXE_executors");
pub(crate) const BY_TEMPLATE: &str =
    "flytekit.core.python_customized_container_task.default_task_template_resolver";

fn variables(variables: &[(&str, SimpleType)]) -> VariableMap {
    let variables = variables.iter().map(|(name, simple)| {
        let variable = Variable {
            r#type: Some(LiteralType {
                r#type: Some(Type::Simple((*simple).into())),
                ..LiteralType::default()
            }),
            ..Variable::default()
        };
        ((*name).to_owned(), variable)
    });
    VariableMap {
        variables: variables.collect(),
    }
}

fn text(text: &str) -> Value {
    Value {
        kind: Some(Json::StringValue(text.to_owned())),
    }
}

/// The template of a task from an integer to a text, whose executor does what `does` names.
pub(crate) fn template(does: &str) -> TaskTemplate {
    let number = Value {
        kind: Some(Json::NumberValue(3.0)),
    };
    TaskTemplate {
        id: Some(Identifier {
            name: "a task of Python's".to_owned(),
            version: "v7".to_owned(),
            ..Identifier::default()
        }),
        r#type: "acting".to_owned(),
        interface: Some(TypedInterface {
            inputs: Some(variables(&[("number", SimpleType::Integer)])),
            outputs: Some(variables(&[("text", SimpleType::String)])),
        }),
        custom: Some(Struct {
            fields: BTreeMap::from([("does".to_owned(), text(does)), ("n".to_owned(), number)]),
        }),
        security_context: Some(SecurityContext {
            secrets: vec![Secret {
                group: "vault".to_owned(),
                key: "token".to_owned(),
                env_var: "MY_TOKEN".to_owned(),
                ..Secret::default()
            }],
            ..SecurityContext::default()
        }),
        config: [("key".to_owned(), "value".to_owned())].into(),
        ..TaskTemplate::default()
    }
}

/// A container with flytekit's args of a shim task, and its input.
pub(crate) fn container(template: &[u8]) -> Container {
    let container = Container::of("").inputs(|inputs| inputs.output("number", &5_i64));
    fs::write(container.path("task.pb"), template).expect("a file");
    let path = container.path("task.pb");
    asking(
        container,
        &[BY_TEMPLATE, "--", &path.to_string_lossy(), "tests.Acting"],
    )
}

/// The container with other args after `--resolver`.
pub(crate) fn asking(mut container: Container, words: &[&str]) -> Container {
    let mut command = Command::new(BINARY);
    command.args(["pyflyte-execute", "--inputs"]);
    command.arg(container.path("inputs.pb"));
    command.arg("--output-prefix").arg(&container.prefix);
    command
        .arg("--raw-output-data-prefix")
        .arg(container.path("raw"));
    command.arg("--resolver").args(words);
    for (name, _) in container.command.get_envs() {
        command.env_remove(name);
    }
    container.command = command;
    container
}

pub(crate) fn acting(does: &str) -> Container {
    container(&template(does).encode_to_vec())
}

/// A run that gets a signal while its executor works.
pub(crate) fn told_to_end() -> Run {
    let container = acting("wait");
    let started = container.path("started");
    let mut waiting = template("wait");
    let custom = waiting.custom.as_mut().expect("an object");
    custom
        .fields
        .insert("started".to_owned(), text(&started.to_string_lossy()));
    fs::write(container.path("task.pb"), waiting.encode_to_vec()).expect("a file");
    container.run_and(|child| {
        wait_for(&started);
        flytekit_tests::signal("TERM", child.id());
    })
}

/// A container of a query of a missing database.
pub(crate) fn query(query: &str) -> Container {
    let custom = [("query_template", query), ("uri", "music.db")];
    let query = TaskTemplate {
        interface: Some(TypedInterface {
            outputs: Some(VariableMap {
                variables: [("results".to_owned(), table())].into(),
            }),
            ..TypedInterface::default()
        }),
        custom: Some(Struct {
            fields: custom
                .map(|(name, value)| (name.to_owned(), text(value)))
                .into(),
        }),
        ..template("")
    };
    let container = container(&query.encode_to_vec()).inputs(|_| Ok(()));
    let path = container.path("task.pb");
    let executor = "flytekit.extras.sqlite3.task.SQLite3TaskExecutor";
    asking(
        container,
        &[BY_TEMPLATE, "--", &path.to_string_lossy(), executor],
    )
}

/// An output, like flytekit declares tables of queries.
fn table() -> Variable {
    Variable {
        r#type: Some(LiteralType {
            r#type: Some(Type::Schema(SchemaType::default())),
            ..LiteralType::default()
        }),
        ..Variable::default()
    }
}

#[track_caller]
fn assert_text(run: &Run, expected: &str) {
    let mut outputs = OutputsWriter::new();
    outputs
        .output("text", &expected.to_owned())
        .expect("a text");
    let outputs = LiteralMap::decode(&*outputs.finish()).expect("a LiteralMap");
    assert_eq!(run.outputs(), outputs);
}

#[test]
fn the_executor_sees_what_the_template_says() {
    let run = acting("describe").run();
    assert_text(
        &run,
        "a task of Python's v7 acting {\"does\":\"describe\",\"n\":3} Some(\"value\") number=integer 5",
    );
    assert!(
        run.ended.text().contains("after: Succeeded"),
        "{}",
        run.ended
    );
}

#[test]
fn failures_are_those_of_any_task() {
    for (does, code, said) in [
        ("fail", "USER:RuntimeError", "as it was told"),
        ("fail before", "USER:RuntimeError", "it cannot begin"),
        ("fail after", "USER:RuntimeError", "it cannot clean up"),
        (
            "panic",
            "USER:Panic",
            "panicked at tests/src/bin/executors.rs:",
        ),
        ("panic before", "USER:Panic", "it cannot begin"),
        (
            "give nothing",
            "USER:RuntimeError",
            "the executor returned no output `text`",
        ),
        (
            "give an integer",
            "USER:RuntimeError",
            "output text: expected string, found integer 7: it is not of the type that the template declares",
        ),
        (
            "give two",
            "USER:RuntimeError",
            "the executor returned `more`, which the template does not declare; its outputs are: `text`",
        ),
        (
            "ask for more",
            "USER:RuntimeError",
            "asks for the input `more`, which the template does not declare; it has: number",
        ),
    ] {
        let run = acting(does).run();
        assert_says(&run.user_error(code), &["task a task of Python's", said]);
        let after = match does {
            "fail before" | "panic before" => "",
            "fail after" => "after: Succeeded\n",
            _ => "after: Failed\n",
        };
        assert_eq!(run.ended.text(), after, "{}", run.ended);
    }
    let run = acting("ask again").run();
    let error = run.error("USER:Recoverable", Kind::Recoverable, ErrorKind::User);
    assert_says(&error, &["the service restarts"]);
}

#[test]
fn the_exit_code_is_that_of_any_task() {
    let run = acting("fail").env("FLYTE_FAIL_ON_ERROR", "true").run();
    assert_eq!(run.ended.code(), Some(1), "{}", run.ended);
    assert_says(&run.document(), &["as it was told"]);
}

#[test]
fn inputs_are_those_that_the_template_declares() {
    for (inputs, said) in [
        (None, "input `number` is missing"),
        (
            Some("five"),
            "input number: expected integer, found string \"five\"",
        ),
    ] {
        let run = acting("describe")
            .inputs(|map| inputs.map_or(Ok(()), |text| map.output("number", &text.to_owned())))
            .run();
        assert_says(
            &run.user_error("USER:BadInput"),
            &["a task of Python's", said],
        );
        assert!(!run.ended.text().contains("after"), "{}", run.ended);
    }
    let more = acting("describe").inputs(|map| {
        map.output("number", &1_i64)?;
        map.output("other", &2_i64)
    });
    let more = more.run().user_error("USER:BadInput");
    assert_says(&more, &["input `other` is not one of this task's (number)"]);
}

#[test]
fn a_template_that_is_none_is_named() {
    let missing = container(b"");
    fs::remove_file(missing.path("task.pb")).expect("a file");
    assert_says(
        &missing.run().system_error(),
        &["the template ", "task.pb cannot be read"],
    );

    let whole = template("describe").encode_to_vec();
    let half = container(&whole[..whole.len() / 2])
        .run()
        .user_error("USER:RuntimeError");
    assert_says(
        &half,
        &["task.pb is not a template of a task", "tests.Acting"],
    );

    let empty = container(b"").run().user_error("USER:RuntimeError");
    assert_says(&empty, &["the template does not name its task"]);

    let mut strange = template("describe");
    strange.interface = Some(TypedInterface {
        inputs: Some(variables(&[("number", SimpleType::Binary)])),
        ..TypedInterface::default()
    });
    let strange = container(&strange.encode_to_vec())
        .run()
        .user_error("USER:RuntimeError");
    assert_says(
        &strange,
        &["`number` of the template's interface has a type"],
    );

    let large = container(&whole);
    let file = fs::File::options()
        .write(true)
        .open(large.path("task.pb"))
        .expect("a file");
    file.set_len((64 << 20) + 1).expect("a sparse file");
    assert_says(
        &large.run().user_error("USER:RuntimeError"),
        &["more than 64 MiB"],
    );

    let words = [BY_TEMPLATE, "--", "{{.taskTemplatePath}}", "tests.Acting"];
    let unrendered = asking(acting("describe"), &words)
        .run()
        .user_error("USER:RuntimeError");
    assert_says(
        &unrendered,
        &["which Flyte replaces by the URI of the task's template"],
    );
}

#[test]
fn what_nobody_is_called_is_named_with_what_there_is() {
    for (words, said) in [
        (
            &[BY_TEMPLATE, "--", "task.pb", "module.Nobody"][..],
            &[
                "no executor `module.Nobody`; it has `flytekit.extras.sqlite3.task.SQLite3TaskExecutor`, \
                 `tests.Acting`",
                "use flytekit_sqlite as _;",
            ][..],
        ),
        (&[BY_TEMPLATE, "--", "task.pb"], &["but got `task.pb`"]),
        (
            &[BY_TEMPLATE],
            &["the URI of a template and the name of an executor"],
        ),
        (
            &["nobody", "--", "x"],
            &["no resolver `nobody`; it has", BY_TEMPLATE, "`tests.short`"],
        ),
        (&["tests.short", "--", "x"], &["nothing is called `x`"]),
    ] {
        let run = asking(acting("describe"), words).run();
        assert_says(&run.user_error("USER:RuntimeError"), said);
    }
}

#[test]
fn a_resolver_of_ones_own_finds_tasks_and_templates() {
    const BY_NAME: &str = "flytekit.core.python_auto_container.default_task_resolver";
    let doubled = |words: &[&str]| {
        let run = asking(acting("describe"), words).run();
        let mut outputs = OutputsWriter::new();
        outputs.output("o0", &10_i64).expect("an integer");
        assert_eq!(
            run.outputs(),
            LiteralMap::decode(&*outputs.finish()).expect("a LiteralMap"),
            "{words:?}"
        );
    };
    doubled(&["tests.short", "--", "double"]);
    doubled(&[
        BY_NAME,
        "--",
        "task-module",
        "executors",
        "task-name",
        "double",
    ]);

    let container = acting("hello");
    let folder = container.path("");
    let words = ["tests.short", "--", "in", &folder.to_string_lossy()];
    assert_text(&asking(container, &words).run(), "hello");

    let run = asking(acting("describe"), &["tests.short", "--", "panic"]).run();
    assert_says(&run.user_error("USER:Panic"), &["no such task"]);
    let run = asking(
        acting("describe"),
        &[
            BY_NAME,
            "--",
            "task-module",
            "executors",
            "task-name",
            "duble",
        ],
    );
    let error = run.run().user_error("USER:RuntimeError");
    assert_says(
        &error,
        &["no task `executors.duble`; did you mean `executors.double`?"],
    );
}

#[test]
fn flytekits_name_of_the_program_is_one_of_its_own() {
    let mut container = acting("hello");
    let program = container.path("pyflyte-execute");
    std::os::unix::fs::symlink(BINARY, &program).expect("a link");
    let mut renamed = Command::new(&program);
    renamed.args(container.command.get_args().skip(1));
    container.command = renamed;
    assert_text(&container.run(), "hello");
}

#[test]
fn secrets_of_the_template_stay_in_the_process() {
    for (variable, value) in [
        ("_FSEC_VAULT_TOKEN", "s3cr3t-token"),
        ("MY_TOKEN", "s3cr3t-token"),
    ] {
        let run = acting("tell a secret").env(variable, value).run();
        let error = run.user_error("USER:RuntimeError");
        assert_says(&error, &["the secret is [secret]"]);
        let told = run.ended.text() + &run.ended.stderr + &error.message;
        assert!(!told.contains("s3cr3t"), "{told}");
    }
}

#[test]
fn a_signal_is_the_platforms_word() {
    let run = told_to_end();
    assert_eq!(run.ended.code(), Some(128 + 15), "{}", run.ended);
    let error = run.document();
    assert_says(&error, &["a task of Python's", "told to end by SIGTERM"]);
    assert_eq!(
        (error.kind(), error.origin()),
        (Kind::Recoverable, ErrorKind::System)
    );
}

/// `run` of a declared task.
fn run_here(words: &[&str]) -> Ended {
    run(Command::new(BINARY).arg("run").args(words).arg("--json"))
}

#[test]
fn a_declared_task_runs_here_where_its_executor_is() {
    let described = "executors.described  python-task {\"does\":\"describe\"} Some(\"value\") \
                     maybe=a union with tag \"none\" number=integer 3";
    for (task, text) in [
        ("executors.described", described.to_owned()),
        ("executors.calling", format!("{described} a 1")),
    ] {
        let ended = run_here(&[task, "--number", "3"]);
        assert!(ended.success(), "{ended}");
        // The output of executors comes first.
        let printed = ended.text();
        let outputs = printed
            .lines()
            .last()
            .map(serde_json::from_str::<serde_json::Value>);
        let outputs = outputs.expect("a line").expect("JSON");
        assert_eq!(outputs["o0"], text, "{ended}");
    }
}

#[test]
fn a_declared_task_fails_as_its_executor_does() {
    for (words, said) in [
        (
            &["executors.elsewhere", "--text", "x"][..],
            "the task `executors.elsewhere` is for another image, and runs here only with its executor: this program has no executor `module.Nobody`",
        ),
        (
            &["executors.panicking"],
            "panicked at tests/src/bin/executors.rs:",
        ),
        (
            &["executors.mistyped"],
            "output o0: expected string, found integer 7: it is not of the type that the template declares",
        ),
    ] {
        let ended = run_here(words);
        assert_eq!(ended.code(), Some(1), "{ended}");
        assert!(ended.stderr.contains(said), "{ended}");
    }
}

#[test]
fn pythons_queries_run_here_as_there() {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let ended = run(script("shims.py").arg(BINARY).arg(report.path()));
    assert!(ended.success(), "{ended}");
    let cases: BTreeMap<String, Vec<String>> = serde_json::from_reader(report).expect("a report");
    assert!(!cases.is_empty());
    assert_no_problems(&cases);
}
