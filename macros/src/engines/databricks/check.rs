//! Refuses mistakes in a task on Databricks: in the request, in the program, in the credentials, and in texts
//! that everybody could read in the template.

use std::collections::HashSet;
use std::path::Path;

use flytekit_grammar as grammar;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit};

use super::api::{self, Kind, RUN};
use super::run::place_of;
use super::{Beside, Credentials, Databricks, members};
use crate::engines::spark_settings::setting;
use crate::syntax::check::{Check, sentence, well_formed};
use crate::syntax::error::{Sink, at, list, unknown};
use crate::syntax::json::{Json, JsonObject, Member};
use crate::syntax::lists::Pair;
use crate::syntax::value::{Flag, Text, ungrouped};

/// The fields that the connector writes itself, and the reasons.
const NOT_A_TASKS: &[(&str, &str)] = &[
    (
        "idempotency_token",
        "all executions would have this token, and so would get the run of the first: the connector makes a token for each",
    ),
    (
        "tasks",
        "the connector writes the one task of a run, which is this function or `notebook(…)`",
    ),
    (
        "spark_python_task",
        "the connector writes the task of the run: give its file as `python_file`",
    ),
    (
        "notebook_task",
        "the connector writes the task of the run: give it as `notebook(path = \"…\", parameters(…))`",
    ),
    (
        "job_clusters",
        "a run has one task, and so one cluster: give it as `new_cluster(…)`",
    ),
];

/// The other kinds of tasks of a run.
const OTHER_TASKS: &[&str] = &[
    "spark_jar_task",
    "spark_submit_task",
    "python_wheel_task",
    "pipeline_task",
    "sql_task",
    "dbt_task",
    "run_job_task",
    "condition_task",
    "for_each_task",
];

/// The place of the option `legacy`.
///
/// ```text
/// legacy = LEGACY   `legacy` takes nothing, `true` or `false`, …
/// ```
pub(super) fn legacy(Flag(expr): &Flag, sink: &mut Sink) -> Option<Span> {
    if let Expr::Lit(ExprLit {
        lit: Lit::Bool(truth),
        ..
    }) = ungrouped(expr)
    {
        return truth.value.then(|| expr.span());
    }
    let reason = "`legacy` takes nothing, `true` or `false`, because it decides the task's type";
    sink.push(at(expr.span(), reason));
    None
}

impl Databricks {
    /// ```text
    /// databricks()                                          the run needs compute: …
    /// databricks(new_cluster(…), environment_key = "a")     …
    /// ```
    pub(super) fn check_run(&self, check: &mut Check<'_>) {
        let JsonObject::Members(run) = &self.run else {
            return;
        };
        for member in run {
            not_a_tasks(member, check);
        }
        let known: Vec<_> = run.iter().filter(|member| !is_reserved(member)).collect();
        check.fields(RUN, known.into_iter());
        self.compute(check);
        if let Some(cluster) = self.known("new_cluster") {
            new_cluster(cluster, self.member("new_cluster"), check);
            self.settings_of(cluster, check);
        }
        if let Some(source) = self.known("git_source") {
            git_source(source, self.member("git_source"), check);
        }
        self.environments(check);
    }

    /// The members of an object of the run.
    fn known(&self, name: &str) -> Option<&[Member]> {
        members(&self.member(name)?.value)
    }

    /// ```text
    /// databricks(run_name = "a")                                 the run needs compute: …
    /// databricks(new_cluster(…), existing_cluster_id = "b")      a run has one cluster, …
    /// databricks(existing_cluster_id = "b", environments(…))     a cluster is not serverless: …
    /// ```
    fn compute(&self, check: &mut Check<'_>) {
        let place = |name| self.member(name).map(|member| member.key.span());
        let (new, existing) = (place("new_cluster"), place("existing_cluster_id"));
        let serverless = [place("environment_key"), place("environments")];
        let serverless = serverless.into_iter().flatten().next();
        if new.or(existing).or(serverless).is_none() && self.whole {
            check.refuse(
                self.place,
                "the run needs compute: give a cluster, `new_cluster(…)` or `existing_cluster_id = \"…\"`, or for serverless compute `environments(…)` or `environment_key = \"…\"`",
            );
        }
        if let (Some(_), Some(place)) = (new, existing) {
            let reason =
                "a run has one cluster, and `new_cluster` is another one: leave one of them out";
            check.refuse(place, reason);
        }
        if let (Some(_), Some(place)) = (new.or(existing), serverless) {
            let reason = "this is for serverless compute, and the run has a cluster, which the connector prefers: leave one of them out";
            check.refuse(place, reason);
        }
        if let (None, Some(_), Some(place)) = (new.or(existing), serverless, place("libraries")) {
            let reason = "libraries are for clusters: serverless compute installs the `dependencies` of an environment";
            check.refuse(place, reason);
        }
    }

