//! A task, resolved: each choice of the attribute is made, and what excludes each other is refused.
//!
//! An `Option` here is one in the template too; a default of the attribute is filled in.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Path, parse_quote};

use crate::engines::generic_spark::model::{self as generic_spark, GenericSpark};
use crate::pod::model::{self as pod, PodTemplate};
use crate::syntax::error::{Sink, at};
use crate::syntax::function::Function;
use crate::syntax::group::{Group, GroupOrConst};
use crate::syntax::lists::{Pairs, Readable, SecretEntry, Secrets, Texts};
use crate::syntax::value::{Amount, AmountPair, Flag, ItemPath, Number, Text, TimeSpan};
use crate::task::read::{
    AmountOptions, AmountPairOptions, CacheOptions, DaskOptions, GenericSparkOptions,
    SecretOptions, SparkOptions, TaskOptions,
};
use crate::task::words::{self, Device, Mount, Partition, SharedMemory};

/// Everything that the expansion says.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) function: Function,
    /// Where the runtime is.
    pub(crate) krate: Path,
    pub(crate) engine: Engine,
    pub(crate) name: Name,
    pub(crate) retries: Option<Number>,
    pub(crate) timeout: Option<TimeSpan>,
    pub(crate) cache: Option<Cache>,
    pub(crate) interruptible: Option<Flag>,
    pub(crate) deprecated: Option<Text>,
    pub(crate) requests: Amounts,
    pub(crate) limits: Amounts,
    pub(crate) shared_memory: Option<SharedMemory>,
    pub(crate) accelerator: Option<Accelerator>,
    pub(crate) env: Pairs,
    pub(crate) secrets: SecretList,
    pub(crate) container_image: Option<Text>,
    pub(crate) pod_template: Option<PodTemplate>,
    pub(crate) pod_template_name: Option<Text>,
    pub(crate) labels: Pairs,
    pub(crate) annotations: Pairs,
}

/// What surrounds the function.
#[derive(Debug)]
pub(crate) enum Engine {
    Plain,
    Spark { span: Span, config: Spark },
    GenericSpark { span: Span, config: GenericSpark },
    Dask { span: Span, config: Dask },
    Open { path: Path, config: Option<Expr> },
}

/// `spark(…)`
#[derive(Debug)]
pub(crate) struct Spark {
    pub(crate) conf: Pairs,
    pub(crate) hadoop_conf: Pairs,
    pub(crate) executor_path: Option<Text>,
    pub(crate) applications_path: Option<Text>,
    pub(crate) driver_pod: Option<PodTemplate>,
    pub(crate) executor_pod: Option<PodTemplate>,
}

/// `dask(…)`
#[derive(Debug)]
pub(crate) struct Dask {
    pub(crate) scheduler: DaskPods,
    pub(crate) workers: DaskPods,
    pub(crate) count: Option<Number>,
}

/// What the pods of a part of a Dask cluster are.
#[derive(Debug, Default)]
pub(crate) struct DaskPods {
    pub(crate) image: Option<Text>,
    pub(crate) requests: Amounts,
    pub(crate) limits: Amounts,
}

impl DaskPods {
    /// Where something stands that only const evaluation can compare.
    pub(crate) fn constant(&self) -> Option<Span> {
        let limits = self.limits.constant();
        limits.or_else(|| self.requests.constant())
    }
}

/// The task's name in Flyte.
#[derive(Debug)]
pub(crate) enum Name {
    /// Module path and function.
    OfFunction,
    Given(Text),
}

/// Results that are reused.
#[derive(Debug)]
pub(crate) enum Cache {
    Const(Expr),
    Written {
        version: Text,
        serialize: Option<Flag>,
        ignore_inputs: Option<Texts>,
    },
}

/// Resources, by the names of the runtime's constructors.
#[derive(Debug)]
pub(crate) enum Amounts {
    Const(Expr),
    Written(Vec<(&'static str, Text)>),
}

impl Default for Amounts {
    fn default() -> Self {
        Amounts::Written(Vec::new())
    }
}

impl Amounts {
    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Amounts::Written(amounts) if amounts.is_empty())
    }

    /// Where the first of them stands.
    pub(crate) fn place(&self) -> Option<Span> {
        match self {
            Amounts::Const(expr) => Some(expr.span()),
            Amounts::Written(amounts) => amounts.first().map(|(_, amount)| amount.span()),
        }
    }

    /// Where something stands that only const evaluation can compare.
    pub(crate) fn constant(&self) -> Option<Span> {
        match self {
            Amounts::Const(expr) => Some(expr.span()),
            Amounts::Written(amounts) => {
                let constant = amounts
                    .iter()
                    .find(|(_, amount)| amount.literal().is_none());
                constant.map(|(_, amount)| amount.span())
            }
        }
    }
}

/// A kind of GPU and the share of it.
#[derive(Debug)]
pub(crate) struct Accelerator {
    pub(crate) device: Device,
    pub(crate) partition: Option<Partition>,
}

/// Secrets that the task asks for.
#[derive(Debug)]
pub(crate) enum SecretList {
    Const(Expr),
    Written(Vec<SecretRequest>),
}

