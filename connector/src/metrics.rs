//! Metrics for Prometheus, with the names of flytekit's server.

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use tonic::Code;

/// The metrics of a server.
pub(crate) struct Metrics {
    registry: Registry,
    successes: Family<Labels, Counter>,
    failures: Family<FailureLabels, Counter>,
    latency: Family<Labels, Histogram, fn() -> Histogram>,
    input_size: Family<TypeLabel, Histogram, fn() -> Histogram>,
    active: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    task_type: String,
    operation: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FailureLabels {
    task_type: String,
    operation: String,
    error_code: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TypeLabel {
    task_type: String,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("flyte_connector");
        let successes = Family::default();
        let failures = Family::default();
        let latency = Family::new_with_constructor(seconds as fn() -> Histogram);
        let input_size = Family::new_with_constructor(bytes as fn() -> Histogram);
        let active = Gauge::default();
        registry.register("requests_success", "Successful calls", successes.clone());
        registry.register("requests_failure", "Failed calls", failures.clone());
        registry.register("request_latency_seconds", "Time of a call", latency.clone());
        registry.register("input_literal_bytes", "Size of inputs", input_size.clone());
        registry.register(
            "requests_active",
            "Calls that are being answered",
            active.clone(),
        );
        Metrics {
            registry,
            successes,
            failures,
            latency,
            input_size,
            active,
        }
    }

    /// Begins a call, which ends when the guard is dropped.
    pub(crate) fn begins(&self) -> Active {
        self.active.inc();
        Active(self.active.clone())
    }

    pub(crate) fn input(&self, task_type: &str, size: usize) {
        let task_type = task_type.to_owned();
        let histogram = self.input_size.get_or_create(&TypeLabel { task_type });
        histogram.observe(as_float(size));
    }

    pub(crate) fn ended(&self, task_type: &str, operation: &str, took: Duration, code: Code) {
        let labels = Labels {
            task_type: task_type.to_owned(),
            operation: operation.to_owned(),
        };
        let latency = self.latency.get_or_create(&labels);
        latency.observe(took.as_secs_f64());
        drop(latency);
        if code == Code::Ok {
            self.successes.get_or_create(&labels).inc();
            return;
        }
        let Labels {
            task_type,
            operation,
        } = labels;
        let failure = FailureLabels {
            task_type,
            operation,
            error_code: of_http(code),
        };
        self.failures.get_or_create(&failure).inc();
    }

    /// All metrics, as text.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A call in progress.
pub(crate) struct Active(Gauge);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn seconds() -> Histogram {
    // Buckets from a millisecond to more than Flyte's deadline.
    Histogram::new(exponential_buckets(0.001, 2.0, 16))
}

fn bytes() -> Histogram {
    Histogram::new(exponential_buckets(256.0, 4.0, 10))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes of messages are far below"
)]
fn as_float(size: usize) -> f64 {
    size as f64
}

/// The numbers by which flytekit counts failures.
fn of_http(code: Code) -> u64 {
    match code {
        Code::NotFound => 404,
        Code::InvalidArgument => 400,
        Code::Unavailable => 503,
        Code::Unimplemented => 501,
        _ => 500,
    }
}
