//! A program that runs tasks by their templates, with executors and its own resolver.

use std::thread;
use std::time::Duration;

use flytekit::engine::Outcome;
use flytekit::prelude::*;
use flytekit::registry::{RegisteredTask, Registry};
use flytekit::shim::{
    ShimTaskExecutor, TaskResolver, TaskTemplate, TemplateInputs, TemplateOutputs, load_template,
};
use flytekit_sqlite::SqliteExecutor;

/// Acts as the field `does` of `custom` says.
struct Acting;

flytekit::shim::executor!(Acting, "tests.Acting");

impl ShimTaskExecutor for Acting {
    fn pre_execute(&self, template: &TaskTemplate) -> Result<()> {
        match does(template) {
            "fail before" => Err(Error::user("it cannot begin")),
            "panic before" => panic!("it cannot begin"),
            _ => Ok(()),
        }
    }

    fn execute_from_template(
        &self,
        template: &TaskTemplate,
        inputs: &TemplateInputs<'_>,
    ) -> Result<TemplateOutputs> {
        match does(template) {
            "fail" => Err(Error::user("as it was told")),
            "ask again" => Err(RecoverableError::new("the service restarts").into()),
            "panic" => panic!("as it was told"),
            "tell a secret" => {
                let secret = flytekit::secret("vault", "token")?;
                Err(Error::user(format!("the secret is {secret}")))
            }
            "wait" => {
                std::fs::write(
                    template.custom()["started"].as_str().unwrap_or_default(),
                    "",
                )?;
                thread::sleep(Duration::from_secs(600));
                Ok(TemplateOutputs::new())
            }
            "give nothing" => Ok(TemplateOutputs::new()),
            "give an integer" => TemplateOutputs::of(&7_i64),
            "give two" => TemplateOutputs::new()
                .with("text", &"a".to_owned())?
                .with("more", &1_i64),
            "ask for more" => TemplateOutputs::of(&inputs.get::<String>("more")?),
            "describe" => TemplateOutputs::of(&seen(template, inputs)?),
            other => TemplateOutputs::of(&other.to_owned()),
        }
    }

    fn post_execute(&self, template: &TaskTemplate, outcome: Outcome) -> Result<()> {
        println!("after: {outcome:?}");
        match does(template) {
            "fail after" => Err(Error::user("it cannot clean up")),
            _ => Ok(()),
        }
    }
}

fn does(template: &TaskTemplate) -> &str {
    template.custom()["does"].as_str().unwrap_or("nothing")
}

/// Everything that an executor can see.
fn seen(template: &TaskTemplate, inputs: &TemplateInputs<'_>) -> Result<String> {
    let inputs: Vec<_> = inputs
        .iter()
        .map(|(name, literal)| Ok(format!("{name}={}", literal.content()?)))
        .collect::<Result<_>>()?;
    Ok(format!(
        "{} {} {} {} {:?} {}",
        template.name(),
        template.version(),
        template.task_type(),
        template.custom(),
        template.config("key"),
        inputs.join(" ")
    ))
}

#[derive(Outputs)]
struct Results {
    results: StructuredDataset,
}

// The twin of a `SQLite3Task`.
#[task(
    name = "twin",
    retries = 2,
    env("MODE" = "test"),
    shim(
        executor = SqliteExecutor,
        image = "registry/default:tag",
        task_type = "sqlite",
        custom = { "query_template": QUERY, "uri": "music.db", "compressed": false },
    )
)]
fn twin(most: i64, title: String) -> Result<Results>;

const QUERY: &str =
    "select id, title from tracks where id <= {{.inputs.most}} and title = '{{.inputs.title}}'";

// Its executor exists only in Flyte.
#[task(shim(executor = "module.Nobody", image = "registry/tools:1"))]
fn elsewhere(text: String) -> Result<String>;

#[task(shim(
    executor = Acting,
    image = "registry/tools:1",
    custom = { "does": "describe" },
    config("key" = "value"),
))]
fn described(number: i64, maybe: Option<i64>) -> Result<String>;

#[task(shim(executor = "tests.Acting", image = "registry/tools:1", custom = { "does": "panic" }))]
fn panicking();

#[task(shim(executor = Acting, image = "registry/tools:1", custom = { "does": "give an integer" }))]
fn mistyped() -> Result<String>;

#[task(shim(executor = Acting, image = "registry/tools:1", custom = { "does": "give two" }))]
fn several() -> Result<Two>;

#[derive(Outputs)]
struct Two {
    text: String,
    more: i64,
}

/// Calls tasks that executors run, like any other functions.
#[task]
fn calling(number: i64) -> Result<String> {
    let Two { text, more } = several()?;
    Ok(format!("{} {text} {more}", described(number, None)?))
}

/// Twice the number.
#[task]
fn double(number: i64) -> i64 {
    2 * number
}

/// Finds tasks by short names, and templates in folders.
struct Short;

flytekit::shim::resolver!(Short, "tests.short");

impl TaskResolver for Short {
    fn load_task(&self, args: &[&str], registry: &Registry) -> Result<RegisteredTask> {
        match args {
            ["in", folder] => load_template(&format!("{folder}/task.pb"), "tests.Acting"),
            ["panic"] => panic!("no such task"),
            [name] => {
                let found = registry.tasks.get(&format!("executors.{name}"));
                found
                    .copied()
                    .ok_or_else(|| Error::user(format!("nothing is called `{name}`")))
            }
            _ => Err(Error::user("one name")),
        }
    }
}

fn main() -> std::process::ExitCode {
    flytekit::main()
}
