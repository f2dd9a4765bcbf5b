//! Uploads local files for a run in Flyte, each once.
//!
//! The files are known when the inputs have been written, and their places when they have been uploaded.
//! Therefore inputs that name files are written twice.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use crate::declare::BlobType;
use crate::register::admin::Admin;
use crate::register::settings::Settings;
use crate::register::upload::{Upload, upload};
use crate::store;
use crate::typed::{self, Files, Shape};
use crate::types::{LiteralWriter, ValueError, Written, pickled};

/// Local data to upload.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Local {
    /// A file.
    File(PathBuf),
    /// All files of a folder.
    Folder(PathBuf),
    /// The content of a file, as a Python object of the class `bytes`.
    Bytes(String),
}

/// Collects the data to upload.
#[derive(Debug, Default)]
pub(super) struct Wanted(RefCell<BTreeSet<Local>>);

/// The places of the uploaded data.
#[derive(Debug)]
pub(super) struct Uploaded(BTreeMap<Local, String>);

impl Wanted {
    /// Whether there is nothing to upload.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Uploads all data.
    pub(super) async fn upload(
        self,
        admin: &Admin,
        settings: &Settings,
    ) -> Result<Uploaded, String> {
        let store = Store { admin, settings };
        let mut uploaded = BTreeMap::new();
        for local in self.0.into_inner() {
            let uri = match &local {
                Local::File(path) => store.file(path).await,
                Local::Folder(path) => store.folder(path).await,
                Local::Bytes(text) => store.bytes(text).await,
            };
            uploaded.insert(local, uri?);
        }
        Ok(Uploaded(uploaded))
    }
}

impl Files for Wanted {
    fn place(&self, text: &str, shape: Shape) -> io::Result<String> {
        self.0.borrow_mut().extend(of_place(text, shape)?);
        Ok(text.to_owned())
    }

    fn bytes(&self, out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError> {
        of_place(text, Shape::File).map_err(|error| typed::of_file(text, &error))?;
        self.0.borrow_mut().insert(Local::Bytes(text.to_owned()));
        Ok(out.blob(text, &BlobType::PICKLE))
    }
}

impl Files for Uploaded {
    fn place(&self, text: &str, shape: Shape) -> io::Result<String> {
        let uri = of_place(text, shape)?.and_then(|local| self.0.get(&local));
        Ok(uri.map_or(text, String::as_str).to_owned())
    }

    /// Bytes as a pickle, because a task in Python knows no other form.
    fn bytes(&self, out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError> {
        let uri = self.0.get(&Local::Bytes(text.to_owned()));
        Ok(out.blob(uri.map_or(text, String::as_str), &BlobType::PICKLE))
    }
}

/// The data to upload for a path or URI, if it is local.
fn of_place(text: &str, shape: Shape) -> io::Result<Option<Local>> {
    let Some(path) = store::local_path(text) else {
        return Ok(None);
    };
    let path = std::path::absolute(path)?;
    let is_folder = path.metadata()?.is_dir();
    shape.check(&path)?;
    let local = if is_folder {
        Local::Folder
    } else {
        Local::File
    };
    Ok(Some(local(path)))
}

/// The store of a project and domain.
struct Store<'a> {
    admin: &'a Admin,
    settings: &'a Settings,
}

impl Store<'_> {
    /// The number of simultaneous uploads of a folder's files.
    const AT_ONCE: usize = 8;

    async fn put(&self, file: &Upload) -> Result<String, String> {
        let place = (&*self.settings.project, &*self.settings.domain);
        let uri = upload(self.admin, place, file).await;
        uri.map_err(|error| error.to_string())
    }

    async fn file(&self, path: &Path) -> Result<String, String> {
        self.put(&read(path)?).await
    }

    /// Uploads a folder. The files keep their names below a prefix that depends on all of them.
    async fn folder(&self, folder: &Path) -> Result<String, String> {
        let listed = store::list(&folder.to_string_lossy()).map_err(|error| error.to_string())?;
        let mut files = Vec::new();
        let mut digest = Sha256::new();
        for entry in listed {
            let file = read(&folder.join(&entry.path))?;
            digest.update(entry.path.as_bytes());
            digest.update(file.digest());
            files.push((file, entry.path));
        }
        let root = hexadecimal(&digest.finalize()[..16]);
        let files = files.into_iter().map(|(file, name)| {
            let file = file.placed(&root, &name);
            async move {
                let uri = self.put(&file).await?;
                Ok::<_, String>((uri, name))
            }
        });
        let uploaded: Vec<_> = stream::iter(files)
            .buffered(Self::AT_ONCE)
            .try_collect()
            .await?;
        let prefix = uploaded
            .first()
            .and_then(|(uri, name)| uri.strip_suffix(name.as_str()));
        let prefix = prefix.map(|prefix| prefix.trim_end_matches('/').to_owned());
        prefix.ok_or_else(|| format!("`{}` has no files in it", folder.display()))
    }

    async fn bytes(&self, text: &str) -> Result<String, String> {
        let content = store::read(text).map_err(|error| error.to_string())?;
        self.put(&Upload::of_bytes("bytes.pickle", pickled(&content)))
            .await
    }
}

fn read(path: &Path) -> Result<Upload, String> {
    Upload::of_file(path).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
