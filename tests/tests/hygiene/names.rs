//! Names that generated code has, or could have, are the user's here.

#![allow(dead_code, non_upper_case_globals, clippy::just_underscores_and_digits)]

use flytekit::prelude::*;

const TASK: &str = "task";
const NAME: &str = "hygiene.names.given";
const PATH: &str = "path";
const LEN: &str = "1Gi";
const FRAME: u32 = 7;
const CONFIG: crate::places::ThreadsConfig = crate::places::ThreadsConfig::new(3);
const CUSTOM: &str = "custom";
const VARIABLES: &str = "variables";
const DEFAULT: i64 = 4;
const ENV: &[(&str, &str)] = &[("A", "1")];
const SECRETS: &[flytekit::template::Secret] = &[flytekit::template::Secret::new("a", "b")];
const SPEC: &[(&str, flytekit::template::Json<'_>)] = &[];

/// All values are constants.
#[task(
    name = NAME,
    retries = FRAME,
    requests(mem = LEN),
    env(TASK = PATH, CUSTOM = VARIABLES),
    secrets = SECRETS,
    pod_template(spec = SPEC),
    engine = crate::places::Threads,
    config = CONFIG
)]
pub(crate) fn given(pool: &crate::places::Pool, #[default(DEFAULT)] a: i64) -> i64 {
    a * i64::try_from(pool.threads).expect("few threads")
}

/// Parameters with the names of generated variables.
#[task(env = ENV)]
pub(crate) fn parameters(
    inputs: i64,
    #[default(inputs())] session: i64,
    #[default(session(outputs()))] outputs: i64,
    #[default(run())] run: i64,
    #[default(literal + out)] __0: i64,
) -> i64 {
    inputs + session + outputs + run + __0
}

const fn inputs() -> i64 {
    10
}

const fn session(of: i64) -> i64 {
    of
}

const fn outputs() -> i64 {
    100
}

const fn run() -> i64 {
    1000
}

static literal: i64 = 20_000;
static out: i64 = 30_000;

/// Outputs with the names of statics.
#[derive(Outputs)]
pub(crate) struct Written {
    /// Named as one of them.
    pub(crate) literal: i64,
    /// Named as the other.
    pub(crate) out: i64,
}

/// Statics with the names of what a task is given.
pub(crate) mod statics {
    use flytekit::task;

    static inputs: i64 = 1;
    static session: i64 = 2;
    static outputs: i64 = 3;
    static run: i64 = 4;

    /// Uses them.
    #[task]
    pub(crate) fn sum(a: i64, #[default(inputs)] b: i64) -> super::Written {
        let sum = a + b + session + outputs + run;
        super::Written {
            literal: sum,
            out: sum,
        }
    }
}

/// A task named as what calls it.
#[task]
pub(crate) fn task(a: i64) -> i64 {
    a
}

pub(crate) mod main {
    //! A module and a task named as the entry point.

    /// A task named as the entry point.
    #[flytekit::task]
    pub(crate) fn main(a: i64) -> i64 {
        a
    }
}

#[test]
fn the_tasks_run() {
    assert_eq!(
        crate::output::<i64>("hygiene.names.statics.sum", &[("a", 1)]),
        11
    );
    assert_eq!(crate::output::<i64>("hygiene.names.given", &[]), 12);
    assert_eq!(
        crate::output::<i64>("hygiene.names.parameters", &[("inputs", 1)]),
        51_111
    );
    assert_eq!(crate::output::<i64>("hygiene.names.task", &[("a", 1)]), 1);
    assert_eq!(
        crate::output::<i64>("hygiene.names.main.main", &[("a", 2)]),
        2
    );
}
