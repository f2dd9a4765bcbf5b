//! What is well formed but wrong: literals against their grammar, and options against each other
//! and against the function.
//!
//! Const expressions pass: the constructors of the runtime check them while rustc evaluates them.

use std::collections::HashSet;

use flytekit_grammar as grammar;
use proc_macro2::Span;

use crate::syntax::error::{Sink, Warning, at, unknown};
use crate::syntax::function::Function;
use crate::syntax::lists::{Pair, Pairs, Texts};
use crate::syntax::value::{Text, TimeSpan};
use crate::task::model::{
    Accelerator, Amounts, Cache, Dask, DaskPods, Engine, Name, Secret, SecretList, SecretRequest,
    Task,
};
use crate::task::words::{Device, Partition, SharedMemory};
use crate::worker_fn::WorkerFn;

/// Checks everything, so that all mistakes are reported at once.
///
/// Where not the `whole` attribute could be read, an engine may have been meant: then a session is
/// no second mistake.
pub(crate) fn task(task: &Task, whole: bool, sink: &mut Sink) -> Vec<Warning> {
    let mut check = Check {
        sink,
        warnings: Vec::new(),
    };
    if whole {
        check.session(&task.engine, &task.function);
    }
    check.asyncness(&task.engine, &task.function);
    check.engine(&task.engine, &task.function);
    check.name(&task.name);
    check.timeout(task.timeout.as_ref());
    check.cache(task.cache.as_ref(), &task.function);
    check.non_empty(
        task.deprecated.as_ref(),
        "a deprecation says what to use instead",
    );
    check.amounts(&task.requests, &task.limits);
    check.shared_memory(task.shared_memory.as_ref());
    check.accelerator(task.accelerator.as_ref());
    check.env(&task.env);
    check.secrets(&task.secrets);
    check.optional(task.container_image.as_ref(), grammar::image);
    check.pod_of_task(task);
    check.pods_of_spark(task);
    check.non_empty(task.pod_template_name.as_ref(), "a pod template has a name");
    check.labels(&task.labels);
    check.annotations(&task.annotations);
    check.warnings
}

/// Checks a worker function's options.
pub(crate) fn worker_fn(worker_fn: &WorkerFn<'_>, sink: &mut Sink) {
    let mut check = Check {
        sink,
        warnings: Vec::new(),
    };
    match &worker_fn.name {
        Name::Given(name) if name.literal().is_some_and(|name| name.is_empty()) => {
            check.non_empty(Some(name), "leave `name` out for that of the function");
        }
        name => check.name(name),
    }
}

/// A rule of the grammar: whether text is well formed, or what is wrong with it.
pub(crate) type Rule = fn(&str) -> Result<(), &'static str>;

pub(crate) struct Check<'a> {
    pub(crate) sink: &'a mut Sink,
    warnings: Vec<Warning>,
}

