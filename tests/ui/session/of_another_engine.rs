use flytekit::engine::{Engine, Outcome, TaskContext};
use flytekit::{Result, task};

struct Ray;
struct RayClient;

impl Engine for Ray {
    const TASK_TYPE: &'static str = "ray";
    type Config = ();
    type Session = RayClient;
    type Running = RayClient;

    fn pre_execute((): &'static (), _: &TaskContext<'_>) -> Result<RayClient> {
        Ok(RayClient)
    }

    fn session(running: &RayClient) -> &RayClient {
        running
    }

    fn post_execute(_: RayClient, _: Outcome) -> Result<()> {
        Ok(())
    }
}

struct SparkSession;

#[task(engine = Ray)]
fn spark_session(_spark: &SparkSession) {}

#[task(engine = Ray)]
fn an_input(number: &i64, other: i64) -> i64 {
    *number + other
}

#[task(engine = Ray)]
fn owned(_client: RayClient) {}

fn main() {}
