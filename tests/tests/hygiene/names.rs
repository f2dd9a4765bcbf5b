//! Names that generated code has, or could have, are the user's here.

#![allow(
    dead_code,
    non_camel_case_types,
    non_upper_case_globals,
    clippy::just_underscores_and_digits,
    clippy::struct_field_names
)]

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
const SECRETS: &[flytekit::declare::Secret] = &[flytekit::declare::Secret::new("a", "b")];
const SPEC: &[(&str, flytekit::declare::Json<'_>)] = &[];

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

static value: i64 = 1;
static fields: i64 = 2;
static default: i64 = 3;
static inner: i64 = 4;

/// Fields with the names of statics, of generated variables and of generated functions.
#[derive(Clone, Debug, Default, PartialEq, FlyteData)]
#[serde(default)]
pub(crate) struct Fields {
    literal: i64,
    out: i64,
    value: i64,
    fields: i64,
    name: String,
    default: i64,
    inner: i64,
    __0: i64,
    __1: i64,
    __value: i64,
    __out: i64,
    __fields: i64,
    __name: i64,
    __default: i64,
}

/// A wrapper with such a field.
#[derive(Debug, PartialEq, FlyteData)]
#[serde(transparent)]
pub(crate) struct Inner {
    inner: Fields,
    #[serde(skip)]
    out: i64,
}

/// Variants with such names, some of them of what is generated.
#[derive(Debug, PartialEq, FlyteData)]
pub(crate) enum Variants {
    Fields {
        out: i64,
        __value: i64,
        fields: Fields,
    },
    Candidate(String),
    __CANDIDATES(i64),
    __VARIANTS(f64),
    __unpack_0,
}

/// Names that are generated too.
#[derive(Debug, PartialEq, FlyteData)]
pub(crate) enum Choices {
    __NAMES,
    __named,
    __name_of,
    out,
    value,
}

#[test]
fn data_is_read_again() {
    let given = Fields {
        out: 1,
        __0: 2,
        __default: 3,
        name: "name".to_owned(),
        ..Fields::default()
    };
    assert_eq!(crate::again(&given), given);
    let wrapped = Inner {
        inner: given.clone(),
        out: 0,
    };
    assert_eq!(crate::again(&wrapped), wrapped);
    for variant in [
        Variants::Fields {
            out: 1,
            __value: 2,
            fields: given,
        },
        Variants::Candidate("text".to_owned()),
        Variants::__CANDIDATES(1),
        Variants::__VARIANTS(1.0),
        Variants::__unpack_0,
    ] {
        assert_eq!(crate::again(&variant), variant);
    }
    for choice in [
        Choices::__NAMES,
        Choices::__named,
        Choices::__name_of,
        Choices::out,
        Choices::value,
    ] {
        assert_eq!(crate::again(&choice), choice);
    }
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
