//! `spark(…)`: a function that borrows a session of Spark.

use flytekit_grammar as grammar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::spark_settings::{Settings, SettingsOptions};
use super::{Beside, Engine, EngineUse, InTemplate, Parts};
use crate::emit::here;
use crate::pod::expand::pod_template;
use crate::pod::model::{self as pod, Pod, PodTemplate};
use crate::pod::read::PodOptions;
use crate::syntax::check::Check;
use crate::syntax::error::{Sink, list};
use crate::syntax::group::{Group, GroupOrConst, options};
use crate::syntax::lists::Pair;
use crate::syntax::value::Text;

options! {
    /// `spark(conf("spark.executor.instances" = "2"))`
    pub(crate) struct SparkOptions {
        + settings: SettingsOptions,
        executor_path: Text,
        application: Text,
        driver_pod: GroupOrConst<PodOptions>,
        executor_pod: GroupOrConst<PodOptions>,
    }
}

#[derive(Debug)]
pub(super) struct Spark {
    settings: Settings,
    executor_path: Option<Text>,
    application: Option<Text>,
    driver_pod: Option<PodTemplate>,
    executor_pod: Option<PodTemplate>,
}

impl Engine for SparkOptions {
    const NAME: &'static str = "spark";
    const SESSION: Option<&'static str> = Some("SparkSession");

    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse {
        let place = group.span;
        let options = group.open(sink);
        let spark = Spark::resolve(options, sink);
        EngineUse {
            place,
            no_session: None,
            not_async: Some(
                "a Spark task cannot be `async`: the Spark Connect client blocks its thread, and panics inside an async runtime",
            ),
            // Without pods of its own, Spark needs no pod, which saves the evaluation.
            in_template: if spark.has_pods() {
                InTemplate::CustomAndPod(place)
            } else {
                InTemplate::Custom(place)
            },
            is_bare: false,
            parts: Box::new(spark),
        }
    }
}

impl Spark {
    /// Resolves the options.
    pub(super) fn resolve(options: SparkOptions, sink: &mut Sink) -> Self {
        Spark {
            settings: Settings::resolve(options.settings, sink),
            executor_path: options.executor_path,
            application: options.application,
            driver_pod: options.driver_pod.map(|it| pod::resolve(it, sink)),
            executor_pod: options.executor_pod.map(|it| pod::resolve(it, sink)),
        }
    }

    /// Whether it has pods of its own.
    pub(super) fn has_pods(&self) -> bool {
        self.pods().next().is_some()
    }

    /// Whether it has Spark settings.
    pub(super) fn has_conf(&self) -> bool {
        self.settings.has_conf()
    }

    /// The settings that are written as literals, Spark's and Hadoop's.
    pub(super) fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.settings.pairs()
    }

    fn pods(&self) -> impl Iterator<Item = &PodTemplate> {
        [&self.driver_pod, &self.executor_pod].into_iter().flatten()
    }

    /// Checks Spark's pods against the task's: the backend merges them into the task's pod, and then looks up
    /// their primary containers.
    fn check_pods(&self, of_task: Option<&PodTemplate>, check: &mut Check<'_>) {
        let written: Vec<_> = self.pods().filter_map(PodTemplate::written).collect();
        let of_task = match of_task {
            Some(PodTemplate::Const(_)) => None,
            Some(PodTemplate::Written(pod)) => pod.containers(),
            // The task's pod is created for them: its only container has the name that they use.
            None => written
                .first()
                .and_then(|pod| pod.primary_name())
                .map(|name| vec![name]),
        };
        for pod in written {
            check.pod(pod);
            unread(pod, check);
            if let Some(of_task) = &of_task {
                containers(pod, of_task, check);
            }
        }
    }
}

impl Spark {
    /// ```text
    /// executor_path = "/usr/bin/python3"   the driver is started by this program: a Python …
    /// ```
    fn doubt_python(&self, check: &mut Check<'_>) {
        let Some(path) = &self.executor_path else {
            return;
        };
        let literal = path.literal().unwrap_or_default();
        let program = literal.rsplit('/').next().unwrap_or_default();
        let version = program
            .strip_prefix("python")
            .or(program.strip_prefix("pypy"));
        let is_version = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if version.is_some_and(is_version) {
            check.warn(
                path.span(),
                "Spark starts the driver by this program, and a Python cannot run a Rust task: leave \
                 `executor_path` out, or give the task's executable in the image",
            );
        }
    }
}

