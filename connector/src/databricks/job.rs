//! Builds the request that submits a run, from a task's template.

use std::fmt::Write as _;

use flytekit_proto::flyteidl::core::{Container, TaskTemplate, task_template::Target};
use prost_types::value::Kind;
use serde_json::{Map, Number, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::settings::Settings;
use crate::{Failure, NewTask};

type Fields = Map<String, Value>;

/// The variable that makes a failing task fail the run.
const FAIL_ON_ERROR: &str = "FLYTE_FAIL_ON_ERROR";

/// The program that starts a task in Python on Databricks.
struct Entrypoint {
    commit: &'static str,
    classic: &'static str,
    serverless: &'static str,
}

/// flytekit's entrypoints, for both generations.
const FLYTE_1: Entrypoint = Entrypoint {
    commit: "572298df1f971fb58c258398bd70a6372f811c96",
    classic: "flytekitplugins/databricks/entrypoint.py",
    serverless: "flytekitplugins/databricks/entrypoint_serverless.py",
};
const FLYTE_2: Entrypoint = Entrypoint {
    commit: "194364210c47c49ce66c419e8fb68d6f9c06fd7e",
    classic: "flyteplugins/databricks/entrypoint.py",
    serverless: "flyteplugins/databricks/entrypoint.py",
};

/// `RuntimeMetadata.flavor` of tasks whose program is an executable.
const RUST: &str = "rust";

/// `TaskTemplate.custom` as JSON.
pub(super) fn custom(template: &TaskTemplate) -> Result<Fields, Failure> {
    let custom = template.custom.clone().unwrap_or_default();
    of_struct(custom.fields)
}

/// The body of `runs/submit`.
pub(super) fn request(
    task: &NewTask,
    custom: &Fields,
    settings: &Settings,
) -> Result<Value, Failure> {
    let Some(Target::Container(container)) = &task.template.target else {
        return Err(Failure::user(
            "a task on Databricks needs a container with an image and arguments, and this task has none",
        ));
    };
    let Some(Value::Object(conf)) = custom.get("databricksConf") else {
        return Err(Failure::user(
            "the task has no `databricks_conf`, which names the cluster or the environment of the run",
        ));
    };
    let metadata = task.template.metadata.as_ref();
    let runtime = metadata.and_then(|it| it.runtime.as_ref());
    let mut job = Job {
        conf: conf.clone(),
        custom,
        container,
        is_rust: runtime.is_some_and(|it| it.flavor == RUST),
        settings,
    };
    let is_serverless = job.is_serverless()?;
    let notebook = text(custom, "notebookPath");
    match (notebook, is_serverless) {
        (Some(path), true) => job.serverless_notebook(path)?,
        (Some(path), false) => job.classic_notebook(path)?,
        (None, true) => job.serverless_file()?,
        (None, false) => job.classic_file()?,
    }
    if !is_truthy(job.conf.get("idempotency_token")) {
        let token = idempotency_token(task.key().as_deref());
        job.conf
            .insert("idempotency_token".to_owned(), token.into());
    }
    Ok(Value::Object(job.conf))
}

/// A token of at most 64 characters, the same for each try of one attempt.
fn idempotency_token(key: Option<&str>) -> String {
    let Some(key) = key else {
        return Uuid::new_v4().to_string();
    };
    let mut token = String::with_capacity(64);
    for byte in Sha256::digest(key.as_bytes()) {
        // Writing to a string does not fail.
        let _ = write!(token, "{byte:02x}");
    }
    token
}

/// A request, built from the user's configuration.
struct Job<'a> {
    conf: Fields,
    custom: &'a Fields,
    container: &'a Container,
    is_rust: bool,
    settings: &'a Settings,
}

