use flytekit::engine::{Engine, Outcome, TaskContext};
use flytekit::{Result, task};

struct Ray;

struct RayConfig;

impl Engine for Ray {
    const TASK_TYPE: &'static str = "ray";
    type Config = RayConfig;
    type Session = ();
    type Running = ();

    fn pre_execute(_: &'static RayConfig, _: &TaskContext<'_>) -> Result<()> {
        Ok(())
    }

    fn session(running: &()) -> &() {
        running
    }

    fn post_execute((): (), _: Outcome) -> Result<()> {
        Ok(())
    }
}

#[task(engine = Ray, config = RayConfig)]
fn configured() {}

fn main() {}