impl Spark {
    /// Refuses mistakes in the options, on Spark and on Databricks.
    pub(super) fn check_options(&self, beside: &Beside<'_>, check: &mut Check<'_>) {
        self.settings.check(check);
        let otherwise = "an executor has a path in the image";
        check.non_empty(self.executor_path.as_ref(), otherwise);
        check.optional(self.application.as_ref(), grammar::spark_application);
        self.check_pods(beside.pod_template, check);
    }
}

impl Parts for Spark {
    fn check(&self, beside: &Beside<'_>, check: &mut Check<'_>) {
        self.check_options(beside, check);
        self.doubt_python(check);
    }

    fn engine(&self, place: Span) -> TokenStream {
        quote_spanned!(here(place)=> __flytekit::spark::Spark)
    }

    /// `SparkConfig::new().conf(…).executor_path(…).driver_pod(…)`
    fn config(&self, place: Span) -> TokenStream {
        let new = quote_spanned!(here(place)=> __flytekit::spark::SparkConfig::new());
        let text = |text: &Option<Text>, name: &str| {
            let text = text.as_ref()?;
            let name = Ident::new(name, here(text.span()));
            Some(quote_spanned!(here(text.span())=> .#name(#text)))
        };
        let pod = |pod: &Option<PodTemplate>, name: &str| {
            let pod = pod_template(pod.as_ref()?);
            let name = Ident::new(name, here(pod.span()));
            Some(quote_spanned!(here(pod.span())=> .#name(#pod)))
        };
        let calls = [
            text(&self.executor_path, "executor_path"),
            text(&self.application, "application"),
            pod(&self.driver_pod, "driver_pod"),
            pod(&self.executor_pod, "executor_pod"),
        ];
        let (settings, calls) = (self.settings.expand(), calls.into_iter().flatten());
        quote!(#new #settings #(#calls)*)
    }
}

/// ```text
/// driver_pod(primary_container = "x")   the task's pod has no container `x`, …
/// ```
fn containers(pod: &Pod, of_task: &[String], check: &mut Check<'_>) {
    let Some(names) = pod.containers() else {
        return;
    };
    let [primary, others @ ..] = &*names else {
        return;
    };
    if !of_task.contains(primary) {
        let names: Vec<_> = of_task.iter().map(String::as_str).collect();
        let reason = format!(
            "the task's pod has no container `{primary}`, only {}: where the backend looks up the primary container of Spark's pods; give the task a `pod_template` with it",
            list(&names)
        );
        check.refuse(pod.primary_place(), reason);
    } else if *primary != of_task[0] {
        let message = format!(
            "the task's primary container is `{}`: Spark's pods run `{primary}` instead, with its image and environment, and in the case of executors the driver gets its args",
            of_task[0]
        );
        check.warn(pod.primary_place(), message);
    }
    for dropped in others {
        let message = format!(
            "the backend drops the container `{dropped}`: the driver and the executors have only their primary container"
        );
        check.warn(pod.span, message);
    }
}

/// ```text
/// driver_pod(volumes(…))   the backend does not read the volumes of Spark's pods: …
/// ```
fn unread(pod: &Pod, check: &mut Check<'_>) {
    let options = &pod.options;
    let resources = options.requests.place().or_else(|| options.limits.place());
    let service_account = options.service_account.as_ref().map(Text::span);
    let volumes = options.volumes.first().map(|volume| volume.name.span());
    let unread: [(Option<Span>, &str); 3] = [
        (
            resources,
            "resources of Spark's pods: Spark requests `spark.driver.memory`, `spark.executor.cores` and the like",
        ),
        (
            service_account,
            "service account of Spark's pods: it uses that of the execution",
        ),
        (
            volumes,
            "volumes of Spark's pods: Spark mounts the volumes of `spark.kubernetes.driver.volumes` and the like",
        ),
    ];
    for (place, what) in unread {
        if let Some(place) = place {
            check.warn(place, format!("the backend does not read the {what}"));
        }
    }
}
