//! Parses `#[task(…)]`: all options are optional, and nothing is resolved.

pub(crate) mod function;
pub(crate) mod secrets;
pub(crate) mod words;

use crate::engines::EngineOptions;
use crate::pod::read::PodOptions;
use crate::pod::resources::{AmountOptions, AmountPairOptions};
use crate::syntax::group::{Group, GroupOrConst, options};
use crate::syntax::lists::{Pairs, Readable, Texts};
use crate::syntax::value::{Flag, ItemPath, Number, Text, TimeSpan};
use secrets::Secrets;
use words::{Accelerator, DeckFields, Device, Partition, SharedMemory};

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
        enable_deck: Flag,
        deck_fields: Readable<DeckFields>,
        + engine: EngineOptions,
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
    /// `accelerator(device = A100, partition = "2g.10gb")`
    pub(crate) struct AcceleratorOptions {
        device: Device,
        partition: Partition,
    }
}
