//! Tasks that a `macro_rules!` macro writes, with every kind of fragment that fits.

use flytekit::prelude::*;

const SMALL: Resources = Resources::new().cpu("1");

/// Everything that can be passed on is.
macro_rules! generate {
    (
        $(#[$attr:meta])*
        $vis:vis fn $name:ident($first:ident: $first_ty:ty = $default:expr) -> $output:ty $body:block
        $option:ident = $number:literal,
        $retries:expr,
        $resources:path,
        $key:literal,
        $value:literal
    ) => {
        #[task(
            $option = $number,
            retries = $retries,
            requests = $resources,
            env($key = $value),
            labels("team" = $value),
            cache(version = $value, ignore_inputs($key)),
            deprecated = $value,
            secrets(secret(group = $value, key = $value)),
            pod_template(spec = { "hostname": $value, "hostAliases": [$number, $number] }),
        )]
        $(#[$attr])*
        $vis fn $name(#[default($default)] $first: $first_ty) -> $output $body
    };
}

generate! {
    /// The documentation comes along.
    #[must_use]
    pub(crate) fn from_fragments(a: i64 = 1 + 1) -> i64 { a }
    timeout = 90,
    1 + 2,
    SMALL,
    "a",
    "text"
}

/// One task for each type.
macro_rules! for_types {
    ($($name:ident: $ty:ty),*) => {$(
        /// Gives back what it was given.
        #[task]
        pub(crate) fn $name(value: $ty, others: Vec<$ty>, perhaps: Option<$ty>) -> ($ty, Vec<$ty>, Option<$ty>) {
            (value, others, perhaps)
        }
    )*};
}

for_types!(of_integers: i64, of_texts: String, of_lists: Vec<f64>);

/// Dataclasses, unions and enums of what comes along.
macro_rules! data {
    ($name:ident { $field:ident: $ty:ty } $union:ident { $variant:ident, $other:ident } $enum:ident { $($word:ident),* } $tag:literal, $default:expr) => {
        #[derive(FlyteData)]
        #[serde(rename = $tag)]
        pub(crate) struct $name {
            #[serde(rename = $tag)]
            $field: $ty,
            #[serde(default)]
            list: Vec<$ty>,
        }

        #[derive(FlyteData)]
        #[serde(tag = $tag)]
        pub(crate) enum $union {
            $variant { $field: $name },
            $other { value: $ty },
        }

        #[derive(FlyteData)]
        pub(crate) enum $enum {
            $($word),*
        }

        #[test]
        fn data_is_read_again() {
            let value = $name { $field: $default, list: vec![$default] };
            let read = crate::again(&$union::$variant { $field: value });
            assert!(matches!(read, $union::$variant { $field: $name { $field: $default, .. } }));
            let read = crate::again(&$union::$other { value: $default });
            assert!(matches!(read, $union::$other { value: $default }));
            $(assert!(matches!(crate::again(&$enum::$word), $enum::$word));)*
        }
    };
}

data! {
    Value { value: i64 }
    Values { First, Second }
    Words { One, Two }
    "tag", 7
}

/// A function that comes as a whole.
macro_rules! whole {
    ($item:item) => {
        #[task(retries = 1)]
        $item
    };
}

whole! {
    /// The sum.
    pub(crate) fn whole_item(a: i64, /** the other one */ b: i64) -> Result<i64> {
        a.checked_add(b).ok_or_else(|| Error::user("too large"))
    }
}

/// Sessions, engines and configurations.
macro_rules! on_an_engine {
    ($name:ident, $engine:path, $config:expr, $session:ty, $key:expr) => {
        /// On an engine of one's own.
        #[task(engine = $engine, config = $config)]
        pub(crate) fn $name(_session: &$session, a: i64) -> i64 {
            a
        }

        pub(crate) mod spark {
            //! On Spark.

            use super::*;

            /// On Spark.
            #[task(spark(conf($key = "1g")))]
            pub(crate) fn $name(_session: &SparkSession) {}
        }
    };
}

on_an_engine!(
    on_threads,
    crate::places::Threads,
    crate::places::ThreadsConfig::new(2),
    crate::places::Pool,
    "spark.executor.memory"
);

/// The names of the macro's own are not those of its user.
macro_rules! own_names {
    ($name:ident, $argument:ident) => {
        /// Two arguments of one name, told apart by hygiene.
        #[task]
        pub(crate) fn $name(a: i64, $argument: i64) -> i64 {
            a * 10 + $argument
        }
    };
}

own_names!(of_the_macro, b);

/// Outputs.
macro_rules! outputs {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        /// Outputs that a macro names.
        #[derive(Outputs)]
        pub(crate) struct $name {
            $(
                /// A field.
                pub(crate) $field: $ty,
            )*
        }
    };
}

/// Columns.
macro_rules! columns {
    ($name:ident { $($(#[column($column:expr)])? $field:ident: $ty:ty),* }) => {
        /// Columns that a macro names.
        #[derive(Columns)]
        pub(crate) struct $name {
            $($(#[column($column)])? pub(crate) $field: $ty,)*
        }
    };
}

columns!(Row { #[column("the number")] number: i64, texts: Vec<String> });

outputs!(Found { number: i64, texts: Vec<String> });

/// Finds something.
#[task]
pub(crate) fn find(a: i64) -> Found {
    Found {
        number: a,
        texts: Vec::new(),
    }
}

#[test]
fn the_tasks_run() {
    assert_eq!(
        crate::output::<i64>("hygiene.generated.from_fragments", &[]),
        2
    );
    assert_eq!(
        crate::output::<i64>("hygiene.generated.whole_item", &[("a", 1), ("b", 2)]),
        3
    );
    assert_eq!(
        crate::output::<i64>("hygiene.generated.on_threads", &[("a", 4)]),
        4
    );
    assert_eq!(
        crate::output::<i64>("hygiene.generated.of_the_macro", &[("a", 1), ("b", 2)]),
        12
    );
    assert_eq!(
        crate::output::<i64>("hygiene.generated.find", &[("a", 5)]),
        5
    );
}

#[test]
fn columns_are_those_of_fragments() {
    let columns = <Row as flytekit::types::Columns>::COLUMNS;
    assert_eq!([columns[0].name, columns[1].name], ["the number", "texts"]);
}

#[test]
fn what_fragments_say_is_in_the_descriptor() {
    let tasks = crate::tasks();
    let task = tasks
        .get("hygiene.generated.from_fragments")
        .expect("the task");
    let descriptor = task.descriptor;
    assert_eq!(descriptor.docs, "The documentation comes along.");
    assert_eq!(descriptor.retries, 3);
    assert_eq!(descriptor.timeout, Some(std::time::Duration::from_secs(90)));
    assert_eq!(descriptor.env, [("a", "text")]);
    assert_eq!(descriptor.requests, SMALL);
    assert_eq!(descriptor.inputs[0].default, Some("1 + 1"));
    let whole = tasks
        .get("hygiene.generated.whole_item")
        .expect("the task")
        .descriptor;
    assert_eq!(
        (whole.docs, whole.inputs[1].description),
        ("The sum.", "the other one")
    );
}