    /// ```text
    /// conf("spark.…" = "1"), new_cluster(spark_conf("spark.…" = "2"))   the connector gives the cluster …
    /// ```
    fn settings_of(&self, cluster: &[Member], check: &mut Check<'_>) {
        let Some(conf) = cluster.iter().find(|it| it.key.value() == "spark_conf") else {
            return;
        };
        if self.spark.has_conf() {
            let message = "the connector gives the cluster these settings only, and `conf(…)` is then for runs on this machine: leave `spark_conf` out if the cluster is to have `conf(…)`";
            check.warn(conf.key.span(), message);
        }
    }

    /// ```text
    /// environment_key = "b", environments(environment(environment_key = "a"))   …
    /// ```
    fn environments(&self, check: &mut Check<'_>) {
        let Some(Json::Array(environments)) =
            self.member("environments").map(|member| &member.value)
        else {
            return;
        };
        let names: Option<Vec<String>> = environments
            .iter()
            .map(|environment| environment.text("environment_key"))
            .collect();
        let Some(names) = names else { return };
        let key = self.member("environment_key");
        let wanted = match key.map(|member| &member.value) {
            None => "default".to_owned(),
            Some(Json::Text(text)) => text.value(),
            Some(_) => return,
        };
        if !names.is_empty() && !names.contains(&wanted) {
            let key = key.or_else(|| self.member("environments"));
            let place = key.map_or(self.place, place_of);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let reason = format!(
                "the task runs in the environment `{wanted}`, and there is only {}: give `environment_key`, or the environment",
                list(&names)
            );
            check.refuse(place, reason);
        }
    }

    /// Checks the program: a function, started by a Python file, or a notebook.
    ///
    /// ```text
    /// notebook(…), python_file = "a.py"         a run is a notebook or a file: …
    /// git_source(…)                             a file of this repository starts the function: …
    /// python_file = "a.py"                      …
    /// notebook(path = "report")                 …
    /// ```
    pub(super) fn check_program(&self, beside: &Beside<'_>, check: &mut Check<'_>) {
        let file = self.member("python_file");
        let source = self.member("git_source");
        let is_known = matches!(self.run, JsonObject::Members(_));
        let Some(notebook) = &self.notebook else {
            match (file, source) {
                (None, Some(source)) => check.refuse(
                    source.key.span(),
                    "a file of this repository starts the function: name it, `python_file = \"path/bootstrap.py\"`; without it, the connector looks for flytekit's own file, which can only start Python",
                ),
                (Some(file), source) => bootstrap(file, source.is_some(), check),
                (None, None) => {}
            }
            return;
        };
        if let Some(file) = file {
            let reason = "a run is a notebook or a file in Python: leave one of them out";
            check.refuse(file.key.span(), reason);
        }
        if let Some(executable) = &self.executable {
            let reason = "a notebook starts no executable: leave this out";
            check.refuse(executable.span(), reason);
        }
        for input in beside.inputs {
            let reason = format!(
                "a notebook does not get the input `{}`: its parameters are in `notebook(parameters(…))`, and are the same in each execution",
                input.name
            );
            check.refuse(input.variable.span(), reason);
        }
        if let Some(path) = notebook.path.as_ref().filter(|_| is_known) {
            notebook_path(path, source.is_some(), check);
        }
        check.keys(&notebook.parameters, |key| {
            well_formed(!key.is_empty(), "is empty: a parameter has a name")
        });
    }

