//! Refuses tasks that are well-formed, but wrong: checks literals against their grammar, and options against
//! each other and against the function.
//!
//! Const expressions pass: the runtime's constructors check them while rustc evaluates them.

use std::collections::HashSet;

use flytekit_grammar as grammar;
use syn::spanned::Spanned;

use super::model::{Accelerator, Cache, Secret, SecretList, SecretRequest, Task};
use super::read::function::Function;
use super::read::words::{Device, Partition, SharedMemory, known_device};
use crate::emit::names;
use crate::engines::{EngineUse, engine_of_session};
use crate::pod::check::{env_name, quantity};
use crate::pod::model::PodTemplate;
use crate::syntax::check::{Check, sentence};
use crate::syntax::error::{Sink, Warning};
use crate::syntax::lists::Texts;
use crate::syntax::value::TimeSpan;

/// Checks everything, so that all mistakes are reported together.
///
/// If the attribute could not be parsed as a `whole`, it may contain an engine: then a session is not another
/// mistake.
pub(crate) fn task(task: &Task, whole: bool, sink: &mut Sink) -> Vec<Warning> {
    let mut check = Check::new(sink);
    if whole {
        check.session(&task.engine, &task.function);
    }
    check.asyncness(&task.engine, &task.function);
    task.engine.parts.check(&task.beside_engine(), &mut check);
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
    check.images(task);
    check.pod_of_task(task);
    check.non_empty(task.pod_template_name.as_ref(), "a pod template has a name");
    check.labels(&task.labels);
    check.annotations(&task.annotations);
    check.deck(task);
    check.warnings
}

impl Check<'_> {
    /// ```text
    /// #[task(container(…), enable_deck)] fn count(text: String) -> i64;   a deck is made by a function, …
    /// ```
    fn deck(&mut self, task: &Task) {
        let body = || {
            let handle = names::handle(&task.function.name);
            let (engine, beside) = (&task.engine, task.beside_engine());
            engine.parts.body(&handle, engine.place, &beside)
        };
        if let Some(deck) = &task.deck
            && body().is_some()
        {
            let reason =
                "a deck is made by a task's function, and this task has none in this program";
            self.refuse(deck.is_enabled.0.span(), reason);
        }
    }

    /// ```text
    /// #[task] fn f(text: &str)                              a plain task has no session …
    /// #[task] fn f(spark: &SparkSession)                    … write `#[task(spark)]`
    /// #[task(spark)] fn f(spark: &'static SparkSession)     the session lives as long as the run: …
    /// ```
    fn session(&mut self, engine: &EngineUse, function: &Function) {
        let Some(session) = &function.session else {
            return;
        };
        match (engine.no_session, engine_of_session(&session.ty)) {
            (Some(_), Some((other, name))) if engine.is_bare => {
                let reason = format!(
                    "a plain task has no session to borrow: for a `{name}` write `#[task({other})]`"
                );
                self.refuse(session.span, reason);
            }
            (Some(reason), _) => {
                let owned = &session.owned_instead;
                self.refuse(session.span, format!("{reason}, which {owned}"));
            }
            (None, _) => {
                if let Some(lifetime) = session.lifetime {
                    let reason =
                        "the session lives as long as the run: take it by `&`, without a lifetime";
                    self.refuse(lifetime, reason);
                }
            }
        }
    }

    /// ```text
    /// #[task(spark)] async fn f(spark: &SparkSession)   a Spark task cannot be `async` …
    /// #[task(dask)] async fn f(dask: &DaskClient)       a Dask task cannot be `async` …
    /// ```
    fn asyncness(&mut self, engine: &EngineUse, function: &Function) {
        if let (Some(reason), Some(span)) = (engine.not_async, function.asyncness) {
            self.refuse(span, reason);
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
    fn cache(&mut self, cache: Option<&Cache>, function: &Function) {
        let Some(Cache::Written {
            version,
            ignore_inputs,
            ..
        }) = cache
        else {
            return;
        };
        self.non_empty(Some(version), "a cache needs a version, such as `1.0`");
        let Some(Texts::Entries(ignored)) = ignore_inputs else {
            return;
        };
        let mut seen = HashSet::new();
        for text in ignored {
            let Some(name) = text.literal() else { continue };
            let none = "this task has no inputs";
            if self.input(&name, text.span(), &function.inputs, none) && !seen.insert(name.clone())
            {
                self.refuse(text.span(), format!("input `{name}` is given twice"));
            }
        }
    }

    pub(crate) fn shared_memory(&mut self, shared_memory: Option<&SharedMemory>) {
        if let Some(SharedMemory::Limit(size)) = shared_memory {
            self.text(size, quantity);
            self.doubt("shared_memory", Some(size));
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
        if let Device::Label(label) = device
            && let Some(known) = known_device(&label.value())
        {
            let label_of_it = label.value();
            self.warn(
                label.span(),
                format!(
                    "no node has the label `{label_of_it}` by itself: `accelerator = {known}`, \
                     without quotes, is the label of that GPU"
                ),
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

    fn secrets(&mut self, secrets: &SecretList) {
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

    /// ```text
    /// container_image = "app:1", container(image = "app:2")   the image of this task is the one of …
    /// ```
    fn images(&mut self, task: &Task) {
        let (own, of_engine) = (&task.container_image, task.engine.parts.image());
        self.optional(own.as_ref(), grammar::image);
        self.optional(of_engine, grammar::image);
        if let (Some(own), Some(_)) = (own, of_engine) {
            let reason = "the engine's `image` is the image of this task: give one of them";
            self.refuse(own.span(), reason);
        }
    }

    /// ```text
    /// container_image = "app:1", pod_template(image = "app:2")   the `image` of the pod replaces …
    /// requests(cpu = 1), pod_template(requests(cpu = 2))         the task's resources replace …
    /// ```
    fn pod_of_task(&mut self, task: &Task) {
        let Some(PodTemplate::Written(pod)) = &task.pod_template else {
            return;
        };
        self.pod(pod);
        if let (Some(_), Some(image)) = (task.image(), &pod.options.image) {
            let named = if task.container_image.is_some() {
                "`container_image`"
            } else {
                "`image`"
            };
            let reason =
                format!("the `image` of the pod replaces the task's {named}: give one of them");
            self.refuse(image.span(), reason);
        }
        let of_task = !task.requests.is_empty() || !task.limits.is_empty();
        let of_pod = pod
            .options
            .requests
            .place()
            .or_else(|| pod.options.limits.place());
        if let (true, Some(place)) = (of_task, of_pod) {
            let reason =
                "the task's `requests` and `limits` replace those of the pod: give one of them";
            self.refuse(place, reason);
        }
    }
}
