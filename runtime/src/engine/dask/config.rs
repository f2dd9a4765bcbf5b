//! The configuration of `#[task(dask(...))]`.

use flytekit_grammar::checked;

use crate::declare::{Custom, Json, Resources};

/// A Dask task's configuration: `Dask(...)` of flytekit's Dask plugin.
///
/// The attribute's options have the names of these functions. Every value is checked at compile time, also in
/// a constant that several tasks share:
///
/// ```
/// use flytekit::dask::{DaskConfig, Workers};
/// use flytekit::declare::Resources;
///
/// const LARGE: Resources = Resources::new().cpu("4").mem("16Gi");
/// const FARM: DaskConfig = DaskConfig::new()
///     .workers(Workers::new().count(20).requests(LARGE).limits(LARGE));
/// assert_eq!(FARM.worker_count(), 20);
/// ```
///
/// ```compile_fail
/// use flytekit::dask::{DaskConfig, Workers};
///
/// // A cluster without workers would never begin.
/// const NONE: DaskConfig = DaskConfig::new().workers(Workers::new().count(0));
/// ```
///
/// # Pods
///
/// The backend creates a cluster for each attempt of the task, and removes it afterwards. Each pod is based
/// on the task's own: its environment, secrets, volumes and, unless the configuration changes them, its image
/// and resources.
///
/// | Pod | Runs | Changed |
/// |---|---|---|
/// | job runner | the task's function, with its `DaskClient` | nothing; not restarted, never interruptible |
/// | scheduler, one | `dask-scheduler` | image and resources of [`Scheduler`]; never interruptible |
/// | workers | `dask-worker` | image and resources of [`Workers`]; interruptible if the task is |
///
/// # Images
///
/// Every image has the same version of Python with `distributed`. The workers also start the task's
/// executable, so their image has it at the same path as the task's image
/// ([`EXECUTABLE`](crate::declare::EXECUTABLE)), and from the same build. It is simplest to use the task's
/// own image, `container_image`, for all of them; only the scheduler needs no executable.
#[derive(Clone, Copy, Debug)]
pub struct DaskConfig {
    scheduler: Scheduler,
    workers: Workers,
}

impl DaskConfig {
    /// A scheduler and one worker, in pods like the task's.
    pub const fn new() -> Self {
        DaskConfig {
            scheduler: Scheduler::new(),
            workers: Workers::new(),
        }
    }

    /// The scheduler's pod: `scheduler` of flytekit.
    #[must_use]
    pub const fn scheduler(mut self, scheduler: Scheduler) -> Self {
        self.scheduler = scheduler;
        self
    }

    /// The workers' pods: `workers` of flytekit.
    #[must_use]
    pub const fn workers(mut self, workers: Workers) -> Self {
        self.workers = workers;
        self
    }

    /// The number of workers of the complete cluster.
    pub const fn worker_count(&self) -> u32 {
        self.workers.count
    }

    /// Writes `plugins.DaskJob` as flytekit does: in proto3's JSON form, without unset images, and with
    /// `resources` even if it is empty.
    pub const fn custom(&self, out: &mut Custom<'_>) {
        let (scheduler, workers) = (&self.scheduler.pods, &self.workers.pods);
        let count = Json::Number(self.workers.count as f64);
        out.object(&[
            (
                "scheduler",
                Json::Object(&[
                    ("image", Json::optional(scheduler.image)),
                    ("resources", scheduler.resources()),
                ]),
            ),
            (
                "workers",
                Json::Object(&[
                    ("image", Json::optional(workers.image)),
                    ("numberOfWorkers", count),
                    ("resources", workers.resources()),
                ]),
            ),
        ]);
        out.image(&["scheduler", "image"]);
        out.image(&["workers", "image"]);
    }
}

impl Default for DaskConfig {
    fn default() -> Self {
        DaskConfig::new()
    }
}

/// The pod of a Dask cluster's scheduler: `Scheduler(...)` of flytekit's Dask plugin.
///
/// The scheduler knows every call and result, but holds none of their values. Its memory therefore depends on
/// the number of calls, not on their size.
///
/// ```
/// use flytekit::dask::Scheduler;
/// use flytekit::declare::Resources;
///
/// const SMALL: Scheduler = Scheduler::new()
///     .image("daskdev/dask:2026.8.0")
///     .requests(Resources::new().cpu("1").mem("2Gi"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Scheduler {
    pods: Pods,
}

impl Scheduler {
    /// A pod like the task's.
    pub const fn new() -> Self {
        Scheduler { pods: Pods::TASKS }
    }
}

impl Default for Scheduler {
    fn default() -> Self {
        Scheduler::new()
    }
}

/// The pods of a Dask cluster's workers: `WorkerGroup(...)` of flytekit's Dask plugin.
///
/// The backend derives a worker's options from its limits: it starts the worker with `--nthreads` of the CPU
/// limit, rounded up, and `--memory-limit` of the memory limit. A worker with the limit `cpu = "4"` has four
/// threads, each of which makes one call at a time, in a process of its own.
///
/// ```
/// use flytekit::dask::Workers;
/// use flytekit::declare::Resources;
///
/// // Eight calls at a time.
/// const PAIR: Workers = Workers::new()
///     .count(2)
///     .limits(Resources::new().cpu("4").mem("8Gi"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Workers {
    count: u32,
    pods: Pods,
}

impl Workers {
    /// One worker in a pod like the task's.
    pub const fn new() -> Self {
        Workers {
            count: 1,
            pods: Pods::TASKS,
        }
    }

