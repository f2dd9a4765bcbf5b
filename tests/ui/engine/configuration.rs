use flytekit::engine::{Engine, Outcome, TaskContext};
use flytekit::declare::Custom;
use flytekit::{Result, task};

struct Ray;

struct RayConfig;

impl RayConfig {
    const fn custom(&self, _out: &mut Custom<'_>) {}
}

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

#[task(engine = Ray)]
fn missing() {}

#[task(engine = Ray, config = 3)]
fn of_another_type() {}

fn main() {}
