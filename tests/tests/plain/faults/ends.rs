//! Ends of the function, and of the process around it.

use super::faults;
use super::row::End;
use crate::container::{Container, Run};
use crate::outside::aborting;

/// A task of the fixture with the one input `text`.
fn with_text(task: &str, text: &str) -> Run {
    Container::of(task).text(text).run()
}

fn without_inputs(task: &str) -> Run {
    Container::of(task).bytes(b"").run()
}

fn exit(code: i32, elsewhere: bool) -> Run {
    let container = Container::of("fixture.ending.exits");
    let container = container.inputs(|inputs| {
        inputs.output("code", &code)?;
        inputs.output("elsewhere", &elsewhere)
    });
    container.run()
}

fn returns_an_odd_error(kind: &str) -> Run {
    let container = Container::of("fixture.ending.returns_an_odd_error");
    container
        .inputs(|inputs| inputs.output("kind", &kind.to_owned()))
        .run()
}

/// An error of this many times six bytes, whose document and line are nevertheless short.
fn talks(words: u64) -> Run {
    const ENOUGH: usize = 160 << 10;
    let container = Container::of("fixture.ending.talks");
    let run = container
        .inputs(|inputs| inputs.output("words", &words))
        .run();
    let (document, line) = (run.file("error.pb").len(), run.ended.stderr.len());
    assert!(document < ENOUGH && line < ENOUGH, "{document}, {line}");
    run
}

faults! {
    returns_an_error: "the function returns an error"
        => End::user("USER:RuntimeError"),
        with_text("fixture.failing.user_error", "the file is empty"),
        ["raised at tests/src/bin/fixture/failing.rs:", "the file is empty"];
    asks_for_another_try: "the function returns a `RecoverableError`, or an error that one caused"
        => End::user_again("USER:Recoverable"),
        with_text("fixture.failing.recoverable", "restarting"),
        ["restarting"];
    talks_too_much: "the function returns an error of 60 MB; its middle is left out"
        => End::user("USER:RuntimeError"),
        talks(10_000_000),
        ["word éword é", " bytes are left out here "];
    cannot_show_its_error: "the function returns an error whose `Display` panics"
        => End::user("USER:Panic"),
        returns_an_odd_error("trap"),
        ["panicked at tests/src/bin/fixture/ending.rs:", "the words went off"];
    was_caused_by_itself: "the function returns an error whose `source` leads back to itself"
        => End::user("USER:RuntimeError"),
        returns_an_odd_error("circle"),
        ["an odd error", "and so on: more than 50 causes"];
    never_says_its_cause: "the function returns an error whose `source` does not come back"
        => End::user("USER:RuntimeError"),
        returns_an_odd_error("mute"),
        ["does not say why within 10s"];
    panics: "the function panics"
        => End::user("USER:Panic"),
        with_text("fixture.broken.panics", "boom"),
        ["panicked at tests/src/bin/fixture/broken.rs:", ": boom"];
    panics_and_aborts: "the function panics in a program with `panic = \"abort\"`"
        => End::user("USER:Panic"),
        Container::of_program(&aborting(), "outside_aborting.panics").text("boom").run(),
        ["panicked at src/main.rs:", ": boom"];
    panics_elsewhere_and_aborts: "another thread panics in a program with `panic = \"abort\"`"
        => End::user("USER:Panic"),
        Container::of_program(&aborting(), "outside_aborting.panics").text("elsewhere").run(),
        ["panicked at src/main.rs:", ": from another thread"];
    panics_with_a_trap: "the function panics with a value whose `Drop` panics"
        => End::user("USER:Panic"),
        without_inputs("fixture.ending.panics_with_a_trap"),
        ["panicked at tests/src/bin/fixture/ending.rs:", "with a value that is not text"];
    panics_twice: "the function panics while a panic is cleaned up"
        => End::user("USER:Panic"),
        with_text("fixture.ending.panics_twice", "boom"),
        ["panicked at tests/src/bin/fixture/ending.rs:", "boom", "the guard gave way"];
    panics_for_others: "the function panics in an `extern \"C\"` function"
        => End::user("USER:Panic"),
        with_text("fixture.ending.panics_for_others", "boom"),
        ["panicked at tests/src/bin/fixture/ending.rs:", "boom", "cannot unwind"];
    exits: "the function calls `exit`"
        => End::user("USER:RuntimeError"),
        exit(3, false),
        ["the task's code ended the process"];
    exits_well: "the function calls `exit(0)`"
        => End::user("USER:RuntimeError"),
        exit(0, false),
        ["the task's code ended the process"];
    exits_elsewhere: "another thread calls `exit`"
        => End::user("USER:RuntimeError"),
        exit(0, true),
        ["the task's code ended the process"];
    aborts: "the function calls `abort`, or the stack overflows"
        => End::NOTHING.signal(6),
        without_inputs("fixture.ending.crashes"),
        [];
}