    /// The number of workers: `number_of_workers` of flytekit. One unless set.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is zero.
    #[must_use]
    #[track_caller]
    pub const fn count(mut self, count: u32) -> Self {
        assert!(count > 0, "a Dask cluster needs at least one worker");
        self.count = count;
        self
    }
}

impl Default for Workers {
    fn default() -> Self {
        Workers::new()
    }
}

/// The options of both kinds of pods.
macro_rules! pods {
    ($($part:ident)+) => {$(
        impl $part {
            /// The image: `image` of flytekit. The task's unless set. See [Images](DaskConfig#images) for its
            /// content.
            ///
            /// # Panics
            ///
            /// In const evaluation, if it is not a valid image name.
            #[must_use]
            #[track_caller]
            pub const fn image(mut self, image: &'static str) -> Self {
                self.pods.image = Some(checked::image(image));
                self
            }

            /// The resources that each pod requests: `requests` of flytekit. If requests or limits are given,
            /// they replace both of the task's; resources that they do not mention get the platform's
            /// default.
            ///
            /// # Panics
            ///
            /// In const evaluation, if they are above the limits.
            #[must_use]
            #[track_caller]
            pub const fn requests(mut self, requests: Resources) -> Self {
                requests.check_within(&self.pods.limits);
                self.pods.requests = requests;
                self
            }

            /// The maximum resources of each pod: `limits` of flytekit. See
            /// [`requests`](Self::requests).
            ///
            /// # Panics
            ///
            /// In const evaluation, if they are below the requests.
            #[must_use]
            #[track_caller]
            pub const fn limits(mut self, limits: Resources) -> Self {
                self.pods.requests.check_within(&limits);
                self.pods.limits = limits;
                self
            }
        }
    )+};
}

pods! { Scheduler Workers }

/// The options of pods of either kind.
#[derive(Clone, Copy, Debug)]
struct Pods {
    image: Option<&'static str>,
    requests: Resources,
    limits: Resources,
}

impl Pods {
    /// Options that change nothing: the pods are the task's.
    const TASKS: Self = Pods {
        image: None,
        requests: Resources::new(),
        limits: Resources::new(),
    };

    const fn resources(&self) -> Json<'_> {
        Json::Resources {
            requests: &self.requests,
            limits: &self.limits,
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::value::Kind;
    use prost_types::{Struct, Value};

    use super::*;

    fn custom(config: &DaskConfig) -> String {
        let mut count = Custom::counting();
        config.custom(&mut count);
        let mut bytes = vec![0; count.len()];
        config.custom(&mut Custom::new(&mut bytes));
        json(&Struct::decode(&*bytes).unwrap()).to_string()
    }

    fn json(members: &Struct) -> serde_json::Value {
        let members = members.fields.iter();
        members.map(|(key, it)| (key.clone(), value(it))).collect()
    }

    fn value(value: &Value) -> serde_json::Value {
        match value.kind.as_ref().unwrap() {
            Kind::NumberValue(number) => (*number).into(),
            Kind::StringValue(text) => text.as_str().into(),
            Kind::StructValue(members) => json(members),
            Kind::ListValue(list) => list.values.iter().map(self::value).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn defaults_are_one_worker_like_the_task() {
        assert_eq!(
            custom(&DaskConfig::new()),
            r#"{"scheduler":{"resources":{}},"workers":{"numberOfWorkers":1.0,"resources":{}}}"#
        );
        assert_eq!(DaskConfig::default().worker_count(), 1);
    }

    #[test]
    fn options_become_the_job() {
        const EVERYTHING: DaskConfig = DaskConfig::new()
            .scheduler(
                Scheduler::new()
                    .image("s:1")
                    .requests(Resources::new().mem("1Gi").cpu("1"))
                    .limits(Resources::new().cpu("2")),
            )
            .workers(
                Workers::new()
                    .count(5)
                    .image("w:1")
                    .requests(Resources::new().gpu("1").ephemeral_storage("9Gi").cpu("3"))
                    .limits(Resources::new().mem("4Gi")),
            );
        let pods = custom(&EVERYTHING);
        let scheduler = r#"{"scheduler":{"image":"s:1","resources":{"limits":[{"name":"CPU","value":"2"}],"requests":[{"name":"CPU","value":"1"},{"name":"MEMORY","value":"1Gi"}]}},"#;
        let workers = r#""workers":{"image":"w:1","numberOfWorkers":5.0,"resources":{"limits":[{"name":"MEMORY","value":"4Gi"}],"requests":[{"name":"CPU","value":"3"},{"name":"GPU","value":"1"},{"name":"EPHEMERAL_STORAGE","value":"9Gi"}]}}}"#;
        assert_eq!(pods, format!("{scheduler}{workers}"));
        assert_eq!(EVERYTHING.worker_count(), 5);
    }

    #[test]
    fn mistakes_stop() {
        const SMALL: Resources = Resources::new().cpu("1");
        const LARGE: Resources = Resources::new().cpu("2");
        let stops = |check: fn()| std::panic::catch_unwind(check).is_err();
        assert!(stops(|| _ = Workers::new().count(0)));
        assert!(stops(|| _ = Workers::new().image("App")));
        assert!(stops(|| _ = Scheduler::new().image("")));
        assert!(stops(|| _ = Workers::new().requests(LARGE).limits(SMALL)));
        assert!(stops(|| _ = Scheduler::new().limits(SMALL).requests(LARGE)));
    }
}