impl Check<'_> {
    pub(crate) fn refuse(&mut self, span: Span, reason: impl std::fmt::Display) {
        self.sink.push(at(span, reason));
    }

    pub(crate) fn warn(&mut self, span: Span, message: impl Into<String>) {
        let message = message.into();
        self.warnings.push(Warning { span, message });
    }

    pub(crate) fn text(&mut self, text: &Text, rule: Rule) {
        if let Some(value) = text.literal()
            && let Err(problem) = rule(&value)
        {
            self.refuse(text.span(), sentence(&value, problem));
        }
    }

    pub(crate) fn name(&mut self, name: &Name) {
        if let Name::Given(name) = name {
            self.text(name, grammar::task_name);
        }
    }

    pub(crate) fn optional(&mut self, text: Option<&Text>, rule: Rule) {
        if let Some(text) = text {
            self.text(text, rule);
        }
    }

    pub(crate) fn non_empty(&mut self, text: Option<&Text>, otherwise: &str) {
        if let Some(text) = text
            && text.literal().is_some_and(|value| value.trim().is_empty())
        {
            self.refuse(text.span(), format!("this is empty: {otherwise}"));
        }
    }

    /// ```text
    /// #[task] fn f(spark: &SparkSession)   a plain task has no session …
    /// ```
    pub(crate) fn session(&mut self, engine: &Engine, function: &Function) {
        if let (Engine::Plain, Some(session)) = (engine, &function.session) {
            let owned = &session.owned_instead;
            let reason = format!(
                "a plain task has no session to borrow: name an engine, such as `#[task(spark)]` or `#[task(dask)]`, or take an input, which {owned}"
            );
            self.refuse(session.span, reason);
        }
        if let (Engine::GenericSpark { .. }, Some(session)) = (engine, &function.session) {
            let owned = &session.owned_instead;
            let reason = format!(
                "an application makes its own session, so there is none to borrow: take an input, which {owned}"
            );
            self.refuse(session.span, reason);
        }
    }

    /// ```text
    /// #[task(spark)] async fn f(spark: &SparkSession)   a Spark task cannot be `async` …
    /// #[task(dask)] async fn f(dask: &DaskClient)       a Dask task cannot be `async` …
    /// ```
    pub(crate) fn asyncness(&mut self, engine: &Engine, function: &Function) {
        if let (Engine::Spark { .. }, Some(span)) = (engine, function.asyncness) {
            let reason = "a Spark task cannot be `async`: the Spark Connect client blocks its thread, and panics inside an async runtime";
            self.refuse(span, reason);
        }
        if let (Engine::Dask { .. }, Some(span)) = (engine, function.asyncness) {
            let reason =
                "a Dask task cannot be `async`: the calls of its `DaskClient` block their thread";
            self.refuse(span, reason);
        }
        if let (Engine::GenericSpark { .. }, Some(span)) = (engine, function.asyncness) {
            let reason = "an application cannot be `async`: its function blocks until it has ended";
            self.refuse(span, reason);
        }
    }

    pub(crate) fn engine(&mut self, engine: &Engine, function: &Function) {
        match engine {
            Engine::Plain | Engine::Open { .. } => {}
            Engine::Spark { config, .. } => self.spark(config),
            Engine::GenericSpark { config, .. } => self.generic_spark(config, function),
            Engine::Dask { config, .. } => self.dask(config),
        }
    }

    /// ```text
    /// workers(count = 0)   a Dask cluster needs at least one worker
    /// ```
    pub(crate) fn dask(&mut self, dask: &Dask) {
        if let Some(count) = dask.count.as_ref().filter(|count| count.is_zero()) {
            self.refuse(count.span(), "a Dask cluster needs at least one worker");
        }
        for DaskPods {
            image,
            requests,
            limits,
        } in [&dask.scheduler, &dask.workers]
        {
            self.optional(image.as_ref(), grammar::image);
            self.amounts(requests, limits);
        }
    }

    /// ```text
    /// timeout = "5 min"   `5 min` has an unknown unit: …
    /// timeout = 0         a timeout of zero …
    /// ```
    pub(crate) fn timeout(&mut self, timeout: Option<&TimeSpan>) {
        let (span, length) = match timeout {
            None | Some(TimeSpan::Const(_)) => return,
            Some(TimeSpan::Seconds(int)) => {
                (int.span(), int.base10_parse().ok().map(|secs| (secs, 0)))
            }
            Some(TimeSpan::Literal(text)) => match grammar::duration(&text.value()) {
                Ok(length) => (text.span(), Some(length)),
                Err(problem) => {
                    return self.refuse(text.span(), sentence(&text.value(), problem));
                }
            },
        };
        if length == Some((0, 0)) {
            self.refuse(span, "a timeout of zero is no timeout: leave `timeout` out");
        }
    }

    /// ```text
    /// cache(version = "1", ignore_inputs("c"))   unknown input `c`, expected one of `a`, `b`
    /// ```
    pub(crate) fn cache(&mut self, cache: Option<&Cache>, function: &Function) {
        let Some(Cache::Written {
            version,
            ignore_inputs,
            ..
        }) = cache
        else {
            return;
        };
        self.non_empty(Some(version), "a cache has a version, such as `1.0`");
        let Some(Texts::Entries(ignored)) = ignore_inputs else {
            return;
        };
        let inputs: Vec<&str> = function
            .inputs
            .iter()
            .map(|input| input.name.as_str())
            .collect();
        let mut seen = HashSet::new();
        for text in ignored {
            let Some(name) = text.literal() else { continue };
            if inputs.is_empty() {
                self.refuse(text.span(), "this task has no inputs");
            } else if !inputs.contains(&name.as_str()) {
                self.sink
                    .push(unknown("input", &name, text.span(), &inputs));
            } else if !seen.insert(name.clone()) {
                self.refuse(text.span(), format!("input `{name}` is given twice"));
            }
        }
    }

    /// ```text
    /// requests(mem = "2Gb")                        `2Gb` has an unknown suffix: …
    /// requests(mem = "2Gi"), limits(mem = "1Gi")   the limit `1Gi` is below the request `2Gi`
    /// ```
    pub(crate) fn amounts(&mut self, requests: &Amounts, limits: &Amounts) {
        for amounts in [requests, limits] {
            let Amounts::Written(amounts) = amounts else {
                continue;
            };
            for (name, amount) in amounts {
                self.text(
                    amount,
                    if *name == "gpu" {
                        grammar::gpus
                    } else {
                        quantity
                    },
                );
            }
        }
        let (Amounts::Written(requests), Amounts::Written(limits)) = (requests, limits) else {
            return;
        };
        for (name, request) in requests {
            let Some((_, limit)) = limits.iter().find(|(limited, _)| limited == name) else {
                continue;
            };
            let (Some(request), Some(most)) = (request.literal(), limit.literal()) else {
                continue;
            };
            if let (Ok(requested), Ok(limited)) =
                (grammar::quantity(&request), grammar::quantity(&most))
                && requested > limited
            {
                self.refuse(
                    limit.span(),
                    format!("the limit `{most}` is below the request `{request}`"),
                );
            }
        }
    }

    pub(crate) fn shared_memory(&mut self, shared_memory: Option<&SharedMemory>) {
        if let Some(SharedMemory::Limit(size)) = shared_memory {
            self.text(size, quantity);
        }
    }

    pub(crate) fn accelerator(&mut self, accelerator: Option<&Accelerator>) {
        let Some(Accelerator { device, partition }) = accelerator else {
            return;
        };
        if let Device::Label(label) = device
            && (label.value().is_empty() || !grammar::label_value(&label.value()))
        {
            self.refuse(
                label.span(),
                "this is not the label of a GPU, such as `nvidia-tesla-a100`",
            );
        }
        if let Some(Partition::Size(size)) = partition
            && size.value().is_empty()
        {
            self.refuse(
                size.span(),
                "this is not the size of a partition, such as `2g.10gb`",
            );
        }
    }

    pub(crate) fn env(&mut self, env: &Pairs) {
        self.keys(env, env_name);
    }

    pub(crate) fn secrets(&mut self, secrets: &SecretList) {
        let SecretList::Written(secrets) = secrets else {
            return;
        };
        for secret in secrets {
            let SecretRequest::Written(Secret {
                group,
                key,
                version,
                env_var,
                ..
            }) = secret
            else {
                continue;
            };
            self.non_empty(Some(group), "a secret has a group");
            self.non_empty(Some(key), "a secret has a key");
            self.non_empty(version.as_ref(), "leave `version` out for any");
            self.optional(env_var.as_ref(), env_name);
        }
    }

    pub(crate) fn labels(&mut self, labels: &Pairs) {
        self.keys(labels, label_key);
        for Pair { value, .. } in entries(labels) {
            self.text(value, label_value);
        }
    }

    pub(crate) fn annotations(&mut self, annotations: &Pairs) {
        self.keys(annotations, label_key);
    }

    /// ```text
    /// env("MY VAR" = "1")          `MY VAR` is not …
    /// env("A" = "1", "A" = "2")    `A` is given twice
    /// ```
    pub(crate) fn keys(&mut self, pairs: &Pairs, rule: Rule) {
        let mut seen = HashSet::new();
        for Pair { key, .. } in entries(pairs) {
            self.text(key, rule);
            if let Some(name) = key.literal()
                && !seen.insert(name.clone())
            {
                self.refuse(key.span(), format!("`{name}` is given twice"));
            }
        }
    }
}