impl Job<'_> {
    /// Whether the run is serverless; a cluster overrides environments.
    fn is_serverless(&self) -> Result<bool, Failure> {
        let is_given = |name| self.conf.get(name).is_some_and(|it| !it.is_null());
        if is_given("existing_cluster_id") || is_given("new_cluster") {
            return Ok(false);
        }
        if is_truthy(self.conf.get("environment_key")) || is_truthy(self.conf.get("environments")) {
            return Ok(true);
        }
        Err(Failure::user(
            "No compute configuration found in databricks_conf: give it `existing_cluster_id` or `new_cluster` \
             (classic), or `environment_key` or `environments` (serverless)",
        ))
    }

    fn classic_file(&mut self) -> Result<(), Failure> {
        let file = self.python_file(|entrypoint| entrypoint.classic)?;
        self.cluster()?;
        let task = json!({"python_file": file, "parameters": self.container.args});
        let task = self.with_source(task);
        self.conf.insert("spark_python_task".to_owned(), task);
        Ok(())
    }

    fn serverless_file(&mut self) -> Result<(), Failure> {
        let file = self.python_file(|entrypoint| entrypoint.serverless)?;
        let key = self.environment()?;
        let mut parameters = self.container.args.clone();
        if let Some(provider) = self.credential_provider() {
            parameters.push(format!("--flyte-credential-provider={provider}"));
        }
        let file = self.with_source(json!({"python_file": file, "parameters": parameters}));
        let task = json!({
            "task_key": "flyte_task",
            "spark_python_task": file,
            "environment_key": key,
        });
        self.conf.insert("tasks".to_owned(), json!([task]));
        Ok(())
    }

    fn classic_notebook(&mut self, path: &str) -> Result<(), Failure> {
        let task = self.notebook(path);
        self.cluster()?;
        self.conf.insert("notebook_task".to_owned(), task);
        Ok(())
    }

    fn serverless_notebook(&mut self, path: &str) -> Result<(), Failure> {
        let notebook = self.notebook(path);
        let key = self.environment()?;
        let task = json!({
            "task_key": "flyte_notebook_task",
            "notebook_task": notebook,
            "environment_key": key,
        });
        self.conf.insert("tasks".to_owned(), json!([task]));
        Ok(())
    }

    /// The task of a notebook, in the workspace or in the user's repository.
    fn notebook(&mut self, path: &str) -> Value {
        let mut task = json!({"notebook_path": path});
        let parameters = self.custom.get("notebookBaseParameters");
        if let Some(parameters) = parameters.filter(|it| is_truthy(Some(it))) {
            task["base_parameters"] = parameters.clone();
        }
        if is_truthy(self.conf.get("git_source")) {
            task["source"] = "GIT".into();
        } else {
            self.conf.remove("git_source");
        }
        task
    }

    /// The user's file, or the one that starts such tasks.
    fn python_file(&mut self, of: impl Fn(&Entrypoint) -> &'static str) -> Result<Value, Failure> {
        match self.conf.remove("python_file") {
            Some(file) if is_truthy(Some(&file)) => Ok(file),
            _ if self.is_rust => self.bootstrap(),
            _ => Ok(of(self.entrypoint()).into()),
        }
    }

    /// The file that starts an executable; the repository too, if the file is in one.
    fn bootstrap(&mut self) -> Result<Value, Failure> {
        if is_truthy(self.conf.get("git_source")) {
            return Err(Failure::user(
                "the task has a `git_source`, but does not name the file in it that starts its executable: give it \
                 `python_file`, or leave `git_source` out",
            ));
        }
        let bootstrap = &self.settings.bootstrap;
        if let Some(source) = bootstrap.git_source() {
            self.conf.insert("git_source".to_owned(), source);
        }
        Ok(bootstrap.file().into())
    }

    /// The entrypoint. The args of Flyte 2 begin with the name of their program.
    fn entrypoint(&self) -> &'static Entrypoint {
        match self.container.args.first() {
            Some(first) if first == "a0" => &FLYTE_2,
            _ => &FLYTE_1,
        }
    }

    /// Adds the source of the file to its task. A file with an absolute path or a URI needs no source, unless
    /// the user names a repository; flytekit looks for every file in a repository.
    fn with_source(&mut self, mut task: Value) -> Value {
        let path = task["python_file"].as_str().unwrap_or_default();
        let (is_absolute, is_uri) = (path.starts_with('/'), path.contains(":/"));
        if is_truthy(self.conf.get("git_source")) || !(is_absolute || is_uri) {
            self.git_source();
            task["source"] = "GIT".into();
        } else {
            self.conf.remove("git_source");
            if is_absolute {
                task["source"] = "WORKSPACE".into();
            }
        }
        task
    }

    /// Adds the repository of the file.
    fn git_source(&mut self) {
        if is_truthy(self.conf.get("git_source")) {
            return;
        }
        let source = json!({
            "git_url": "https://github.com/flyteorg/flytetools",
            "git_provider": "gitHub",
            "git_commit": self.entrypoint().commit,
        });
        self.conf.insert("git_source".to_owned(), source);
    }

    /// Completes a new cluster; an existing cluster is not changed.
    fn cluster(&mut self) -> Result<(), Failure> {
        // The key is only for serverless runs.
        self.conf.remove("environment_key");
        let is_there = |it: &Value| !it.is_null();
        if self.conf.get("existing_cluster_id").is_some_and(is_there) {
            return Ok(());
        }
        let variables = self.variables();
        let Some(cluster) = self
            .conf
            .get_mut("new_cluster")
            .and_then(Value::as_object_mut)
        else {
            return Err(Failure::user(
                "`new_cluster` in databricks_conf is not an object",
            ));
        };
        if !is_truthy(cluster.get("docker_image")) {
            let image = json!({"url": self.container.image});
            cluster.insert("docker_image".to_owned(), image);
        }
        if !is_truthy(cluster.get("spark_conf")) {
            let conf = self.custom.get("sparkConf").cloned();
            cluster.insert("spark_conf".to_owned(), conf.unwrap_or_else(|| json!({})));
        }
        merge(cluster, "spark_env_vars", variables)
    }

    /// Completes the environment of the run, and returns its key.
    fn environment(&mut self) -> Result<String, Failure> {
        let key = match self.conf.remove("environment_key") {
            Some(Value::String(key)) if !key.is_empty() => key,
            Some(other) if is_truthy(Some(&other)) => {
                return Err(Failure::user(
                    "`environment_key` in databricks_conf is not text",
                ));
            }
            _ => "default".to_owned(),
        };
        let variables = self.variables();
        let environments = self.conf.entry("environments").or_insert_with(|| json!([]));
        if environments.is_null() {
            *environments = json!([]);
        }
        let Value::Array(environments) = environments else {
            return Err(Failure::user(
                "`environments` in databricks_conf is not a list",
            ));
        };
        let is_it = |it: &Value| it.get("environment_key").and_then(Value::as_str) == Some(&*key);
        let index = environments.iter().position(is_it).unwrap_or_else(|| {
            environments.push(json!({"environment_key": key, "spec": {"client": "1"}}));
            environments.len() - 1
        });
        let environment = environments[index].as_object_mut();
        let spec = environment.map(|it| it.entry("spec").or_insert_with(|| json!({})));
        let Some(Value::Object(spec)) = spec else {
            return Err(Failure::user(format!(
                "the environment `{key}` in databricks_conf has a `spec` that is not an object"
            )));
        };
        merge(spec, "environment_vars", variables)?;
        Ok(key)
    }

    /// The container's variables, and the one that makes a failing task fail the run.
    fn variables(&self) -> Fields {
        let container = self.container.env.iter();
        let mut variables: Fields = container
            .map(|it| (it.key.clone(), it.value.clone().into()))
            .collect();
        variables.insert(FAIL_ON_ERROR.to_owned(), "true".into());
        variables
    }

    fn credential_provider(&self) -> Option<&str> {
        match self.custom.get("databricksServiceCredentialProvider") {
            Some(provider) => provider.as_str().filter(|it| !it.is_empty()),
            None => self.settings.credential_provider.as_deref(),
        }
    }
}

