//! Reads bytes as the settings that a task carries: never a panic, never more than a megabyte, and
//! what is written again is read as the same.

#![no_main]

use flytekit::settings::SerializationSettings;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check(SerializationSettings::decode(text));
    }
    // Past Base64 and gzip, which hide all of a text that is changed in one place.
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
