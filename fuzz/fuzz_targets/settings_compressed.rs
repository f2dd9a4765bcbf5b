//! Reads bytes as the settings that a task carries. There must be no panic, never more than a megabyte, and
//! the same settings when they are written and read again.

#![no_main]

use flytekit::settings::SerializationSettings;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check(SerializationSettings::decode(text));
    }
    // Bypasses Base64 and gzip, because a small change in compressed text destroys all of it.
    if let Ok(settings) = serde_json::from_slice::<SerializationSettings>(bytes) {
        check(SerializationSettings::decode(&settings.encode()));
    }
});

fn check(read: Result<SerializationSettings, flytekit::settings::SettingsError>) {
    match read {
        Ok(settings) => {
            let again = SerializationSettings::decode(&settings.encode());
            assert_eq!(again.expect("what was written"), settings);
        }
        Err(invalid) => assert!(!invalid.to_string().is_empty()),
    }
}
