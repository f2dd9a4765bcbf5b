//! The attribute's options as fields of the descriptor: those that were given, no others.

use flytekit_grammar as grammar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::emit::here;
use crate::engines::generic_spark::expand as generic_spark;
use crate::pod::model::{Pod, PodTemplate};
use crate::syntax::lists::Pairs;
use crate::syntax::value::{Number, Text, TimeSpan};
use crate::task::model::{
    Accelerator, Amounts, Cache, Dask, DaskPods, Engine, Name, Secret, SecretList, SecretRequest,
    Spark, Task,
};
use crate::task::words::{Device, Mount, Partition, SharedMemory};

/// `retries: 3, timeout: Some(…), …`
pub(crate) fn given(task: &Task) -> TokenStream {
    let asks = may_ask_for_a_pod(&task.engine);
    let custom = config_place(&task.engine)
        .filter(|_| !asks)
        .map(|place| quote_spanned!(here(place)=> __flytekit::custom!(__FLYTEKIT_CONFIG)));
    let args = match &task.engine {
        Engine::GenericSpark { config, .. } => Some(generic_spark::args(config)),
        Engine::Plain | Engine::Spark { .. } | Engine::Dask { .. } | Engine::Open { .. } => None,
    };
    let fields = [
        ("custom", custom),
        ("args", args),
        (
            "retries",
            task.retries.as_ref().map(ToTokens::to_token_stream),
        ),
        (
            "timeout",
            task.timeout.as_ref().map(|it| some(&timeout(it))),
        ),
        ("cache", task.cache.as_ref().map(|it| some(&cache(it)))),
        ("interruptible", task.interruptible.as_ref().map(some)),
        (
            "deprecated",
            task.deprecated
                .as_ref()
                .map(|it| some(&checked(it, "non_empty"))),
        ),
        ("requests", amounts(&task.requests)),
        ("limits", amounts(&task.limits)),
        (
            "shared_memory",
            task.shared_memory
                .as_ref()
                .map(|it| some(&shared_memory(it))),
        ),
        (
            "accelerator",
            task.accelerator.as_ref().map(|it| some(&accelerator(it))),
        ),
        ("env", pairs(&task.env, "env")),
        ("secrets", secrets(&task.secrets)),
        (
            "container_image",
            task.container_image
                .as_ref()
                .map(|it| some(&checked(it, "image"))),
        ),
        ("pod_template", pod(task).filter(|_| !asks)),
        (
            "pod_template_name",
            task.pod_template_name
                .as_ref()
                .map(|it| some(&checked(it, "non_empty"))),
        ),
        ("labels", pairs(&task.labels, "labels")),
        ("annotations", pairs(&task.annotations, "annotations")),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| {
        let (name, value) = (quote::format_ident!("{name}"), value?);
        Some(quote!(#name: #value,))
    });
    fields.collect()
}

/// `Some(value)`, all at the place of the value: rustc explains the whole call when the value has a
/// wrong type.
fn some(value: &impl ToTokens) -> TokenStream {
    let value = value.to_token_stream();
    quote_spanned!(here(value.span())=> ::core::option::Option::Some(#value))
}

/// A literal as it is; a const expression through the rule that the attribute could not apply.
fn checked(text: &Text, rule: &str) -> TokenStream {
    match text {
        Text::Literal(literal) => literal.to_token_stream(),
        Text::Const(expr) => {
            let rule = Ident::new(rule, here(expr.span()));
            quote_spanned!(here(expr.span())=> __flytekit::checked::#rule(#expr))
        }
    }
}

/// As [`checked`], for a map that may be empty.
fn pairs(pairs: &Pairs, rule: &str) -> Option<TokenStream> {
    match pairs {
        Pairs::Entries(entries) if entries.is_empty() => None,
        pairs => Some(match pairs.constant() {
            None => pairs.to_token_stream(),
            Some(place) => {
                let rule = Ident::new(rule, here(place));
                quote_spanned!(here(place)=> __flytekit::checked::#rule(#pairs))
            }
        }),
    }
}

/// `task_name!("add")`, or the name that was given.
pub(crate) fn name(name: &Name, function: &Ident) -> TokenStream {
    match name {
        Name::OfFunction => {
            let function = function.unraw().to_string();
            quote!(__flytekit::task_name!(#function))
        }
        Name::Given(text) => checked(text, "task_name"),
    }
}

fn timeout(timeout: &TimeSpan) -> TokenStream {
    match timeout {
        TimeSpan::Seconds(seconds) => quote!(::core::time::Duration::from_secs(#seconds)),
        TimeSpan::Literal(text) => {
            let (seconds, nanos) = grammar::duration(&text.value()).unwrap_or_default();
            quote!(::core::time::Duration::new(#seconds, #nanos))
        }
        TimeSpan::Const(expr) => {
            quote_spanned!(here(expr.span())=> __flytekit::checked::timeout(#expr))
        }
    }
}

fn cache(cache: &Cache) -> TokenStream {
    match cache {
        Cache::Const(expr) => expr.to_token_stream(),
        Cache::Written {
            version,
            serialize,
            ignore_inputs,
        } => {
            let version = checked(version, "non_empty");
            let serialize = serialize.as_ref().map(|flag| quote!(.serialize(#flag)));
            let ignore_inputs = ignore_inputs
                .as_ref()
                .map(|names| quote!(.ignore_inputs(#names)));
            quote!(__flytekit::Cache::new(#version)#serialize #ignore_inputs)
        }
    }
}

/// `Resources::new().cpu("1").mem(checked::quantity(MEM))`
fn amounts(amounts: &Amounts) -> Option<TokenStream> {
    match amounts {
        Amounts::Const(expr) => Some(expr.to_token_stream()),
        Amounts::Written(amounts) if amounts.is_empty() => None,
        Amounts::Written(amounts) => {
            let calls = amounts.iter().map(|(name, amount)| {
                let rule = if *name == "gpu" { "gpus" } else { "quantity" };
                let (name, amount) = (quote::format_ident!("{name}"), checked(amount, rule));
                quote!(.#name(#amount))
            });
            Some(quote!(__flytekit::Resources::new()#(#calls)*))
        }
    }
}

fn shared_memory(shared_memory: &SharedMemory) -> TokenStream {
    match shared_memory {
        SharedMemory::Unlimited => quote!(__flytekit::SharedMemory::UNLIMITED),
        SharedMemory::Limit(size) => {
            let size = checked(size, "quantity");
            quote!(__flytekit::SharedMemory::limit(#size))
        }
    }
}

fn accelerator(Accelerator { device, partition }: &Accelerator) -> TokenStream {
    let device = match device {
        Device::Known(word) => quote!(__flytekit::Accelerator::#word),
        Device::Label(label) => quote!(__flytekit::Accelerator::device(#label)),
        Device::Const(expr) => quote!(#expr),
    };
    let partition = partition.as_ref().map(|partition| match partition {
        Partition::Size(size) => quote!(.partition(__flytekit::Partition::Size(#size))),
        Partition::Unpartitioned => quote!(.partition(__flytekit::Partition::Unpartitioned)),
        Partition::Const(expr) => quote!(.partition(#expr)),
    });
    quote!(#device #partition)
}

fn secrets(secrets: &SecretList) -> Option<TokenStream> {
    match secrets {
        SecretList::Const(expr) => Some(expr.to_token_stream()),
        SecretList::Written(secrets) if secrets.is_empty() => None,
        SecretList::Written(secrets) => {
            let secrets = secrets.iter().map(|secret| match secret {
                SecretRequest::Const(path) => path.to_token_stream(),
                SecretRequest::Written(written) => secret_request(written),
            });
            Some(quote!(&[#(#secrets),*]))
        }
    }
}

fn secret_request(
    Secret {
        group,
        key,
        version,
        mount,
        env_var,
    }: &Secret,
) -> TokenStream {
    let version = version.as_ref().map(|version| quote!(.version(#version)));
    let mount = mount.as_ref().map(|mount| match mount {
        Mount::Known { variant, span } => {
            let variant = Ident::new(variant, here(*span));
            quote!(.mount(__flytekit::Mount::#variant))
        }
        Mount::Const(expr) => quote!(.mount(#expr)),
    });
    let env_var = env_var.as_ref().map(|name| {
        let name = checked(name, "env_name");
        quote!(.env_var(#name))
    });
    let (group, key) = (checked(group, "non_empty"), checked(key, "non_empty"));
    quote!(__flytekit::Secret::new(#group, #key)#version #mount #env_var)
}

fn pod_template(template: &PodTemplate) -> TokenStream {
    match template {
        PodTemplate::Const(expr) => expr.to_token_stream(),
        PodTemplate::Written(Pod {
            primary_container,
            labels,
            annotations,
            spec,
            ..
        }) => {
            let primary_container = primary_container.as_ref().map(|name| {
                let name = checked(name, "container_name");
                quote!(.primary_container(#name))
            });
            let labels = pairs(labels, "labels").map(|labels| quote!(.labels(#labels)));
            let annotations = pairs(annotations, "annotations").map(|it| quote!(.annotations(#it)));
            let spec = spec.as_ref().map(|spec| quote!(.spec(#spec)));
            quote!(__flytekit::PodTemplate::new()#primary_container #labels #annotations #spec)
        }
    }
}

/// The pod that is given.
fn pod(task: &Task) -> Option<TokenStream> {
    task.pod_template.as_ref().map(|it| some(&pod_template(it)))
}

/// What the other fields are: defaults, but for what an engine says that may ask for a pod.
pub(crate) fn base(task: &Task) -> TokenStream {
    let Some(place) = config_place(&task.engine).filter(|_| may_ask_for_a_pod(&task.engine)) else {
        return quote!(__flytekit::TaskDescriptor::DEFAULT);
    };
    let pod = pod(task).unwrap_or_else(|| quote!(::core::option::Option::None));
    quote_spanned!(here(place)=> __flytekit::configured!(__FLYTEKIT_CONFIG, #pod))
}

/// Spark without pods of its own does not, and is spared the evaluation.
fn may_ask_for_a_pod(engine: &Engine) -> bool {
    match engine {
        Engine::Plain | Engine::GenericSpark { .. } | Engine::Dask { .. } => false,
        Engine::Spark { config, .. } => {
            config.driver_pod.is_some() || config.executor_pod.is_some()
        }
        Engine::Open { config, .. } => config.is_some(),
    }
}

/// Where the engine's configuration stands, if it is part of the template.
fn config_place(engine: &Engine) -> Option<Span> {
    match engine {
        Engine::Plain => None,
        Engine::Open { config, .. } => config.as_ref().map(Spanned::span),
        Engine::Spark { span, .. }
        | Engine::GenericSpark { span, .. }
        | Engine::Dask { span, .. } => Some(*span),
    }
}

/// The engine's configuration.
pub(crate) fn config(engine: &Engine) -> TokenStream {
    match engine {
        Engine::Plain => quote!(()),
        Engine::Open { path, config: None } => quote_spanned!(here(path.span())=> ()),
        Engine::Open {
            config: Some(expr), ..
        } => expr.to_token_stream(),
        Engine::Spark { span, config } => {
            let new = quote_spanned!(here(*span)=> __flytekit::spark::SparkConfig::new());
            let settings = spark(config);
            quote!(#new #settings)
        }
        Engine::GenericSpark { span, config } => generic_spark::config(*span, config),
        Engine::Dask { span, config } => {
            let new = quote_spanned!(here(*span)=> __flytekit::dask::DaskConfig::new());
            let settings = dask(config);
            quote!(#new #settings)
        }
    }
}

fn spark(
    Spark {
        conf,
        hadoop_conf,
        executor_path,
        applications_path,
        driver_pod,
        executor_pod,
    }: &Spark,
) -> TokenStream {
    let text = |text: &Option<Text>, name: &str| {
        let text = text.as_ref()?;
        let name = Ident::new(name, here(text.span()));
        Some(quote_spanned!(here(text.span())=> .#name(#text)))
    };
    let paths = [
        text(executor_path, "executor_path"),
        text(applications_path, "applications_path"),
    ];
    let pod = |pod: &Option<PodTemplate>, name: &str| {
        let pod = pod_template(pod.as_ref()?);
        let name = Ident::new(name, here(pod.span()));
        Some(quote_spanned!(here(pod.span())=> .#name(#pod)))
    };
    let pods = [
        pod(driver_pod, "driver_pod"),
        pod(executor_pod, "executor_pod"),
    ];
    let rest = paths.into_iter().chain(pods).flatten();
    let settings = spark_conf(conf, hadoop_conf);
    quote!(#settings #(#rest)*)
}

/// `.conf(…).hadoop_conf(…)`
pub(crate) fn spark_conf(conf: &Pairs, hadoop_conf: &Pairs) -> TokenStream {
    // The configuration's constructors check it, at the place of what only they can check.
    let entries = |pairs: &Pairs, name: &str| {
        let is_empty = matches!(pairs, Pairs::Entries(entries) if entries.is_empty());
        let place = pairs.constant().unwrap_or_else(Span::call_site);
        let name = Ident::new(name, here(place));
        (!is_empty).then(|| quote_spanned!(here(place)=> .#name(#pairs)))
    };
    let settings = [
        match conf.constant() {
            Some(_) => entries(conf, "conf"),
            None => entries(conf, "checked_conf"),
        },
        entries(hadoop_conf, "hadoop_conf"),
    ];
    settings.into_iter().flatten().collect()
}

fn dask(
    Dask {
        scheduler,
        workers,
        count,
    }: &Dask,
) -> TokenStream {
    let constant = count.as_ref().and_then(Number::constant);
    let place = here(
        constant
            .or_else(|| workers.constant())
            .unwrap_or_else(Span::call_site),
    );
    let count = count
        .as_ref()
        .map(|count| quote_spanned!(place=> .count(#count)));
    let new_workers = quote_spanned!(place=> __flytekit::dask::Workers::new());
    let place = here(scheduler.constant().unwrap_or_else(Span::call_site));
    let new_scheduler = quote_spanned!(place=> __flytekit::dask::Scheduler::new());
    let (scheduler, workers) = (dask_pods(scheduler), dask_pods(workers));
    quote! {
        .scheduler(#new_scheduler #scheduler)
        .workers(#new_workers #count #workers)
    }
}

fn dask_pods(pods: &DaskPods) -> TokenStream {
    let image = pods.image.as_ref().map(|image| {
        let image = checked(image, "image");
        quote!(.image(#image))
    });
    // The limits are compared with the requests, at the place of what only rustc can compare.
    let place = here(pods.constant().unwrap_or_else(Span::call_site));
    let call = |given: &Amounts, name: &str| {
        let amounts = amounts(given)?;
        let name = Ident::new(name, place);
        Some(quote_spanned!(place=> .#name(#amounts)))
    };
    let (requests, limits) = (
        call(&pods.requests, "requests"),
        call(&pods.limits, "limits"),
    );
    quote!(#image #requests #limits)
}
