//! Unpacks an archive with a task's executable from an untrusted source. It must be refused or unpacked, and
//! nothing may be written outside of the target folder. The checksums in headers are corrected, so that the
//! content after them is read.

#![no_main]

use std::path::{Path, PathBuf};
use std::{fs, io};

use libfuzzer_sys::fuzz_target;

// Not through the crate, where these modules are private.
#[allow(dead_code, unexpected_cfgs, reason = "the target uses a part of it")]
#[path = "../../runtime/src/distribution/ration.rs"]
mod ration;
#[path = "../../runtime/src/distribution/unpack.rs"]
mod unpack;

/// Replaces the crate's error, which depends on stores and tasks.
#[derive(Debug)]
#[allow(dead_code, reason = "only that there is one counts")]
pub(crate) enum FetchError {
    Unreadable(io::Error),
    Refused { member: String, why: &'static str },
    Folder { path: PathBuf, error: io::Error },
}

impl FetchError {
    fn folder(path: &Path, error: io::Error) -> Self {
        FetchError::Folder {
            path: path.to_owned(),
            error,
        }
    }
}

/// The size of a header, and of the blocks after it.
const BLOCK: usize = 512;

/// Corrects the checksums of all headers.
fn with_sums(tar: &[u8]) -> Vec<u8> {
    let mut tar = tar.to_vec();
    let mut at = 0;
    while let Some(block) = tar.get_mut(at..at + BLOCK) {
        let header = tar::Header::from_byte_slice(block);
        let mut header = header.clone();
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let size = header.entry_size().unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(tar.len());
        at += BLOCK + size.div_ceil(BLOCK) * BLOCK;
    }
    tar
}

fuzz_target!(|bytes: &[u8]| {
    let own = PathBuf::from(format!("/dev/shm/flytekit-fuzz-{}", std::process::id()));
    let (archive, folder) = (own.join("archive"), own.join("folder"));
    fs::create_dir_all(&own).expect("a folder");
    for content in [bytes.to_vec(), with_sums(bytes)] {
        fs::write(&archive, content).expect("a file");
        if let Ok(files) = unpack::unpack(&archive, &folder) {
            assert!(files.iter().all(|file| folder.join(file).is_file()));
        }
        let names = fs::read_dir(&own)
            .expect("a folder")
            .map(|entry| entry.expect("a file").file_name());
        assert!(
            names
                .into_iter()
                .all(|name| name == "archive" || name == "folder")
        );
        // The folder does not exist if nothing was written.
        let _ = fs::remove_dir_all(&folder);
    }
});
