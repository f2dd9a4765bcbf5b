use flytekit::engine::{Engine, Outcome, TaskContext};
use flytekit::{Result, task};

struct Blocking;

impl Engine for Blocking {
    const TASK_TYPE: &'static str = "blocking";
    const BLOCKING: bool = true;
    type Config = ();
    type Session = ();
    type Running = ();

    fn pre_execute((): &'static (), _: &TaskContext<'_>) -> Result<()> {
        Ok(())
    }

    fn session(running: &()) -> &() {
        running
    }

    fn post_execute((): (), _: Outcome) -> Result<()> {
        Ok(())
    }
}

#[task(engine = Blocking)]
async fn waits() {}

fn main() {}
