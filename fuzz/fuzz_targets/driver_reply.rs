//! Reads bytes as the answer of a JVM to its driver. There must be no panic, texts must come back as they
//! were sent, and no name of an object may break out of its line.

#![no_main]

use libfuzzer_sys::fuzz_target;

// Not through the crate, because that would build Spark's client, too.
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/engine/spark/driver/protocol.rs"]
mod protocol;

use protocol::{CallArgument, Command, Reply, Target, Value};

fuzz_target!(|line: &[u8]| match Reply::parse(line) {
    Ok(Reply::Done(Value::Text(text))) => {
        let with = [CallArgument::Text(&text)];
        let command = Command::Call {
            of: Target::Class("a"),
            method: "b",
            with: &with,
        };
        let lines = command.lines();
        let lines: Vec<&str> = lines.split('\n').collect();
        assert_eq!(lines.len(), 6);
        let again = Reply::parse(format!("!y{}", lines[3]).as_bytes());
        assert_eq!(again, Ok(Reply::Done(Value::Text(text))));
    }
    Ok(Reply::Thrown(exception)) => {
        assert_eq!(Command::Trace(&exception).lines().matches('\n').count(), 3);
    }
    _ => {}
});
