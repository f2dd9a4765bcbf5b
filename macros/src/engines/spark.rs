//! Spark: its settings, and its pods against the task's.

use flytekit_grammar as grammar;
use proc_macro2::Span;

use crate::pod::model::{Pod, PodTemplate};
use crate::syntax::error::list;
use crate::syntax::lists::{Pair, Pairs};
use crate::syntax::value::Text;
use crate::task::check::{Check, entries, sentence};
use crate::task::model::{Engine, Spark, Task};

/// How many letters may be wrong in a misspelt key.
const SLIPS: usize = 2;

impl Check<'_> {
    pub(crate) fn spark(&mut self, spark: &Spark) {
        self.spark_conf(&spark.conf, &spark.hadoop_conf);
        self.non_empty(
            spark.executor_path.as_ref(),
            "an executor has a path in the image",
        );
        self.optional(spark.applications_path.as_ref(), grammar::spark_application);
    }

    /// ```text
    /// conf("executorMemory" = "4g")           `executorMemory` has no dot: …
    /// conf("spark.executor.memory" = "4Gi")   `4Gi` has the suffix of a Kubernetes quantity: …
    /// ```
    pub(crate) fn spark_conf(&mut self, conf: &Pairs, hadoop_conf: &Pairs) {
        self.keys(conf, grammar::spark_key);
        for pair in entries(conf) {
            self.setting(pair);
        }
        self.keys(hadoop_conf, grammar::spark_key);
    }

    fn setting(&mut self, Pair { key, value }: &Pair) {
        let Some(name) = key.literal() else { return };
        let kind = grammar::spark_value(&name);
        if let Some(text) = value.literal()
            && let Err(problem) = kind.check(&text)
        {
            let words = match kind.words() {
                [] => String::new(),
                words => format!(", expected one of {}", list(words)),
            };
            self.refuse(value.span(), sentence(&text, problem) + &words);
        }
        if let Some(known) = misspelt(&name) {
            let message =
                format!("Spark 4.2 declares no setting `{name}`; did you mean `{known}`?");
            self.warn(key.span(), message);
        }
    }

    /// Spark's pods are laid over the task's, and the backend then looks their primary containers
    /// up in it.
    pub(crate) fn pods_of_spark(&mut self, task: &Task) {
        let Engine::Spark { config, .. } = &task.engine else {
            return;
        };
        let pods = [&config.driver_pod, &config.executor_pod];
        let pods = pods.into_iter().flatten();
        let written = pods.filter_map(|pod| match pod {
            PodTemplate::Written(pod) => Some(pod),
            PodTemplate::Const(_) => None,
        });
        let containers = match &task.pod_template {
            Some(PodTemplate::Const(_)) => None,
            Some(PodTemplate::Written(pod)) => pod.containers(),
            // The task's pod is made for them: its one container has the name that they use.
            None => written
                .clone()
                .next()
                .and_then(Pod::primary_name)
                .map(|name| vec![name]),
        };
        for pod in written {
            self.pod(pod);
            self.unread(pod);
            if let Some(containers) = &containers {
                self.containers(pod, containers);
            }
        }
    }

    /// ```text
    /// driver_pod(primary_container = "x")   the task's pod has no container `x`, …
    /// ```
    fn containers(&mut self, pod: &Pod, of_task: &[String]) {
        let Some(names) = pod.containers() else {
            return;
        };
        let [primary, others @ ..] = &*names else {
            return;
        };
        if !of_task.contains(primary) {
            let names: Vec<_> = of_task.iter().map(String::as_str).collect();
            let reason = format!(
                "the task's pod has no container `{primary}`, only {}: the backend looks the primary container of Spark's pods up there; give the task a `pod_template` that has it",
                list(&names)
            );
            self.refuse(pod.primary_place(), reason);
        } else if *primary != of_task[0] {
            let message = format!(
                "the task's primary container is `{}`: the pods of Spark run `{primary}` in its place, with its image and environment, and if they are executors the driver gets its args",
                of_task[0]
            );
            self.warn(pod.primary_place(), message);
        }
        for dropped in others.iter().filter(|name| !of_task.contains(name)) {
            let message = format!(
                "the backend drops the container `{dropped}`: Spark's pods keep only containers that the task's `pod_template` has as well"
            );
            self.warn(pod.span, message);
        }
    }

    /// ```text
    /// driver_pod(volumes(…))   the backend does not read the volumes of Spark's pods: …
    /// ```
    fn unread(&mut self, pod: &Pod) {
        let options = &pod.options;
        let resources = options.requests.place().or_else(|| options.limits.place());
        let service_account = options.service_account.as_ref().map(Text::span);
        let volumes = options.volumes.first().map(|volume| volume.name.span());
        let unread: [(Option<Span>, &str); 3] = [
            (
                resources,
                "resources of Spark's pods: Spark asks for `spark.driver.memory`, `spark.executor.cores` and their like",
            ),
            (
                service_account,
                "service account of Spark's pods: it takes that of the execution",
            ),
            (
                volumes,
                "volumes of Spark's pods: Spark mounts what `spark.kubernetes.driver.volumes` and its like say",
            ),
        ];
        for (place, what) in unread {
            if let Some(place) = place {
                self.warn(place, format!("the backend does not read the {what}"));
            }
        }
    }
}

/// The declared key that was probably meant by another one.
fn misspelt(key: &str) -> Option<&'static str> {
    if !key.starts_with("spark.") || grammar::spark_keys().any(|known| known == key) {
        return None;
    }
    grammar::spark_keys()
        .filter(|known| known.len().abs_diff(key.len()) <= SLIPS)
        .map(|known| (strsim::osa_distance(known, key), known))
        .min()
        .filter(|(slips, _)| *slips <= SLIPS)
        .map(|(_, known)| known)
}
