//! Maps of Rust programs, whose elements the backend runs.

use flytekit::types::{FlyteType, LiteralMapRef};
use flytekit_test_support::backend::Execution;

use crate::flow::Flow;

fn run(workflow: &str, n: i64) -> Execution {
    let flow = Flow::of(&format!("runs.maps.{workflow}"));
    let flow = flow.given(|inputs| {
        if workflow == "all" {
            inputs.output("of", &"cakes".to_owned())?;
        }
        inputs.output("n", &n)
    });
    flow.run()
}

#[track_caller]
fn output<T: FlyteType>(execution: &Execution) -> T {
    assert!(execution.success(), "{execution}");
    let outputs = execution.outputs();
    let output = LiteralMapRef::new(&outputs).get("o0").expect("a map");
    T::decode(output.expect("an output")).expect("a value")
}

/// One of the elements needs a second attempt.
#[test]
fn each_element_is_a_container() {
    let execution = run("all", 3);
    let halves = [1, 2, 3].map(|n| format!("{n} cakes among 3"));
    assert_eq!(output::<Vec<String>>(&execution), halves);
    let containers = execution.told.containers.iter();
    let maps = containers.filter(|it| it.argument("--map").is_some());
    assert_eq!(maps.count(), 3 + 4 + 3, "{execution}");
}

#[test]
fn some_of_the_elements_may_fail() {
    assert_eq!(
        output::<String>(&run("some", 4)),
        "-, 1 it among 0, -, 2 it among 0"
    );
    let execution = run("some", 5);
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    assert_eq!(
        output::<String>(&run("two_of", 5)),
        "-, 1 it among 0, -, 2 it among 0, -"
    );
}

#[test]
fn a_map_fails_with_what_an_element_says() {
    let execution = run("broken", 2);
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    let error = execution.error();
    assert!(
        error.message.contains("element 0: an odd number"),
        "{execution}"
    );
}
