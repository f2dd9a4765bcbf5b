//! A connector: the server that runs tasks of the type `sleep`, which need no pod.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use flytekit_connector::proto::flyteidl::core::{LiteralMap, literal, primitive, scalar};
use flytekit_connector::{Call, Connector, Failure, NewTask, Phase, Resource, TaskType};
use serde::{Deserialize, Serialize};

/// Jobs that last a while and do nothing. Replace them by calls of your service.
struct Sleep;

/// A job. Flyte keeps it between the calls, so any process of the server can answer for it.
#[derive(Serialize, Deserialize)]
struct Job {
    /// Seconds since 1970.
    end: u64,
}

impl Connector for Sleep {
    type Job = Job;

    fn name(&self) -> &'static str {
        "Sleep Connector"
    }

    fn task_types(&self) -> Vec<TaskType> {
        vec![TaskType::new("sleep")]
    }

    async fn create(&self, task: NewTask) -> Result<Job, Failure> {
        let seconds = seconds(&task.inputs).ok_or_else(|| {
            Failure::user("the input `seconds` of a `sleep` task must be a positive integer")
        })?;
        let end = now().saturating_add(seconds);
        Ok(Job { end })
    }

    async fn get(&self, job: &Job, _: &Call) -> Result<Resource, Failure> {
        Ok(match job.end.saturating_sub(now()) {
            0 => Resource::new(Phase::Succeeded).with_outputs(LiteralMap::default()),
            left => Resource::new(Phase::Running).with_message(format!("{left} s are left")),
        })
    }

    async fn delete(&self, _: &Job, _: &Call) -> Result<(), Failure> {
        Ok(())
    }
}

/// The input `seconds`.
fn seconds(inputs: &LiteralMap) -> Option<u64> {
    let literal::Value::Scalar(scalar) = inputs.literals.get("seconds")?.value.as_ref()? else {
        return None;
    };
    let scalar::Value::Primitive(primitive) = scalar.value.as_ref()? else {
        return None;
    };
    match primitive.value.as_ref()? {
        primitive::Value::Integer(seconds) => u64::try_from(*seconds).ok(),
        _ => None,
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

fn main() -> ExitCode {
    flytekit_connector::main(|connectors| connectors.with(Sleep))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_without_inputs_is_refused() {
        assert_eq!(seconds(&LiteralMap::default()), None);
    }
}