    /// ```text
    /// credentials(auth_type = pat, oauth_secret = "a")   `oauth_secret` is for `auth_type = oauth_m2m`, …
    /// credentials(token_secret = "dapi…")                this is a token of Databricks, …
    /// ```
    pub(super) fn check_credentials(&self, check: &mut Check<'_>) {
        let Some(Credentials::Written(options)) = &self.credentials else {
            return;
        };
        let of: [(&Option<Text>, &str, &[&str]); 5] = [
            (&options.token_secret, "token_secret", &["pat"]),
            (
                &options.client_id,
                "client_id",
                &["oauth_m2m", "oidc_federation"],
            ),
            (&options.oauth_secret, "oauth_secret", &["oauth_m2m"]),
            (
                &options.oidc_token_file,
                "oidc_token_file",
                &["oidc_federation"],
            ),
            (
                &options.oidc_audience,
                "oidc_audience",
                &["oidc_federation"],
            ),
        ];
        for (text, name, types) in of {
            let Some(text) = text else { continue };
            if let Some(auth_type) = &options.auth_type
                && !types.contains(&auth_type.word.as_str())
            {
                let reason = format!(
                    "`{name}` is for `auth_type` {}, and not for `{}`",
                    list(types),
                    auth_type.word
                );
                check.refuse(text.span(), reason);
            }
        }
        for secret in [&options.token_secret, &options.oauth_secret] {
            if let Some(text) = secret
                && let Some(name) = text.literal()
                && let Err(problem) = grammar::databricks_secret(&name)
            {
                check.refuse(text.span(), format!("this {problem}"));
            }
        }
        let others = [
            (&options.client_id, "a service principal has an id"),
            (&options.oidc_token_file, "the connector reads a file"),
            (&options.oidc_audience, "an audience has a name"),
        ];
        for (text, otherwise) in others {
            check.non_empty(text.as_ref(), otherwise);
        }
    }

    /// ```text
    /// legacy, credentials(…)   flytekit's deprecated `Databricks` has no `credentials`: …
    /// ```
    pub(super) fn check_legacy(&self, check: &mut Check<'_>) {
        let Some(legacy) = self.legacy else { return };
        check.warn(
            legacy,
            "this is flytekit's deprecated `Databricks`, a task of the type `spark`: leave `legacy` out, unless the platform does not serve the type `databricks`",
        );
        let written = self.credentials.as_ref().map(|it| match it {
            Credentials::Const(expr) => expr.span(),
            Credentials::Written(_) => legacy,
        });
        let provider = self.service_credential_provider.as_ref();
        let newer = [
            ("credentials", written),
            ("service_credential_provider", provider.map(Text::span)),
            ("notebook", self.notebook.as_ref().map(|it| it.place)),
        ];
        for (name, place) in newer {
            if let Some(place) = place {
                let reason = format!(
                    "flytekit's deprecated `Databricks` has no `{name}`: leave `legacy` out"
                );
                check.refuse(place, reason);
            }
        }
    }

    /// Checks for secrets, because everybody could read them in the template.
    ///
    /// ```text
    /// run_name = "dapi…"                                this contains a token of Databricks, …
    /// new_cluster(spark_env_vars("API_TOKEN" = "x"))    `API_TOKEN` looks like a secret in clear text: …
    /// ```
    pub(super) fn check_secrets(&self, check: &mut Check<'_>) {
        if let JsonObject::Members(run) = &self.run {
            let own = run.iter().filter(|member| !is_reserved(member));
            own.for_each(|member| secrets_in(member, check));
        }
        let notebook = self.notebook.as_ref();
        let parameters = notebook.map_or(&[][..], |notebook| notebook.parameters.entries());
        for Pair { key, value } in parameters.iter().chain(self.spark.pairs()) {
            if let (Some(name), Some(text)) = (key.literal(), value.literal()) {
                secret_in(&name, &text, value.span(), check);
            }
        }
        let texts = [&self.instance, &self.service_credential_provider];
        let credentials = match &self.credentials {
            Some(Credentials::Written(options)) => vec![
                &options.client_id,
                &options.oidc_token_file,
                &options.oidc_audience,
            ],
            _ => Vec::new(),
        };
        for text in texts.into_iter().chain(credentials).flatten() {
            if let Some(value) = text.literal() {
                token_in(&value, text.span(), check);
            }
        }
    }
}