/// The sentence that begins with the value and ends with what is wrong with it.
pub(crate) fn sentence(value: &str, problem: &str) -> String {
    if value.is_empty() {
        format!("this {problem}")
    } else {
        format!("`{value}` {problem}")
    }
}

pub(crate) fn entries(pairs: &Pairs) -> &[Pair] {
    match pairs {
        Pairs::Entries(entries) => entries,
        Pairs::Const(_) => &[],
    }
}

pub(crate) fn quantity(text: &str) -> Result<(), &'static str> {
    grammar::quantity(text).map(|_| ())
}

fn env_name(text: &str) -> Result<(), &'static str> {
    let problem = "is not the name of an environment variable: letters, digits, `_`, `.` and `-`, no digit first";
    well_formed(grammar::env_name(text), problem)
}

pub(crate) fn container_name(text: &str) -> Result<(), &'static str> {
    let problem = "is not the name of a container: at most 63 of a-z, 0-9 and `-`, with a letter or digit at both ends";
    well_formed(grammar::dns_label(text), problem)
}

pub(crate) fn label_key(text: &str) -> Result<(), &'static str> {
    let problem = "is not a Kubernetes key: at most 63 letters, digits, `-`, `_` and `.`, optionally behind a domain and `/`";
    well_formed(grammar::label_key(text), problem)
}

pub(crate) fn label_value(text: &str) -> Result<(), &'static str> {
    let problem =
        "is not the value of a Kubernetes label: at most 63 letters, digits, `-`, `_` and `.`";
    well_formed(grammar::label_value(text), problem)
}

pub(crate) fn well_formed(yes: bool, problem: &'static str) -> Result<(), &'static str> {
    if yes { Ok(()) } else { Err(problem) }
}
