//! The parts of an object's URI.

use std::fmt;

use object_store::path::Path;

use super::request::Request;
use crate::store::StoreError;
use crate::store::scheme::Scheme;

/// The scheme, the bucket and the key of a URI.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ObjectUri {
    pub(super) scheme: Scheme,
    /// A bucket; a container with an optional account; with HTTP, the whole URL.
    pub(super) bucket: String,
    /// The key as it is in the URI: percent signs are literal.
    pub(super) key: String,
}

impl ObjectUri {
    pub(super) fn of(uri: &str, tried: &impl fmt::Display) -> Result<Self, StoreError> {
        let scheme = Scheme::of(uri, tried)?;
        let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let (bucket, key) = match scheme {
            Scheme::Http => (uri, ""),
            _ => rest.split_once('/').unwrap_or((rest, "")),
        };
        if bucket.is_empty() {
            return Err(StoreError::refused(tried, "the URI names no bucket"));
        }
        Ok(ObjectUri {
            scheme,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The path of one object.
    pub(super) fn file(&self, request: &Request) -> Result<Path, StoreError> {
        if self.scheme == Scheme::Http {
            return Ok(Path::ROOT);
        }
        if self.key.is_empty() || self.key.ends_with('/') {
            let why = "the URI names a folder, not a file";
            return Err(StoreError::refused(request.tried(), why));
        }
        path(&self.key, request)
    }

    /// The path of a folder.
    pub(super) fn prefix(&self, request: &Request) -> Result<Path, StoreError> {
        path(self.key.strip_suffix('/').unwrap_or(&self.key), request)
    }
}

/// A key as a path of the crate `object_store`, which does not support every key that a store may have.
fn path(key: &str, request: &Request) -> Result<Path, StoreError> {
    match Path::parse(key) {
        Ok(path) if path.as_ref() == key => Ok(path),
        _ => Err(StoreError::refused(
            request.tried(),
            "its path has an empty part, `.`, `..` or a control character; such objects cannot be \
             reached: rename the object",
        )),
    }
}