fn is_reserved(member: &Member) -> bool {
    let name = member.key.value();
    NOT_A_TASKS.iter().any(|(other, _)| *other == name) || OTHER_TASKS.contains(&name.as_str())
}

/// ```text
/// databricks_conf = { "tasks": [] }            the connector writes the one task of a run, …
/// databricks_conf = { "spark_jar_task": {} }   a run is this function or a notebook, …
/// ```
fn not_a_tasks(member: &Member, check: &mut Check<'_>) {
    let name = member.key.value();
    if let Some((_, reason)) = NOT_A_TASKS.iter().find(|(other, _)| *other == name) {
        check.refuse(member.key.span(), reason);
    } else if OTHER_TASKS.contains(&name.as_str()) {
        let reason = "a run is this function or `notebook(…)`, and has no other task";
        check.refuse(member.key.span(), reason);
    }
}

/// ```text
/// new_cluster(num_workers = 2)                                 a new cluster has a `spark_version`, …
/// new_cluster(…, num_workers = 2, autoscale(min_workers = 1))  …
/// new_cluster(…, autoscale(min_workers = 3, max_workers = 2))  …
/// ```
fn new_cluster(cluster: &[Member], whole: Option<&Member>, check: &mut Check<'_>) {
    let find = |name: &str| cluster.iter().find(|it| it.key.value() == name);
    let place = whole.map_or_else(Span::call_site, |whole| whole.key.span());
    if find("spark_version").is_none() && find("policy_id").is_none() {
        let reason = "a new cluster has a `spark_version`, such as \"17.3.x-scala2.13\", unless a policy (`policy_id`) gives it one";
        check.refuse(place, reason);
    }
    let (workers, autoscale) = (find("num_workers"), find("autoscale"));
    if let (Some(_), Some(autoscale)) = (workers, autoscale) {
        let reason = "a cluster has a fixed number of workers, `num_workers`, or scales by itself: leave one of them out";
        check.refuse(autoscale.key.span(), reason);
    }
    if let Some(range) = autoscale
        && let (Some(min), Some(max)) = (
            number(range.value.member("min_workers")),
            number(range.value.member("max_workers")),
        )
        && min > max
    {
        let reason = format!("there are at least {min} workers and at most {max}: swap them");
        check.refuse(range.key.span(), reason);
    }
    let settings = find("spark_conf").and_then(|it| members(&it.value));
    for Member { key, value } in settings.unwrap_or_default() {
        let name = key.value();
        if let Err(problem) = grammar::spark_key(&name) {
            check.refuse(key.span(), sentence(&name, problem));
            continue;
        }
        let text = match value {
            // Databricks fills in a secret on the cluster.
            Json::Text(text) if !text.value().starts_with("{{") => {
                Some((text.value(), text.span()))
            }
            _ => None,
        };
        setting((&name, key.span()), text, check);
    }
    let variables = find("spark_env_vars").and_then(|it| members(&it.value));
    for Member { key, .. } in variables.unwrap_or_default() {
        if !grammar::env_name(&key.value()) {
            let problem = "is not the name of an environment variable";
            check.refuse(key.span(), sentence(&key.value(), problem));
        }
    }
}

fn number(json: Option<&Json>) -> Option<f64> {
    match json? {
        Json::Number(literal, false) => literal.to_string().parse().ok(),
        _ => None,
    }
}

