//! The context of an attempt in a container, its checkpoints, and its deck in the console.

use flytekit::types::{FlyteType, LiteralMapRef};

use crate::flow::Flow;

/// Flyte's own places for checkpoints lead from one killed attempt to the next.
#[test]
fn an_attempt_goes_on_where_the_one_before_was_killed() {
    let flow = Flow::of("runs.attempts.counts").given(|inputs| inputs.output("n", &3_u32));
    let execution = flow.run();
    assert!(execution.success(), "{execution}");
    let outputs = execution.outputs();
    let literal = LiteralMapRef::new(&outputs).get("o0").expect("a map");
    let steps = <Vec<String> as FlyteType>::decode(literal.expect("an output")).expect("texts");
    let attempts: Vec<_> = steps
        .iter()
        .map(|it| it.split_once(' ').map(|it| it.1))
        .collect();
    let expected = ["0", "1", "2"].map(|it| format!("{it} runs.attempts.counts"));
    assert_eq!(
        attempts,
        expected.each_ref().map(|it| Some(&**it)),
        "{execution}"
    );
    let node = steps[0].split(' ').next().unwrap_or_default();
    let known = execution.told.nodes.iter().any(|it| it.id == node);
    assert!(known, "{node}: {execution}");
}

/// The node's event names the page, whether the task succeeds or not, and the page exists.
#[test]
fn the_backend_finds_the_deck() {
    for fails in [false, true] {
        let flow = Flow::of("runs.attempts.shows").given(|inputs| inputs.output("fails", &fails));
        let execution = flow.run();
        assert_eq!(execution.success(), !fails, "{execution}");
        let deck = execution.told.nodes.iter().find_map(|it| it.deck.as_ref());
        let deck = deck.unwrap_or_else(|| panic!("no deck: {execution}"));
        let page = flytekit::store::read(deck).expect("a page");
        let page = String::from_utf8(page).expect("UTF-8");
        assert!(page.contains("<h1>Seen in the console</h1>"), "{page}");
    }
    let flow = Flow::of("runs.ends.recovers").given(|inputs| inputs.output("at", &0_i64));
    let execution = flow.run();
    let decks = execution.told.nodes.iter().filter(|it| it.deck.is_some());
    assert_eq!(decks.count(), 0, "{execution}");
}
