//! The state of a job.

use std::collections::BTreeMap;

use flytekit_proto::flyteidl::admin::{self, State};
use flytekit_proto::flyteidl::core::{LiteralMap, TaskLog};
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};

use crate::Phase;

/// The state of a job, for Flyte.
///
/// ```
/// use flytekit_connector::{Phase, Resource};
///
/// let resource = Resource::new(Phase::Running)
///     .with_message("3 of 5 stages are done")
///     .with_link("Console", "https://example.com/runs/7");
/// assert_eq!(resource.phase, Phase::Running);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The phase.
    pub phase: Phase,
    /// A message for people; the reason of a failure.
    pub message: String,
    /// Links for people.
    pub log_links: Vec<TaskLog>,
    /// The outputs. Without them, Flyte reads the files that the job has written below the output prefix.
    pub outputs: Option<LiteralMap>,
    /// Further facts, for people.
    pub custom_info: Option<serde_json::Map<String, serde_json::Value>>,
}

impl Resource {
    /// The state of a job in this phase.
    pub fn new(phase: Phase) -> Self {
        Resource {
            phase,
            message: String::new(),
            log_links: Vec::new(),
            outputs: None,
            custom_info: None,
        }
    }

    /// Sets the message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Adds a link that Flyte's console shows beside the job.
    #[must_use]
    pub fn with_link(mut self, name: impl Into<String>, uri: impl Into<String>) -> Self {
        self.log_links.push(TaskLog {
            name: name.into(),
            uri: uri.into(),
            ..TaskLog::default()
        });
        self
    }

    /// Sets the job's outputs.
    #[must_use]
    pub fn with_outputs(mut self, outputs: LiteralMap) -> Self {
        self.outputs = Some(outputs);
        self
    }

    /// Flyte's message.
    ///
    /// The older field `state` is set, too: its readers treat an absent state as a failure that asks for a
    /// retry.
    pub(crate) fn into_message(self) -> admin::Resource {
        let state = match self.phase {
            Phase::Queued | Phase::Initializing | Phase::WaitingForResources => State::Pending,
            Phase::Running => State::Running,
            Phase::Succeeded => State::Succeeded,
            Phase::Aborted | Phase::Failed => State::PermanentFailure,
            Phase::RetryableFailed => State::RetryableFailure,
        };
        admin::Resource {
            state: state.into(),
            outputs: self.outputs,
            message: self.message,
            log_links: self.log_links,
            phase: self.phase.in_message().into(),
            custom_info: self.custom_info.map(in_struct),
            agent_error: None,
        }
    }
}

fn in_struct(fields: serde_json::Map<String, serde_json::Value>) -> Struct {
    let fields = fields.into_iter().map(|(name, it)| (name, in_value(it)));
    Struct {
        fields: fields.collect::<BTreeMap<_, _>>(),
    }
}

fn in_value(value: serde_json::Value) -> Value {
    let kind = match value {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(it) => Kind::BoolValue(it),
        serde_json::Value::Number(it) => Kind::NumberValue(it.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(it) => Kind::StringValue(it),
        serde_json::Value::Array(values) => Kind::ListValue(ListValue {
            values: values.into_iter().map(in_value).collect(),
        }),
        serde_json::Value::Object(fields) => Kind::StructValue(in_struct(fields)),
    };
    Value { kind: Some(kind) }
}
