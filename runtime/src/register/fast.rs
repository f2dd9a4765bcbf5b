//! Registration without an image build: the executable as an archive that tasks fetch.

mod platform;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use crate::bounded;
use crate::declare::EXECUTABLE;
use crate::distribution::{Digest, MEMBER};
use platform::Linkage;
pub(crate) use platform::NotLinux;

/// Where a task unpacks its executable unless the settings say otherwise: any user may make it, in
/// any image, while the working directory is often not the user's.
pub(crate) const DESTINATION: &str = "/tmp/flytekit";

/// What stands for the archive's URI in a package; `flytectl` puts the URI in its place. It would
/// replace `{{ .dest_dir }}` too, by a folder that only its user could know; the one that the
/// settings say stays.
const PLACEHOLDER: &str = "{{ .remote_package_path }}";

/// An executable larger than this is worth a word about how it becomes smaller.
const LARGE: usize = 64 << 20;

/// All files in archives are of the first day of 1980, as in flytekit's.
pub(super) const FIRST_DAY_OF_1980: u64 = 315_532_800;

/// Where a task finds its executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fast {
    /// The archive's URI, as the container reaches it.
    pub(crate) uri: String,
    /// The folder that it is unpacked to.
    pub(crate) destination: String,
}

impl Fast {
    /// One that has no URI before somebody registers it.
    pub(crate) fn packaged(destination: &str) -> Self {
        Fast::at(PLACEHOLDER.to_owned(), destination)
    }

    /// One that was uploaded.
    pub(crate) fn at(uri: String, destination: &str) -> Self {
        Fast {
            uri,
            destination: destination.to_owned(),
        }
    }

    /// What stands before the args of a container that fetches the executable first.
    pub(crate) fn prefix(&self) -> [String; 7] {
        let fetch = [
            EXECUTABLE,
            "fast-execute",
            "--additional-distribution",
            &self.uri,
            "--dest-dir",
            &self.destination,
            "--",
        ];
        fetch.map(str::to_owned)
    }
}

/// An executable as an archive, the same bytes for the same executable.
#[derive(Clone)]
pub(crate) struct Archive {
    /// `fast<32 hexadecimal digits>.tar.gz`, which the executable gives.
    pub(crate) name: String,
    /// The whole file.
    pub(crate) bytes: bytes::Bytes,
    /// What should be known about it: that it is large, what the image must have.
    pub(crate) remarks: Vec<String>,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("name", &self.name)
            .field("size", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Why an executable is none for Flyte.
#[derive(Debug)]
pub(crate) struct FastError {
    executable: PathBuf,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Io(io::Error),
    NotLinux(NotLinux),
}

impl fmt::Display for FastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let executable = self.executable.display();
        match &self.why {
            Why::Io(error) => write!(f, "cannot make an archive of {executable}: {error}"),
            Why::NotLinux(why) => write!(
                f,
                "{executable} cannot run in a container: {why}; build it for Linux, as with \
                 `cargo flytekit register --fast --target x86_64-unknown-linux-musl`"
            ),
        }
    }
}

impl std::error::Error for FastError {}

/// Makes an archive of an executable for Linux.
///
/// # Errors
///
/// When it cannot be read, or is for something else.
pub(crate) fn archive(executable: &Path) -> Result<Archive, FastError> {
    let failed = |why| FastError {
        executable: executable.to_owned(),
        why,
    };
    let io = |error| failed(Why::Io(error));
    let (file, size) = bounded::open(executable).map_err(io)?;
    let content = bounded::read_all(file, Some(size)).map_err(io)?;
    let linkage = platform::linkage(&content).map_err(|why| failed(Why::NotLinux(why)))?;
    let bytes = pack(&content).map_err(io)?;
    Ok(Archive {
        name: Digest::of(&*content).map_err(io)?.archive(),
        remarks: remarks(content.len(), bytes.len(), &linkage),
        bytes: bytes.into(),
    })
}

fn pack(content: &[u8]) -> io::Result<Vec<u8>> {
    // Debugging information is most of a large executable, and what compression costs.
    let gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let mut header = tar::Header::new_ustar();
    header.set_path(MEMBER)?;
    header.set_mode(0o755);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(FIRST_DAY_OF_1980);
    header.set_size(content.len() as u64);
    header.set_cksum();
    tar.append(&header, content)?;
    let mut gzip = tar.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}

fn remarks(executable: usize, archive: usize, linkage: &Linkage) -> Vec<String> {
    let mut remarks = Vec::new();
    if executable > LARGE {
        remarks.push(format!(
            "the executable has {} MiB, {} MiB compressed, which every attempt of a task fetches: a \
             release build with `strip = true` in its profile is a fraction of that",
            executable >> 20,
            archive >> 20
        ));
    }
    remarks.extend(linkage.to_string_if_any());
    remarks
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;

    use super::*;

    #[test]
    fn an_archive_is_its_executable_and_nothing_else() {
        let own = std::env::current_exe().unwrap();
        let archive = archive(&own).unwrap();
        assert_eq!(archive.bytes, super::archive(&own).unwrap().bytes);
        let tar = flate2::bufread::GzDecoder::new(&*archive.bytes);
        let mut tar = tar::Archive::new(tar);
        let mut entries = tar.entries().unwrap();
        let mut entry = entries.next().unwrap().unwrap();
        assert_eq!(&*entry.path_bytes(), MEMBER.as_bytes());
        let header = entry.header();
        assert_eq!(header.mode().unwrap(), 0o755);
        assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert!(content == fs::read(&own).unwrap() && entries.next().is_none());
    }

    #[test]
    fn only_programs_for_linux_are_taken() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (content, why) in [
            (&b"#!/bin/sh"[..], "it is no executable"),
            (
                b"\xcf\xfa\xed\xfe\x0c\0\0\x01\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                "Mach-O",
            ),
            (b"", "it is no executable"),
        ] {
            fs::write(file.path(), content).unwrap();
            let error = archive(file.path()).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains("--target"), "{error}");
        }
    }

    #[test]
    fn a_container_fetches_first() {
        assert_eq!(
            Fast::packaged(DESTINATION).prefix().join(" "),
            "/usr/local/bin/flytekit-app fast-execute --additional-distribution {{ .remote_package_path \
             }} --dest-dir /tmp/flytekit --"
        );
    }
}
