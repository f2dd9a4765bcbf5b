//! The schemes of URIs, and the features that support them.

use std::fmt;

use super::StoreError;
use crate::console::Foreign;

/// A kind of object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scheme {
    S3,
    Gcs,
    Azure,
    Http,
}

impl Scheme {
    /// The kind of store that a URI names.
    pub(super) fn of(uri: &str, tried: &impl fmt::Display) -> Result<Self, StoreError> {
        let scheme = uri.split_once("://").map_or("", |(scheme, _)| scheme);
        match scheme {
            "s3" | "s3a" | "s3n" => Ok(Scheme::S3),
            "gs" | "gcs" => Ok(Scheme::Gcs),
            "abfs" | "abfss" | "az" => Ok(Scheme::Azure),
            "http" | "https" => Ok(Scheme::Http),
            "file" => Err(StoreError::refused(
                tried,
                "`file://` is followed by the name of another machine, or by a path that does not begin \
                 with a slash; write a file of this machine as `file:///path`, or as a path",
            )),
            _ => Err(StoreError::refused(
                tried,
                format_args!(
                    "`{}` is not a scheme that flytekit knows; expected a path, or file, s3, gs, \
                     abfs, http or https",
                    Foreign(scheme)
                ),
            )),
        }
    }

    /// The error in a build without the store's feature.
    pub(super) fn unreachable(self, tried: &impl fmt::Display) -> StoreError {
        let (store, feature) = match self {
            Scheme::S3 => ("S3", "s3"),
            Scheme::Gcs => ("Google Cloud Storage", "gcs"),
            Scheme::Azure => ("Azure Blob Storage", "azure"),
            Scheme::Http => ("HTTP", "http"),
        };
        StoreError::refused(
            tried,
            format_args!(
                "this executable was built without {store}; build it with the feature `{feature}` \
                 of flytekit"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Scheme;

    #[test]
    fn a_missing_feature_is_named() {
        for (uri, feature) in [
            ("s3://bucket/key", "`s3`"),
            ("s3a://bucket/key", "`s3`"),
            ("gs://bucket/object", "`gcs`"),
            (
                "abfss://container@account.dfs.core.windows.net/blob",
                "`azure`",
            ),
            ("az://container/blob", "`azure`"),
            ("https://host/file", "`http`"),
        ] {
            let tried = format!("read {uri}");
            let scheme = Scheme::of(uri, &tried).expect("a scheme");
            let error = scheme.unreachable(&tried);
            assert!(error.to_string().contains(feature), "{error}");
            assert!(error.to_string().contains(uri), "{error}");
            assert!(!error.is_recoverable());
        }
    }
}
