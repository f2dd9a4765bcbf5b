//! What is written in `#[task(…)]` and `#[worker_fn(…)]`, as it is written: every option optional,
//! nothing resolved.

use proc_macro2::{Span, TokenStream};

use crate::engines::generic_spark::read::{Argument, Language};
use crate::pod::read::PodOptions;
use crate::syntax::error::Sink;
use crate::syntax::group::{Group, GroupOrConst, Options, options};
use crate::syntax::items;
use crate::syntax::lists::{Pairs, Readable, Secrets, Texts};
use crate::syntax::value::{Amount, AmountPair, ConstExpr, Flag, ItemPath, Number, Text, TimeSpan};
use crate::task::words::{Accelerator, Device, Mount, Partition, SharedMemory};

options! {
    /// `#[task(…)]`
    pub(crate) struct TaskOptions {
        name: Text,
        retries: Number,
        timeout: TimeSpan,
        cache: GroupOrConst<CacheOptions>,
        interruptible: Flag,
        deprecated: Text,
        requests: GroupOrConst<AmountOptions>,
        limits: GroupOrConst<AmountOptions>,
        resources: Group<AmountPairOptions>,
        shared_memory: SharedMemory,
        accelerator: Accelerator,
        env: Readable<Pairs>,
        secrets: Readable<Secrets>,
        container_image: Text,
        pod_template: GroupOrConst<PodOptions>,
        pod_template_name: Text,
        labels: Readable<Pairs>,
        annotations: Readable<Pairs>,
        spark: Group<SparkOptions>,
        generic_spark: Group<GenericSparkOptions>,
        dask: Group<DaskOptions>,
        engine: ItemPath,
        config: ConstExpr,
        krate as "crate": ItemPath,
    }
}

options! {
    /// `cache(version = "1.0", serialize, ignore_inputs("a"))`
    pub(crate) struct CacheOptions {
        version: Text,
        serialize: Flag,
        ignore_inputs: Texts,
    }
}

options! {
    /// `requests(cpu = "1", mem = "2Gi")`
    pub(crate) struct AmountOptions {
        cpu: Amount,
        mem: Amount,
        gpu: Amount,
        ephemeral_storage: Amount,
    }
}

options! {
    /// `resources(cpu = ("1", "2"), mem = "2Gi")`
    pub(crate) struct AmountPairOptions {
        cpu: AmountPair,
        mem: AmountPair,
        gpu: AmountPair,
        ephemeral_storage: AmountPair,
    }
}

options! {
    /// `accelerator(device = A100, partition = "2g.10gb")`
    pub(crate) struct AcceleratorOptions {
        device: Device,
        partition: Partition,
    }
}

options! {
    /// `secret(group = "db", key = "password", version = "2", mount = env_var, env_var = "DB_PASSWORD")`
    pub(crate) struct SecretOptions {
        group: Text,
        key: Text,
        version: Text,
        mount: Mount,
        env_var: Text,
    }
}

options! {
    /// `spark(conf("spark.executor.instances" = "2"))`
    pub(crate) struct SparkOptions {
        conf: Readable<Pairs>,
        hadoop_conf: Readable<Pairs>,
        executor_path: Text,
        applications_path: Text,
        driver_pod: GroupOrConst<PodOptions>,
        executor_pod: GroupOrConst<PodOptions>,
    }
}

options! {
    /// `generic_spark(application_type = Python, application = "/opt/app.py", args("--rows", rows))`
    pub(crate) struct GenericSparkOptions {
        main_class: Text,
        application: Text,
        application_type: Language,
        args: Readable<Vec<Argument>>,
        conf: Readable<Pairs>,
        hadoop_conf: Readable<Pairs>,
    }
}

options! {
    /// `dask(scheduler(…), workers(count = 4))`
    pub(crate) struct DaskOptions {
        scheduler: Group<DaskSchedulerOptions>,
        workers: Group<DaskWorkersOptions>,
    }
}

options! {
    /// `scheduler(image = "…", requests(cpu = "1"))`
    pub(crate) struct DaskSchedulerOptions {
        image: Text,
        requests: GroupOrConst<AmountOptions>,
        limits: GroupOrConst<AmountOptions>,
    }
}

options! {
    /// `workers(count = 4, image = "…", limits(mem = "4Gi"))`
    pub(crate) struct DaskWorkersOptions {
        count: Number,
        image: Text,
        requests: GroupOrConst<AmountOptions>,
        limits: GroupOrConst<AmountOptions>,
    }
}

options! {
    /// `#[worker_fn(…)]`
    pub(crate) struct WorkerFnOptions {
        name: Text,
        krate as "crate": ItemPath,
    }
}

/// Reads an attribute's arguments, and says whether all of them could be read.
pub(crate) fn read<T: Options>(arguments: TokenStream, sink: &mut Sink) -> (T, bool) {
    let items = sink.handle(items::parse(arguments));
    let group = Group::read(Span::call_site(), items.as_deref().unwrap_or_default());
    let whole = items.is_some() && group.is_whole();
    (group.open(sink), whole)
}
