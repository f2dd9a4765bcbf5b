//! Reads bytes as the section of a binary, and as a whole binary: never a panic, and every payload
//! lies inside the section.

#![no_main]

use flytekit::registry::{read_frames, read_object};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frames) = read_frames(bytes) {
        let total: usize = frames.iter().map(|frame| frame.payload.len()).sum();
        assert!(total <= bytes.len());
    }
    if let Ok(tasks) = read_object(bytes) {
        assert!(tasks.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
});