/// ```text
/// git_source(git_url = "git@…")    …
/// git_source(git_url = "https://…", git_provider = gitHub)   a source needs a revision: …
/// ```
fn git_source(source: &[Member], whole: Option<&Member>, check: &mut Check<'_>) {
    let find = |name: &str| source.iter().find(|it| it.key.value() == name);
    let place = whole.map_or_else(Span::call_site, |whole| whole.key.span());
    for (name, example) in [
        ("git_url", "git_url = \"https://github.com/team/tasks\""),
        ("git_provider", "git_provider = gitHub"),
    ] {
        if find(name).is_none() {
            check.refuse(place, format!("a source needs `{name}`: `{example}`"));
        }
    }
    if let Some(Member {
        value: Json::Text(url),
        ..
    }) = find("git_url")
        && !url.value().starts_with("https://")
    {
        let problem = "is not an address that Databricks fetches from: begin it with `https://`";
        check.refuse(url.span(), sentence(&url.value(), problem));
    }
    let states = ["git_commit", "git_tag", "git_branch"];
    let given: Vec<_> = states.into_iter().filter_map(find).collect();
    match &given[..] {
        [] => check.refuse(
            place,
            "a source needs a revision: give one of `git_commit`, `git_tag`, `git_branch`",
        ),
        [_] => {}
        [_, second, ..] => check.refuse(
            second.key.span(),
            "a source has one revision: give one of `git_commit`, `git_tag`, `git_branch`",
        ),
    }
}

/// ```text
/// python_file = "run.py"                       …
/// git_source(…), python_file = "/a/run.py"     …
/// ```
fn bootstrap(file: &Member, from_git: bool, check: &mut Check<'_>) {
    let Json::Text(text) = &file.value else {
        return;
    };
    let path = text.value();
    let is_absolute = path.starts_with('/') || path.contains(":/");
    let extension = Path::new(&path).extension();
    let problem = if extension.is_none_or(|it| it != "py") {
        "does not end in `.py`: it is the file in Python that starts the executable"
    } else if from_git && is_absolute {
        "is taken from `git_source`: write its path in the repository, without a leading `/`"
    } else if !from_git && !is_absolute {
        "is not an absolute path: write the path of a file of the workspace, such as `/Workspace/Shared/bootstrap.py`, or give the `git_source` of the file"
    } else {
        return;
    };
    check.refuse(text.span(), sentence(&path, problem));
}

/// ```text
/// notebook(path = "report")                     …
/// notebook(path = "/report"), git_source(…)     …
/// ```
fn notebook_path(text: &Text, from_git: bool, check: &mut Check<'_>) {
    let Some(path) = text.literal() else { return };
    let problem = match (path.starts_with('/'), from_git) {
        _ if path.is_empty() => "is empty: a notebook needs a path",
        (false, false) => {
            "is not an absolute path: write the path of a notebook of the workspace, such as `/Users/me@example.com/report`, or give the `git_source` of the notebook"
        }
        (true, true) => {
            "is taken from `git_source`: write its path in the repository, without a leading `/`"
        }
        _ => return,
    };
    check.refuse(text.span(), sentence(&path, problem));
}

fn secrets_in(member: &Member, check: &mut Check<'_>) {
    match &member.value {
        Json::Text(text) => secret_in(&member.key.value(), &text.value(), text.span(), check),
        value => secrets_in_item(value, check),
    }
}

fn secrets_in_item(item: &Json, check: &mut Check<'_>) {
    match item {
        Json::Text(text) => {
            token_in(&text.value(), text.span(), check);
        }
        Json::Object(members) => members.iter().for_each(|it| secrets_in(it, check)),
        Json::Array(items) => items.iter().for_each(|item| secrets_in_item(item, check)),
        _ => {}
    }
}

/// The endings of names of secrets.
const SECRETS: &[&str] = &[
    "token",
    "password",
    "secret",
    "secret_key",
    "secret.key",
    "access_key",
    "access.key",
    "api_key",
    "primary_key",
];

fn secret_in(name: &str, text: &str, place: Span, check: &mut Check<'_>) {
    if token_in(text, place, check) || text.is_empty() || text.contains("{{secrets/") {
        return;
    }
    let lower = name.to_ascii_lowercase();
    if SECRETS.iter().any(|end| lower.ends_with(end)) {
        let reason = format!(
            "`{name}` looks like a secret in clear text, and everybody can read a template: write `{{{{secrets/SCOPE/KEY}}}}`, which Databricks replaces on the cluster"
        );
        check.refuse(place, reason);
    }
}

/// Refuses a token, and returns whether there was one.
fn token_in(text: &str, place: Span, check: &mut Check<'_>) -> bool {
    match grammar::databricks_text(text) {
        Ok(()) => false,
        Err(problem) => {
            check.refuse(place, format!("this {problem}"));
            true
        }
    }
}

