//! The types that stand for tasks, from other modules, in constants, and where names are odd.

#![allow(dead_code, non_camel_case_types, reason = "what shadows is not used")]

use flytekit::Task;

use super::{applications, conditional, raw, shadowed};

mod here {
    use std::time::Duration;

    use flytekit::prelude::*;

    pub(super) const AN_HOUR: Duration = Duration::from_secs(3600);

    #[task(retries = 3, timeout = AN_HOUR, cache(version = "1.0"), interruptible)]
    pub(super) fn configured(
        a: i64,
        /** described */
        b: Vec<String>,
    ) -> (i64, f64) {
        (a, b.iter().map(|_| 1.0).sum())
    }

    #[task(name = "a.name.of.its.own")]
    pub(super) fn named() {}
}

/// A task and the type of a value, of which one is imported from elsewhere.
mod of_two_names {
    pub(super) use super::here::named as other_name;
}

use here::configured;

const NAME: &str = <configured as Task>::NAME;
const RETRIES: [u8; <configured as Task>::METADATA.retries as usize] = [0; 3];

#[test]
fn constants_know_a_task() {
    assert_eq!(NAME, "hygiene.handles.here.configured");
    assert_eq!(RETRIES.len(), 3);
    let metadata = <configured as Task>::METADATA;
    assert_eq!(metadata.timeout, Some(here::AN_HOUR));
    assert_eq!(metadata.interruptible, Some(true));
    assert!(metadata.cache.is_some() && metadata.deprecated.is_none());
    let names = |variables: &[flytekit::declare::Variable]| {
        let names = variables.iter().map(|variable| variable.name);
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(<configured as Task>::INPUTS), ["a", "b"]);
    assert_eq!(names(<configured as Task>::OUTPUTS), ["o0", "o1"]);
    assert_eq!(<configured as Task>::INPUTS[1].description, "described");
}

#[test]
fn the_function_of_the_name_is_still_one() {
    assert_eq!(configured(1, Vec::new()), (1, 0.0));
    of_two_names::other_name();
}

#[test]
fn every_task_has_one() {
    const NAMES: [&str; 6] = [
        <of_two_names::other_name as Task>::NAME,
        <raw::r#type as Task>::NAME,
        <conditional::of_the_platform as Task>::NAME,
        <applications::shadowed as Task>::NAME,
        <applications::generated as Task>::NAME,
        <shadowed::add as Task>::NAME,
    ];
    let tasks = super::tasks();
    for name in NAMES {
        assert!(tasks.get(name).is_some(), "{name}");
    }
}

#[test]
fn a_task_in_a_function_has_one() {
    #[flytekit::task]
    fn inner(a: i64) -> i64 {
        a
    }
    assert_eq!(<inner as Task>::INPUTS.len(), 1);
    assert_eq!(inner(1), 1);
}

/// What is written in literals is encoded by the attribute, the rest by const evaluation.
#[test]
fn the_attribute_encodes_what_the_encoder_does() {
    use flytekit::declare::{Encoded, TaskDescriptor, encode_task_spec, task_spec_len};

    const ROOM: usize = 1 << 14;
    for task in super::tasks() {
        let values = TaskDescriptor {
            encoded: Encoded::NONE,
            ..*task.descriptor
        };
        let spec = encode_task_spec::<ROOM>(&values);
        let spec = &spec[ROOM - task_spec_len(&values)..];
        assert_eq!(task.spec(), spec, "{}", task.descriptor.name);
    }
}
