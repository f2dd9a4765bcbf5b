//! Reads bytes as the section of a binary, and as a whole binary. There must be no panic, and every payload
//! must be inside the section.

#![no_main]

use flytekit::registry::{read_frames, read_object};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frames) = read_frames(bytes) {
        let total: usize = frames.iter().map(|frame| frame.payload.len()).sum();
        assert!(total <= bytes.len());
    }
    if let Ok(entities) = read_object(bytes) {
        let names = [
            entities.tasks.iter().map(|it| &*it.name).collect(),
            entities.workflows.iter().map(|it| &*it.name).collect(),
            entities.launch_plans.iter().map(|it| &*it.name).collect(),
        ];
        let is_sorted = |names: &Vec<&str>| names.is_sorted_by(|one, next| one < next);
        assert!(names.iter().all(is_sorted));
    }
});