impl Check<'_> {
    /// Checks that each member is a field of the type, and has a value of the right kind.
    ///
    /// ```text
    /// { "num_worker": 2 }       unknown key `num_worker`, expected one of …; did you mean `num_workers`?
    /// { "num_workers": "2" }    `num_workers` takes a whole number
    /// ```
    fn fields<'m>(&mut self, of: &str, members: impl Iterator<Item = &'m Member>) {
        let mut seen = HashSet::new();
        for member in members {
            let name = member.key.value();
            let Some(kind) = api::kind(of, &name) else {
                let names = api::names(of);
                self.sink
                    .push(unknown("key", &name, member.key.span(), &names));
                continue;
            };
            // The run's own were compared when its options and its JSON were put together.
            if of != RUN {
                self.key_once(&member.key, &mut seen);
            }
            self.field(kind, member);
        }
    }

    fn field(&mut self, kind: Kind, member: &Member) {
        let place = place_of(member);
        let name = member.key.value();
        let takes = |what: &str| format!("`{name}` takes {what}");
        match (kind, &member.value) {
            (Kind::Anything, value) => value.objects(&mut |members| self.keys_once(members)),
            (_, Json::Const(_) | Json::Checked(..))
            | (Kind::Flag, Json::Bool(_))
            | (Kind::Number, Json::Number(..)) => {}
            (Kind::Text, Json::Text(text)) => {
                if text.value().is_empty() {
                    self.refuse(text.span(), format!("this is empty: leave `{name}` out"));
                }
            }
            (Kind::Count, Json::Number(number, negative)) => {
                let number = number.to_string().parse::<f64>().unwrap_or_default();
                if *negative || number.fract() != 0.0 {
                    self.refuse(place, takes("a whole number, which is not negative"));
                }
            }
            (Kind::Texts, Json::Array(items)) if items.iter().all(is_text) => {}
            (Kind::Strings, Json::Object(members)) => {
                self.keys_once(members);
                for member in members.iter().filter(|it| !is_text(&it.value)) {
                    let reason = format!("a value of `{name}` is text: put it in quotes");
                    self.refuse(place_of(member), reason);
                }
            }
            (Kind::Word(words), Json::Text(text)) => {
                let (words, written) = (Kind::words(words), text.value());
                if !words.contains(&written.as_str()) {
                    let what = format!("`{name}`");
                    self.sink
                        .push(unknown(&what, &written, text.span(), &words));
                }
            }
            (Kind::Object(of), Json::Object(members)) => self.fields(of, members.iter()),
            (Kind::Objects(of) | Kind::Choices(of), Json::Array(items)) => {
                for item in items {
                    match item {
                        Json::Object(members) => {
                            self.fields(of, members.iter());
                            if matches!(kind, Kind::Choices(_)) && members.len() > 1 {
                                let reason =
                                    format!("one of `{name}` has one of {}", list(&api::names(of)));
                                self.refuse(members[1].key.span(), reason);
                            }
                        }
                        Json::Const(_) => {}
                        _ => self.refuse(place, takes("a list of objects")),
                    }
                }
            }
            (Kind::Text, _) => self.refuse(place, takes("text")),
            (Kind::Count, _) => self.refuse(place, takes("a whole number")),
            (Kind::Number, _) => self.refuse(place, takes("a number")),
            (Kind::Flag, _) => self.refuse(place, takes("`true` or `false`")),
            (Kind::Texts, _) => self.refuse(place, takes("a list of texts")),
            (Kind::Strings, _) => self.refuse(place, takes("an object of texts")),
            (Kind::Word(words), _) => {
                let words = list(&Kind::words(words));
                self.refuse(place, format!("`{name}` is one of {words}"));
            }
            (Kind::Object(of), _) => {
                let names = list(&api::names(of));
                self.refuse(place, format!("`{name}` takes an object, with {names}"));
            }
            (Kind::Objects(_) | Kind::Choices(_), _) => {
                self.refuse(place, takes("a list of objects"));
            }
        }
    }
}

fn is_text(json: &Json) -> bool {
    matches!(json, Json::Text(_) | Json::Const(_) | Json::Checked(..))
}
