//! Registration without an image build: the executable as an archive that tasks fetch.

mod platform;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use crate::bounded;
use crate::declare::fetching;
use crate::distribution::{Digest, MEMBER};
use platform::Linkage;
pub(crate) use platform::NotLinux;

/// The folder into which a task unpacks its executable unless the settings say otherwise: any user can create
/// it, in any image. The working directory often belongs to another user.
pub(crate) const DESTINATION: &str = "/tmp/flytekit";

/// The placeholder for the archive's URI in a package; `flytectl` replaces it by the URI. `flytectl` would
/// also replace `{{ .dest_dir }}`, but only its user could know the folder, so the folder of the settings is
/// written out.
const PLACEHOLDER: &str = "{{ .remote_package_path }}";

/// The size from which a remark explains how to make an executable smaller.
const LARGE: usize = 64 << 20;

/// The modification time of all files in archives, as in flytekit's archives.
pub(super) const FIRST_DAY_OF_1980: u64 = 315_532_800;

/// The location of a task's executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fast {
    /// The archive's URI, which the container must be able to reach.
    pub(crate) uri: String,
    /// The folder into which it is unpacked.
    pub(crate) destination: String,
}

impl Fast {
    /// The location of an executable whose URI is unknown until the package is registered.
    pub(crate) fn packaged(destination: &str) -> Self {
        Fast::at(PLACEHOLDER.to_owned(), destination)
    }

    /// The location of an uploaded executable.
    pub(crate) fn at(uri: String, destination: &str) -> Self {
        Fast {
            uri,
            destination: destination.to_owned(),
        }
    }

    /// The args before the args of a container that fetches the executable first.
    pub(crate) fn prefix(&self) -> [String; 7] {
        fetching(&self.uri, &self.destination)
    }
}

/// An executable as an archive. Equal executables have equal archives.
#[derive(Clone)]
pub(crate) struct Archive {
    /// `fast<32 hexadecimal digits>.tar.gz`, with a digest of the executable.
    pub(crate) name: String,
    /// The content of the archive.
    pub(crate) bytes: bytes::Bytes,
    /// Remarks for the user: that the archive is large, the requirements on the image.
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

/// The error of an executable that is not suitable for Flyte.
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
/// If the file cannot be read, or is not an executable for Linux.
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
    // Debugging information makes up most of a large executable, and most of the cost of compression.
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
            "the executable has {} MiB ({} MiB compressed), which every attempt of a task fetches: a \
             release build with `strip = true` in its profile is much smaller",
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
            (&b"#!/bin/sh"[..], "it is not an executable"),
            (
                b"\xcf\xfa\xed\xfe\x0c\0\0\x01\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                "Mach-O",
            ),
            (b"", "it is not an executable"),
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