/// Adds Flyte's variables, which override those of the user.
fn merge(into: &mut Fields, name: &str, variables: Fields) -> Result<(), Failure> {
    let known = into.entry(name).or_insert_with(|| json!({}));
    if known.is_null() {
        *known = json!({});
    }
    let Value::Object(known) = known else {
        return Err(Failure::user(format!(
            "`{name}` in databricks_conf is not an object"
        )));
    };
    known.extend(variables);
    Ok(())
}

/// A text member, if it is not empty.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str().filter(|it| !it.is_empty())
}

/// Whether Python considers the value true.
fn is_truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(Value::Number(it)) => it.as_f64() != Some(0.0),
        Some(Value::String(it)) => !it.is_empty(),
        Some(Value::Array(it)) => !it.is_empty(),
        Some(Value::Object(it)) => !it.is_empty(),
    }
}

fn of_struct(
    fields: impl IntoIterator<Item = (String, prost_types::Value)>,
) -> Result<Fields, Failure> {
    fields
        .into_iter()
        .map(|(name, value)| {
            let value = of_value(value).map_err(|it| {
                Failure::user(format!("`{name}` in the task's configuration {it}"))
            })?;
            Ok((name, value))
        })
        .collect()
}

/// Converts a value. Protobuf numbers are doubles, even if the user wrote an integer.
fn of_value(value: prost_types::Value) -> Result<Value, Failure> {
    Ok(match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(it)) => it.into(),
        Some(Kind::StringValue(it)) => it.into(),
        Some(Kind::NumberValue(it)) => Value::Number(number(it)?),
        Some(Kind::ListValue(it)) => {
            let values = it.values.into_iter().map(of_value);
            Value::Array(values.collect::<Result<_, _>>()?)
        }
        Some(Kind::StructValue(it)) => Value::Object(of_struct(it.fields)?),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "whole, and within the bounds"
)]
fn number(number: f64) -> Result<Number, Failure> {
    /// Up to this number, doubles represent all integers.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= LARGEST {
        return Ok(Number::from(number as i64));
    }
    Number::from_f64(number)
        .ok_or_else(|| Failure::user(format!("is {number}, which JSON does not have")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Container, Failure, Fields, Job, Settings};

    /// A request for a file.
    fn request(conf: Value, is_rust: bool, settings: &Settings) -> Result<Fields, Failure> {
        let Value::Object(conf) = conf else {
            panic!("no object: {conf}")
        };
        let mut job = Job {
            conf,
            custom: &Fields::new(),
            container: &Container::default(),
            is_rust,
            settings,
        };
        job.classic_file()?;
        Ok(job.conf)
    }

    /// The task of a file, and the repository in which Databricks looks for it.
    fn of_file(conf: Value) -> (Value, Value) {
        let mut conf = request(conf, false, &Settings::default()).expect("a request");
        let repository = conf.remove("git_source").unwrap_or_default();
        (conf["spark_python_task"]["source"].clone(), repository)
    }

    #[test]
    fn an_executable_is_started_by_the_bootstrap() {
        let conf = || json!({ "existing_cluster_id": "c" });
        let usual = request(conf(), true, &Settings::default()).expect("a request");
        let task = &usual["spark_python_task"];
        assert_eq!(
            task["python_file"],
            "/Workspace/Shared/flytekit_bootstrap.py"
        );
        assert_eq!(task["source"], "WORKSPACE");
        assert!(!usual.contains_key("git_source"), "{usual:?}");
        let settings = Settings {
            bootstrap: "https://github.com/team/tasks@v1:path/b.py"
                .parse()
                .expect("a place"),
            ..Settings::default()
        };
        let of_repository = request(conf(), true, &settings).expect("a request");
        let task = &of_repository["spark_python_task"];
        assert_eq!(task["python_file"], "path/b.py");
        assert_eq!(task["source"], "GIT");
        assert_eq!(of_repository["git_source"]["git_tag"], "v1");
        // The task's own repository wins. A repository without a file is an error.
        let own = json!({ "existing_cluster_id": "c", "python_file": "/own.py" });
        let own = request(own, true, &settings).expect("a request");
        assert_eq!(own["spark_python_task"]["python_file"], "/own.py");
        assert!(!own.contains_key("git_source"), "{own:?}");
        let half =
            json!({ "existing_cluster_id": "c", "git_source": { "git_url": "https://a.b/c" } });
        let failure = request(half, true, &settings).expect_err("no file");
        assert!(
            failure.to_string().contains("give it `python_file`"),
            "{failure}"
        );
    }

    #[test]
    fn a_file_of_the_workspace_is_in_no_repository() {
        let at = |file: &str| of_file(json!({ "existing_cluster_id": "c", "python_file": file }));
        let workspace = at("/Workspace/Shared/bootstrap.py");
        assert_eq!(workspace, (json!("WORKSPACE"), Value::Null));
        assert_eq!(at("dbfs:/apps/bootstrap.py"), (Value::Null, Value::Null));
        let (source, repository) = at("path/bootstrap.py");
        assert_eq!(source, "GIT");
        assert!(repository["git_url"].is_string(), "{repository}");
        let of_user = json!({ "git_url": "https://example.com/tasks" });
        let conf = json!({
            "existing_cluster_id": "c",
            "python_file": "/bootstrap.py",
            "git_source": of_user,
        });
        assert_eq!(of_file(conf), (json!("GIT"), of_user));
    }
}
