//! A server with two connectors: `sleep` tasks are jobs, which Flyte asks about until they end, and `shout`
//! tasks return their results directly.
//!
//! ```sh
//! cargo run -p connector-clock -- serve --port 8000
//! ```

use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flytekit_connector::proto::flyteidl::core::{
    Literal, LiteralMap, Primitive, Scalar, literal, primitive, scalar,
};
use flytekit_connector::{
    Call, Connector, Failure, NewTask, Phase, Resource, SyncConnector, TaskType,
};
use serde::{Deserialize, Serialize};

/// Jobs that last a while and do nothing.
struct Sleep;

/// The end of a job, in seconds since 1970. Flyte keeps it, so any process can answer for the job.
#[derive(Serialize, Deserialize)]
struct Nap {
    end: u64,
}

impl Connector for Sleep {
    type Job = Nap;

    fn name(&self) -> &'static str {
        "Sleep Connector"
    }

    fn task_types(&self) -> Vec<TaskType> {
        vec![TaskType::new("sleep")]
    }

    async fn create(&self, task: NewTask) -> Result<Nap, Failure> {
        let seconds = match primitive(&task.inputs, "seconds") {
            Some(primitive::Value::Integer(seconds)) => u64::try_from(*seconds).ok(),
            _ => None,
        };
        let seconds = seconds.ok_or_else(|| {
            Failure::user("the input `seconds` of a `sleep` task must be a positive integer")
        })?;
        Ok(Nap {
            end: now().as_secs().saturating_add(seconds),
        })
    }

    async fn get(&self, job: &Nap, _: &Call) -> Result<Resource, Failure> {
        let left = job.end.saturating_sub(now().as_secs());
        Ok(match left {
            0 => Resource::new(Phase::Succeeded).with_outputs(LiteralMap::default()),
            left => Resource::new(Phase::Running).with_message(format!("{left} s are left")),
        })
    }

    async fn delete(&self, _: &Nap, _: &Call) -> Result<(), Failure> {
        Ok(())
    }
}

/// Texts in capitals.
struct Shout;

impl SyncConnector for Shout {
    fn name(&self) -> &'static str {
        "Shout Connector"
    }

    fn task_types(&self) -> Vec<TaskType> {
        vec![TaskType::new("shout")]
    }

    async fn execute(&self, task: NewTask) -> Result<Resource, Failure> {
        let Some(primitive::Value::StringValue(text)) = primitive(&task.inputs, "text") else {
            return Err(Failure::user(
                "the input `text` of a `shout` task must be text",
            ));
        };
        let outputs = LiteralMap {
            literals: [("o0".to_owned(), text_literal(text.to_uppercase()))].into(),
        };
        Ok(Resource::new(Phase::Succeeded).with_outputs(outputs))
    }
}

fn primitive<'a>(inputs: &'a LiteralMap, name: &str) -> Option<&'a primitive::Value> {
    let Some(literal::Value::Scalar(scalar)) = &inputs.literals.get(name)?.value else {
        return None;
    };
    match &scalar.value {
        Some(scalar::Value::Primitive(primitive)) => primitive.value.as_ref(),
        _ => None,
    }
}

fn text_literal(text: String) -> Literal {
    let primitive = Primitive {
        value: Some(primitive::Value::StringValue(text)),
    };
    Literal {
        value: Some(literal::Value::Scalar(Box::new(Scalar {
            value: Some(scalar::Value::Primitive(primitive)),
        }))),
        ..Literal::default()
    }
}

fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn main() -> ExitCode {
    flytekit_connector::main(|connectors| connectors.with(Sleep)?.with_sync(Shout))
}
