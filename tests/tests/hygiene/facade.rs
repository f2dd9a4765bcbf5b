//! flytekit under another name, as a team's own crate re-exports it.

mod platform {
    pub(super) mod deeply {
        pub(in super::super) use ::flytekit as kit;
    }
}

/// Here `flytekit` is something else.
#[allow(dead_code, reason = "what must not be looked into is not used")]
mod flytekit {}

/// Outputs through the other name.
#[derive(platform::deeply::kit::Outputs)]
#[outputs(crate = platform::deeply::kit)]
pub(crate) struct Found {
    /// The number.
    pub(crate) number: i64,
}

/// A dataclass through the other name.
#[derive(platform::deeply::kit::FlyteData)]
#[flyte(crate = platform::deeply::kit)]
pub(crate) struct Place {
    /// The number.
    pub(crate) number: i64,
    pub(crate) shapes: Vec<Shape>,
}

/// A union through the other name.
#[derive(platform::deeply::kit::FlyteData)]
#[flyte(crate = crate::facade::platform::deeply::kit)]
pub(crate) enum Shape {
    Circle { radius: f64 },
    Number(i64),
}

#[test]
fn data_is_read_again() {
    let place = crate::again(&Place {
        number: 1,
        shapes: vec![Shape::Number(2), Shape::Circle { radius: 3.0 }],
    });
    assert_eq!(place.number, 1);
    assert!(matches!(
        place.shapes[..],
        [Shape::Number(2), Shape::Circle { radius: 3.0 }]
    ));
}

/// Through the other name.
#[platform::deeply::kit::task(crate = platform::deeply::kit, retries = 1, env("A" = "1"))]
pub(crate) fn relative(a: i64) -> Found {
    Found { number: a }
}

/// Through the whole path of the other name.
#[platform::deeply::kit::task(crate = crate::facade::platform::deeply::kit, spark)]
pub(crate) fn absolute(_spark: &platform::deeply::kit::spark::SparkSession) {}

/// Through the other name.
#[platform::deeply::kit::worker_fn(crate = platform::deeply::kit)]
pub(crate) fn by_workers(a: i64) -> platform::deeply::kit::Result<i64> {
    Ok(a)
}

#[test]
fn the_task_runs() {
    assert_eq!(by_workers(1).ok(), Some(1));
    assert_eq!(
        crate::output::<i64>("hygiene.facade.relative", &[("a", 1)]),
        1
    );
}
