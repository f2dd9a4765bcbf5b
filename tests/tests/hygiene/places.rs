//! Tasks wherever a function can stand, and an engine for those that need one.

use flytekit::declare::{Custom, Json};
use flytekit::engine::{Engine, Outcome, TaskContext};
use flytekit::prelude::*;

/// An engine of one's own.
pub(crate) struct Threads;

/// What it is told.
#[derive(Debug)]
pub(crate) struct ThreadsConfig {
    threads: u64,
}

impl ThreadsConfig {
    /// So many threads.
    pub(crate) const fn new(threads: u64) -> Self {
        ThreadsConfig { threads }
    }

    /// The template's part.
    #[allow(clippy::cast_precision_loss, reason = "there are few threads")]
    pub(crate) const fn custom(&self, out: &mut Custom<'_>) {
        out.object(&[("threads", Json::Number(self.threads as f64))]);
    }
}

/// What a task borrows.
#[derive(Debug)]
pub(crate) struct Pool {
    /// How many there are.
    pub(crate) threads: u64,
}

impl Engine for Threads {
    const TASK_TYPE: &'static str = "threads";
    type Config = ThreadsConfig;
    type Session = Pool;
    type Running = Pool;

    fn pre_execute(config: &'static ThreadsConfig, _: &TaskContext<'_>) -> Result<Pool> {
        Ok(Pool {
            threads: config.threads,
        })
    }

    fn session(pool: &Pool) -> &Pool {
        pool
    }

    fn post_execute(_: Pool, _: Outcome) -> Result<()> {
        Ok(())
    }
}

#[task]
fn private(a: i64) -> i64 {
    a
}

#[task]
pub(super) fn of_the_parent(a: i64) -> i64 {
    a
}

#[task]
pub(in crate::places) fn of_a_path(a: i64) -> i64 {
    a
}

mod outer {
    mod inner {
        use flytekit::task;

        #[task]
        pub(crate) fn nested(a: i64) -> i64 {
            a
        }

        #[task]
        pub(crate) fn its_neighbour(a: i64) -> i64 {
            nested(a)
        }
    }

    pub(super) use inner::its_neighbour;
}

/// A task in a function can use what is in there.
fn body() -> i64 {
    const RETRIES: u32 = 2;

    #[derive(Outputs)]
    struct Local {
        number: i64,
    }

    #[task(retries = RETRIES)]
    fn in_a_body(a: i64) -> Local {
        Local { number: a }
    }

    in_a_body(1).number
}

const _: () = {
    #[task]
    fn in_a_constant(a: i64) -> i64 {
        a
    }
};

#[test]
fn each_runs_and_can_be_called() {
    assert_eq!(private(1) + of_the_parent(2) + of_a_path(3), 6);
    assert_eq!(outer::its_neighbour(1) + body(), 2);
    for task in [
        "private",
        "outer.inner.its_neighbour",
        "in_a_body",
        "in_a_constant",
    ] {
        assert_eq!(
            crate::output::<i64>(&format!("hygiene.places.{task}"), &[("a", 5)]),
            5
        );
    }
}
