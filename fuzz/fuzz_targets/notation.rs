//! Reads text as JSON and as YAML. There must be no panic, and JSON without duplicate keys must equal
//! `serde_json`'s result.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

// Not through the crate, where these modules are private.
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