/// One of them.
#[derive(Debug)]
pub(crate) enum SecretRequest {
    Const(Path),
    Written(Secret),
}

/// `secret(group = …, key = …)`
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) group: Text,
    pub(crate) key: Text,
    pub(crate) version: Option<Text>,
    pub(crate) mount: Option<Mount>,
    pub(crate) env_var: Option<Text>,
}

impl Task {
    /// Makes the choices; what cannot be chosen goes to the sink.
    pub(crate) fn resolve(options: TaskOptions, function: Function, sink: &mut Sink) -> Self {
        let engine = engine(
            options.spark,
            options.generic_spark,
            options.dask,
            options.engine.map(|engine| engine.0),
            options.config.map(|config| config.0),
            sink,
        );
        let (requests, limits) =
            resources(options.requests, options.limits, options.resources, sink);
        Task {
            function,
            krate: runtime(options.krate.as_ref()),
            engine,
            name: options.name.map_or(Name::OfFunction, Name::Given),
            retries: options.retries,
            timeout: options.timeout,
            cache: options.cache.and_then(|cache| resolve_cache(cache, sink)),
            interruptible: options.interruptible,
            deprecated: options.deprecated,
            requests,
            limits,
            shared_memory: options.shared_memory,
            accelerator: options.accelerator.and_then(|it| accelerator(it, sink)),
            env: pairs(options.env, sink),
            secrets: secrets(options.secrets, sink),
            container_image: options.container_image,
            pod_template: options.pod_template.map(|it| pod::resolve(it, sink)),
            pod_template_name: options.pod_template_name,
            labels: pairs(options.labels, sink),
            annotations: pairs(options.annotations, sink),
        }
    }
}

/// Where the runtime is.
pub(crate) fn runtime(krate: Option<&ItemPath>) -> Path {
    krate.map_or_else(|| parse_quote!(::flytekit), |krate| krate.0.clone())
}

pub(crate) fn pairs(pairs: Option<Readable<Pairs>>, sink: &mut Sink) -> Pairs {
    pairs.map_or_else(|| Pairs::Entries(Vec::new()), |pairs| pairs.open(sink))
}

/// ```text
/// #[task(spark, dask)]           a task has one engine, …
/// #[task(config = CONFIG)]       `config` is the configuration of an engine: …
/// ```
fn engine(
    spark: Option<Group<SparkOptions>>,
    generic_spark: Option<Group<GenericSparkOptions>>,
    dask: Option<Group<DaskOptions>>,
    path: Option<Path>,
    config: Option<Expr>,
    sink: &mut Sink,
) -> Engine {
    let places = [
        spark.as_ref().map(|spark| spark.span),
        generic_spark.as_ref().map(|spark| spark.span),
        dask.as_ref().map(|dask| dask.span),
        path.as_ref().map(Spanned::span),
    ];
    for span in places.into_iter().flatten().skip(1) {
        sink.push(at(span, "a task has one engine, and this is a second one"));
    }
    if let (None, Some(config)) = (&path, &config) {
        let reason = "`config` is the configuration of an engine that is named by `engine = path::to::Engine`";
        sink.push(at(config.span(), reason));
    }
    let spark = spark.map(|group| (group.span, resolve_spark(group, sink)));
    let generic_spark =
        generic_spark.map(|group| (group.span, generic_spark::resolve(group, sink)));
    let dask = dask.map(|group| (group.span, resolve_dask(group, sink)));
    match (spark, generic_spark, dask, path) {
        (Some((span, config)), ..) => Engine::Spark { span, config },
        (None, Some((span, config)), ..) => Engine::GenericSpark { span, config },
        (None, None, Some((span, config)), _) => Engine::Dask { span, config },
        (None, None, None, Some(path)) => Engine::Open { path, config },
        (None, None, None, None) => Engine::Plain,
    }
}

fn resolve_spark(group: Group<SparkOptions>, sink: &mut Sink) -> Spark {
    let options = group.open(sink);
    Spark {
        conf: pairs(options.conf, sink),
        hadoop_conf: pairs(options.hadoop_conf, sink),
        executor_path: options.executor_path,
        applications_path: options.applications_path,
        driver_pod: options.driver_pod.map(|it| pod::resolve(it, sink)),
        executor_pod: options.executor_pod.map(|it| pod::resolve(it, sink)),
    }
}

fn resolve_dask(group: Group<DaskOptions>, sink: &mut Sink) -> Dask {
    let options = group.open(sink);
    let scheduler = options
        .scheduler
        .map(|group| group.open(sink))
        .unwrap_or_default();
    let workers = options
        .workers
        .map(|group| group.open(sink))
        .unwrap_or_default();
    Dask {
        scheduler: DaskPods {
            image: scheduler.image,
            requests: amounts(scheduler.requests, sink),
            limits: amounts(scheduler.limits, sink),
        },
        workers: DaskPods {
            image: workers.image,
            requests: amounts(workers.requests, sink),
            limits: amounts(workers.limits, sink),
        },
        count: workers.count,
    }
}

