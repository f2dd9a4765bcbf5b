//! Reads bytes as `flytekit.toml` and as `config.yaml`. There must be no panic, and no mistake without a
//! message.

#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;

// Not through the crate, where these modules are private.
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/bounded.rs"]
mod bounded;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/register/settings/file.rs"]
mod file;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/register/settings/given.rs"]
mod given;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/register/settings/key.rs"]
mod key;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/notation/mod.rs"]
mod notation;

use file::File;

fuzz_target!(|text: &str| {
    let path = || PathBuf::from("file");
    for read in [File::of_toml(path(), text), File::of_yaml(path(), text)] {
        match read {
            Ok(file) => {
                for wrong in file
                    .unknown_keys()
                    .into_iter()
                    .chain(file.misshapen_sections())
                {
                    assert!(wrong.starts_with("file: "));
                }
                for key in key::ALL {
                    let values = [Some(key.name), key.yaml].map(|path| file.get(path?));
                    values
                        .into_iter()
                        .flatten()
                        .for_each(|value| _ = file::kind(value));
                }
            }
            Err(wrong) => assert!(wrong.starts_with("file: ")),
        }
    }
});
