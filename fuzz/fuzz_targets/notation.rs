//! Reads text as JSON and as YAML: never a panic, and JSON without doubled keys is what `serde_json` reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

// Not through the crate, where they are private.
#[path = "../../runtime/src/notation/mod.rs"]
mod notation;

use notation::{json, yaml};

fuzz_target!(|text: &str| {
    if let Err(wrong) = yaml::parse(text) {
        assert!(wrong.starts_with("line "), "{wrong}");
    }
    match (
        json::parse(text.as_bytes()),
        serde_json::from_str::<Value>(text),
    ) {
        (Ok(read), Ok(expected)) => assert_eq!(read, expected),
        (Err(wrong), Ok(_)) => assert!(wrong.to_string().contains("is given twice"), "{wrong}"),
        (Ok(_), Err(wrong)) => panic!("only read here: {wrong}"),
        (Err(_), Err(_)) => {}
    }
});