/// ```text
/// #[task(resources(mem = "1Gi"), limits(mem = "2Gi"))]   `resources` says both, …
/// ```
fn resources(
    requests: Option<GroupOrConst<AmountOptions>>,
    limits: Option<GroupOrConst<AmountOptions>>,
    both: Option<Group<AmountPairOptions>>,
    sink: &mut Sink,
) -> (Amounts, Amounts) {
    let separate = requests.is_some() || limits.is_some();
    let (requests, limits) = (amounts(requests, sink), amounts(limits, sink));
    let Some(both) = both else {
        return (requests, limits);
    };
    if separate {
        let reason =
            "`resources` says both requests and limits: give either it, or `requests` and `limits`";
        sink.push(at(both.span, reason));
    }
    let options = both.open(sink);
    let pairs = [
        ("cpu", options.cpu),
        ("mem", options.mem),
        ("gpu", options.gpu),
        ("ephemeral_storage", options.ephemeral_storage),
    ];
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    for (name, pair) in pairs {
        let Some(AmountPair { request, limit }) = pair else {
            continue;
        };
        requests.push((name, request.0));
        limits.extend(limit.map(|limit| (name, limit.0)));
    }
    (Amounts::Written(requests), Amounts::Written(limits))
}

pub(crate) fn amounts(options: Option<GroupOrConst<AmountOptions>>, sink: &mut Sink) -> Amounts {
    let group = match options {
        None => return Amounts::default(),
        Some(GroupOrConst::Const(expr)) => return Amounts::Const(expr),
        Some(GroupOrConst::Group(group)) => group,
    };
    let options = group.open(sink);
    let named = [
        ("cpu", options.cpu),
        ("mem", options.mem),
        ("gpu", options.gpu),
        ("ephemeral_storage", options.ephemeral_storage),
    ];
    let written = named
        .into_iter()
        .filter_map(|(name, amount)| Some((name, amount?)));
    Amounts::Written(written.map(|(name, Amount(text))| (name, text)).collect())
}

/// ```text
/// #[task(cache(serialize))]   a cache needs a version, …
/// ```
fn resolve_cache(cache: GroupOrConst<CacheOptions>, sink: &mut Sink) -> Option<Cache> {
    let group = match cache {
        GroupOrConst::Const(expr) => return Some(Cache::Const(expr)),
        GroupOrConst::Group(group) => group,
    };
    let (span, well_formed) = (group.span, group.is_well_formed());
    let CacheOptions {
        version,
        serialize,
        ignore_inputs,
    } = group.open(sink);
    let Some(version) = version else {
        if well_formed {
            let reason = "a cache needs a version, which changes when results must not be reused: `cache(version = \"1.0\")`";
            sink.push(at(span, reason));
        }
        return None;
    };
    Some(Cache::Written {
        version,
        serialize,
        ignore_inputs,
    })
}

/// ```text
/// #[task(accelerator(partition = "2g.10gb"))]   an accelerator needs a device, …
/// ```
fn accelerator(accelerator: words::Accelerator, sink: &mut Sink) -> Option<Accelerator> {
    let group = match accelerator {
        words::Accelerator::Device(device) => {
            return Some(Accelerator {
                device,
                partition: None,
            });
        }
        words::Accelerator::Group(group) => group,
    };
    let (span, well_formed) = (group.span, group.is_well_formed());
    let options = group.open(sink);
    let Some(device) = options.device else {
        if well_formed {
            let reason = "an accelerator needs a device: `accelerator(device = A100)`";
            sink.push(at(span, reason));
        }
        return None;
    };
    Some(Accelerator {
        device,
        partition: options.partition,
    })
}

fn secrets(secrets: Option<Readable<Secrets>>, sink: &mut Sink) -> SecretList {
    let entries = match secrets.map(|secrets| secrets.open(sink)) {
        None => Vec::new(),
        Some(Secrets::Const(expr)) => return SecretList::Const(expr),
        Some(Secrets::Entries(entries)) => entries,
    };
    let resolve = |entry| match entry {
        SecretEntry::Const(path) => Some(SecretRequest::Const(path)),
        SecretEntry::Written(group) => secret(group, sink).map(SecretRequest::Written),
    };
    SecretList::Written(entries.into_iter().filter_map(resolve).collect())
}

/// ```text
/// #[task(secrets(secret(key = "password")))]   a secret needs a group, …
/// ```
fn secret(group: Group<SecretOptions>, sink: &mut Sink) -> Option<Secret> {
    let (span, well_formed) = (group.span, group.is_well_formed());
    let options = group.open(sink);
    let mut need = |text: Option<Text>, what: &str| {
        if text.is_none() && well_formed {
            let reason = format!("a secret needs a {what}: `secret(group = \"…\", key = \"…\")`");
            sink.push(at(span, reason));
        }
        text
    };
    let (group, key) = (need(options.group, "group"), need(options.key, "key"));
    Some(Secret {
        group: group?,
        key: key?,
        version: options.version,
        mount: options.mount,
        env_var: options.env_var,
    })
}
