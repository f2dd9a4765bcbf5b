//! Where bytes live: paths and URIs behind one small interface.
//!
//! A write is whole or nothing: it goes to a file beside the target, which is then renamed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why bytes could not be read or written, with the URI.
#[derive(Debug)]
pub(crate) struct StoreError {
    what: String,
    source: Option<io::Error>,
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        self.source
            .as_ref()
            .map_or(Ok(()), |source| write!(f, ": {source}"))
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// All bytes of `uri`.
pub(crate) fn read(uri: &str) -> Result<Vec<u8>, StoreError> {
    fs::read(local_path(uri)?).map_err(|error| StoreError {
        what: format!("cannot read {uri}"),
        source: Some(error),
    })
}

/// Makes `bytes` the content of `name` under `prefix`, which is created if need be.
pub(crate) fn write(prefix: &str, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = |error| StoreError {
        what: format!("cannot write {name} under {prefix}"),
        source: Some(error),
    };
    let folder = local_path(prefix)?;
    fs::create_dir_all(&folder).map_err(failed)?;
    write_whole(&folder, name, bytes).map_err(failed)
}

fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.{}", std::process::id()));
    let written = fs::File::create(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, folder.join(name)));
    if written.is_err() {
        // The write's own error is what counts; a leftover has a name that nobody reads.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// The path of a local URI: a path as it is, or `file://` and a path.
fn local_path(uri: &str) -> Result<PathBuf, StoreError> {
    match uri.split_once("://") {
        None => Ok(PathBuf::from(uri)),
        Some(("file", path)) => Ok(PathBuf::from(path)),
        Some((scheme, _)) => Err(StoreError {
            what: format!(
                "{uri} has scheme `{scheme}`, which this build cannot reach; it reaches local \
                 paths and file:// URIs"
            ),
            source: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn a_write_leaves_nothing_else_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let prefix = format!("file://{}/new/prefix", folder.path().display());
        write(&prefix, "outputs.pb", b"first").expect("written");
        write(&prefix, "outputs.pb", b"second").expect("written again");
        assert_eq!(
            read(&format!("{prefix}/outputs.pb")).expect("read"),
            b"second"
        );
        let entries = std::fs::read_dir(folder.path().join("new/prefix")).expect("a folder");
        assert_eq!(entries.count(), 1);
    }

    #[test]
    fn an_unknown_scheme_is_named() {
        let error = read("s3://bucket/inputs.pb").expect_err("no object store");
        assert!(error.to_string().contains("scheme `s3`"), "{error}");
    }

    #[test]
    fn a_failed_write_names_the_prefix() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let prefix = file.path().join("below");
        let error =
            write(&prefix.display().to_string(), "x", b"").expect_err("a file is no folder");
        assert!(error.to_string().contains("below"), "{error}");
    }
}
