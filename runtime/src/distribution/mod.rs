//! Executables that a container fetches because its image does not have them.
//!
//! An archive in flytekit's format, `fast<32 hexadecimal digits>.tar.gz`, is in an object store. Its name has
//! a digest of the content, so that a container which already has the content need not fetch it.

mod error;
mod ration;
mod unpack;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use md5::{Digest as _, Md5};

use crate::bounded;
use crate::context;
use crate::store;
pub(crate) use error::FetchError;
pub use ration::Ration;
use unpack::unpack;

/// The executable's name in an archive, and in the folder into which it is unpacked.
pub(crate) const MEMBER: &str = "flytekit-app";

/// flytekit's digest of an archive with one file: MD5 over the file's content and its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest([u8; 16]);

impl Digest {
    /// The digest of an executable.
    pub(crate) fn of(mut executable: impl Read) -> io::Result<Self> {
        let mut hasher = Md5::new();
        let mut block = vec![0; 1 << 16];
        loop {
            match executable.read(&mut block) {
                Ok(0) => break,
                Ok(read) => hasher.update(&block[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        hasher.update(MEMBER);
        Ok(Digest(hasher.finalize().into()))
    }

    /// The name of an archive with this digest.
    #[cfg(feature = "package")]
    pub(crate) fn archive(self) -> String {
        format!("{}.tar.gz", self.folder())
    }

    /// The name of the folder for such an archive.
    fn folder(self) -> String {
        format!("fast{:032x}", u128::from_be_bytes(self.0))
    }

    /// The digest in the name of an archive, if it has this format. A question mark begins a signature.
    fn named_by(uri: &str) -> Option<Self> {
        let name = uri.split('?').next()?.rsplit('/').next()?;
        let digits = name.strip_prefix("fast")?.strip_suffix(".tar.gz")?;
        let is_digest = digits.len() == 32 && digits.bytes().all(|it| it.is_ascii_hexdigit());
        let number = u128::from_str_radix(digits, 16).ok().filter(|_| is_digest);
        number.map(|number| Digest(number.to_be_bytes()))
    }
}

/// The result of [`fetch`].
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The path of the executable, if the archive contains one.
    pub(crate) executable: PathBuf,
    /// Whether the executable was not there before.
    pub(crate) is_new: bool,
}

/// Unpacks an archive into a folder, completely or not at all.
///
/// A single executable goes into a folder named after its digest: it cannot be confused with another one that
/// runs at the same time, and is not fetched again. The files of any other archive go where flytekit would
/// unpack them.
pub(crate) fn fetch(uri: &str, folder: &Path) -> Result<Fetched, FetchError> {
    let expected = Digest::named_by(uri);
    let own = expected.map(|expected| folder.join(expected.folder()));
    if let Some(own) = &own
        && digest_of(&own.join(MEMBER)) == expected
    {
        return Ok(Fetched {
            executable: own.join(MEMBER),
            is_new: false,
        });
    }
    let staging = Staging::within(folder).map_err(|error| FetchError::folder(folder, error))?;
    let archive = staging.0.join("archive");
    store::download(uri, &archive).map_err(FetchError::Store)?;
    let content = staging.0.join("content");
    let files = unpack(&archive, &content)?;
    let to = match (&own, &*files) {
        (Some(own), [only]) if only == Path::new(MEMBER) => {
            if digest_of(&content.join(only)) != expected {
                return Err(FetchError::Damaged);
            }
            if digest_of(&own.join(MEMBER)) == expected {
                // Another process was faster, and may be running the file.
                return Ok(Fetched {
                    executable: own.join(MEMBER),
                    is_new: false,
                });
            }
            own
        }
        _ => folder,
    };
    for file in &files {
        place(&content.join(file), &to.join(file))
            .map_err(|error| FetchError::folder(&to.join(file), error))?;
    }
    Ok(Fetched {
        executable: to.join(MEMBER),
        is_new: true,
    })
}

fn digest_of(executable: &Path) -> Option<Digest> {
    Digest::of(bounded::open(executable).ok()?.0).ok()
}

/// Moves a file to a path at which another may be running: the other one is replaced, never written to.
fn place(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(from, to)
}

/// A folder inside another for incomplete files; it is removed when this is dropped.
struct Staging(PathBuf);

impl Staging {
    fn within(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!(".{}", context::unique()));
        fs::create_dir_all(&path)?;
        Ok(Staging(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Nobody looks for the name of a leftover.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn an_archive_is_known_by_its_name() {
        let digest = Digest::of(&b"program"[..]).unwrap();
        // The result of flytekit's `compute_digest` for a folder with this file.
        let name = "fast0da982d3cfbc3f261ae6ac5f5c7ffcf8.tar.gz";
        for uri in [
            format!("s3://bucket/p/d/ABC/{name}"),
            format!("https://host/a/{name}?X-Amz-Signature=a/b"),
            name.to_owned(),
        ] {
            assert_eq!(Digest::named_by(&uri), Some(digest), "{uri}");
        }
        for uri in [
            "s3://bucket/fast.tar.gz",
            "fast+1.tar.gz",
            "code.tar.gz",
            "",
        ] {
            assert_eq!(Digest::named_by(uri), None, "{uri}");
        }
    }
}
