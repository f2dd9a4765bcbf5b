use flytekit::engine::{Engine, Outcome, TaskContext};
use flytekit::task;
use flytekit::declare::{Custom, PodTemplate};

const POD: PodTemplate = PodTemplate::new().primary_container("main");

struct Ray;

struct RayConfig;

impl RayConfig {
    const fn custom(&self, out: &mut Custom<'_>) {
        out.object(&[]);
        out.container("ray");
    }
}

impl Engine for Ray {
    const TASK_TYPE: &'static str = "ray";
    type Config = RayConfig;
    type Session = ();
    type Running = ();

    fn pre_execute(_: &'static RayConfig, _: &TaskContext<'_>) -> flytekit::Result<()> {
        Ok(())
    }

    fn session(running: &()) -> &() {
        running
    }

    fn post_execute(_: (), _: Outcome) -> flytekit::Result<()> {
        Ok(())
    }
}

#[task(engine = Ray, config = RayConfig, pod_template = POD)]
fn not_in_the_pod() {}

#[task(engine = Ray, config = RayConfig)]
fn becomes_a_pod() {}

const ZONE: &str = "a b";

#[task(pod_template(node_selector("zone" = ZONE), image = ZONE, env(ZONE = "1")))]
fn options() {}

fn main() {}
