//! A resolved task: all options have values, and conflicting options are refused.
//!
//! An `Option` here is also optional in the template; defaults of the attribute are filled in.

use proc_macro2::Ident;
use syn::{Expr, Path};

use super::read::function::Function;
use super::read::secrets::{SecretEntry, SecretOptions, Secrets};
use super::read::words::{self, DeckFields, Device, Mount, Partition, SharedMemory};
use super::read::{CacheOptions, TaskOptions};
use crate::engines::{Beside, EngineUse};
use crate::pod::model::{self as pod, PodTemplate};
use crate::pod::resources::{Amounts, resources};
use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, GroupOrConst};
use crate::syntax::lists::{Pairs, Readable, Texts};
use crate::syntax::name::Name;
use crate::syntax::value::{Flag, Number, Text, TimeSpan, runtime};

/// Everything that the expansion needs.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) function: Function,
    /// The path of the runtime.
    pub(crate) krate: Path,
    pub(crate) engine: EngineUse,
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
    pub(crate) deck: Option<Deck>,
}

/// The deck beside the outputs.
#[derive(Debug)]
pub(crate) struct Deck {
    pub(crate) is_enabled: Flag,
    /// The requested standard tabs; all if unset.
    pub(crate) fields: Option<Vec<Ident>>,
    /// The source of the function.
    pub(crate) source: String,
}

/// The cache.
#[derive(Debug)]
pub(crate) enum Cache {
    Const(Expr),
    Written {
        version: Text,
        serialize: Option<Flag>,
        ignore_inputs: Option<Texts>,
    },
}

/// A kind of GPU, and the share of it.
#[derive(Debug)]
pub(crate) struct Accelerator {
    pub(crate) device: Device,
    pub(crate) partition: Option<Partition>,
}

/// The secrets that the task requests.
#[derive(Debug)]
pub(crate) enum SecretList {
    Const(Expr),
    Written(Vec<SecretRequest>),
}

/// A secret.
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
    /// Resolves the options; mistakes go to the sink.
    ///
    /// `text` is the source of the function, if the task has a deck.
    pub(crate) fn resolve(
        options: TaskOptions,
        function: Function,
        text: Option<String>,
        sink: &mut Sink,
    ) -> Self {
        let engine = options.engine.resolve(sink);
        let (requests, limits) =
            resources(options.requests, options.limits, options.resources, sink);
        Task {
            function,
            krate: runtime(options.krate.as_ref()),
            engine,
            name: Name::resolve(options.name),
            retries: options.retries,
            timeout: options.timeout,
            cache: options.cache.and_then(|cache| resolve_cache(cache, sink)),
            interruptible: options.interruptible,
            deprecated: options.deprecated,
            requests,
            limits,
            shared_memory: options.shared_memory,
            accelerator: options.accelerator.and_then(|it| accelerator(it, sink)),
            env: Pairs::resolve(options.env, sink),
            secrets: secrets(options.secrets, sink),
            container_image: options.container_image,
            pod_template: options.pod_template.map(|it| pod::resolve(it, sink)),
            pod_template_name: options.pod_template_name,
            labels: Pairs::resolve(options.labels, sink),
            annotations: Pairs::resolve(options.annotations, sink),
            deck: deck(options.enable_deck, options.deck_fields, text, sink),
        }
    }

    /// The image, from any of the options that can name it.
    pub(crate) fn image(&self) -> Option<&Text> {
        let own = self.container_image.as_ref();
        own.or_else(|| self.engine.parts.image())
    }

    /// The parts of the task on which the engine's parts may depend.
    pub(crate) fn beside_engine(&self) -> Beside<'_> {
        Beside {
            inputs: &self.function.inputs,
            output: &self.function.output,
            asyncness: self.function.asyncness,
            pod_template: self.pod_template.as_ref(),
        }
    }
}

/// ```text
/// #[task(deck_fields(input))]   `deck_fields` chooses among the parts of a deck, …
/// ```
fn deck(
    is_enabled: Option<Flag>,
    fields: Option<Readable<DeckFields>>,
    text: Option<String>,
    sink: &mut Sink,
) -> Option<Deck> {
    let fields = fields.map(|fields| fields.open(sink).0);
    let Some(is_enabled) = is_enabled else {
        if let Some(first) = fields.as_deref().and_then(<[_]>::first) {
            let reason = "`deck_fields` chooses among the parts of a deck, which the task does not have: \
                write `enable_deck` beside it";
            sink.push(at(first.span(), reason));
        }
        return None;
    };
    Some(Deck {
        is_enabled,
        fields,
        source: text.unwrap_or_default(),
    })
}

/// ```text
/// #[task(cache(serialize))]   a cache needs a version, …
/// ```
fn resolve_cache(cache: GroupOrConst<CacheOptions>, sink: &mut Sink) -> Option<Cache> {
    let group = match cache {
        GroupOrConst::Const(expr) => return Some(Cache::Const(expr)),
        GroupOrConst::Group(group) => group,
    };
    let (span, whole) = (group.span, group.is_whole());
    let CacheOptions {
        version,
        serialize,
        ignore_inputs,
    } = group.open(sink);
    let Some(version) = version else {
        if whole {
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
pub(crate) fn accelerator(accelerator: words::Accelerator, sink: &mut Sink) -> Option<Accelerator> {
    let group = match accelerator {
        words::Accelerator::Device(device) => {
            return Some(Accelerator {
                device,
                partition: None,
            });
        }
        words::Accelerator::Group(group) => group,
    };
    let (span, whole) = (group.span, group.is_whole());
    let options = group.open(sink);
    let Some(device) = options.device else {
        if whole {
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
    let (span, whole) = (group.span, group.is_whole());
    let options = group.open(sink);
    let mut need = |text: Option<Text>, what: &str| {
        if text.is_none() && whole {
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
