//! Functions on URIs. They look at the text only, and reach no store.

use std::path::PathBuf;

use crate::console::{Foreign, ShownUrl};

/// The URI of `name` under a prefix, with one slash between.
///
/// ```
/// use flytekit::store::join;
///
/// assert_eq!(join("s3://bucket/run", "outputs.pb"), "s3://bucket/run/outputs.pb");
/// assert_eq!(join("s3://bucket/run/", "outputs.pb"), "s3://bucket/run/outputs.pb");
/// ```
pub fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() || prefix.ends_with('/') {
        format!("{prefix}{name}")
    } else {
        format!("{prefix}/{name}")
    }
}

/// Whether a URI names something that is not a file of this machine.
///
/// ```
/// use flytekit::store::is_remote;
///
/// assert!(is_remote("s3://bucket/table"));
/// assert!(!is_remote("/data/table") && !is_remote("file:///data/table"));
/// ```
pub fn is_remote(uri: &str) -> bool {
    local_path(uri).is_none()
}

/// The path of a local file: a path as it is, or the rest after `file://` and an optional `localhost`; a file
/// of another host has none. As in flytekit, percent signs are literal.
///
/// ```
/// use flytekit::store::local_path;
///
/// assert_eq!(local_path("file:///data/100%25"), Some("/data/100%25".into()));
/// assert_eq!(local_path("file://localhost/data"), Some("/data".into()));
/// assert_eq!(local_path("file://other/data"), None);
/// assert_eq!(local_path("s3://bucket/table"), None);
/// ```
pub fn local_path(uri: &str) -> Option<PathBuf> {
    match uri.split_once("://") {
        None => Some(PathBuf::from(match uri.strip_prefix("file:") {
            Some(path) if path.starts_with('/') => path,
            _ => uri,
        })),
        Some(("file", place)) => {
            let here = place.strip_prefix("localhost");
            let path = here.filter(|path| path.starts_with('/')).unwrap_or(place);
            path.starts_with('/').then(|| PathBuf::from(path))
        }
        Some(_) => None,
    }
}

/// A URI for messages, in one line. In URIs of stores every character is part of a name, and the part before
/// an `@` names an Azure container.
pub(super) fn shown(uri: &str) -> String {
    match uri.split_once("://") {
        Some(("http" | "https", _)) => Foreign(&ShownUrl(uri).to_string()).to_string(),
        _ => Foreign(uri).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{join, local_path, shown};

    #[test]
    fn of_web_addresses_only_the_place_is_shown() {
        assert_eq!(shown("https://me:word@host/a?sig=1"), "https://host/a?…");
        for uri in ["s3://bucket/a@b?c", "abfs://box@one/a", "/a@b?c"] {
            assert_eq!(shown(uri), uri);
        }
    }

    #[test]
    fn only_a_missing_slash_is_added() {
        for (prefix, joined) in [
            ("", "x"),
            ("/", "/x"),
            ("file:///", "file:///x"),
            ("s3://bucket", "s3://bucket/x"),
            ("s3://bucket/a//", "s3://bucket/a//x"),
        ] {
            assert_eq!(join(prefix, "x"), joined);
        }
    }

    #[test]
    fn a_host_is_no_folder() {
        for uri in ["file:///a/b", "file://localhost/a/b", "file:/a/b"] {
            assert_eq!(local_path(uri), Some("/a/b".into()), "{uri}");
        }
        for uri in ["file://host/a", "file://localhost", "file://a", "file://"] {
            assert_eq!(local_path(uri), None, "{uri}");
        }
    }

    #[test]
    fn a_path_may_look_odd() {
        for path in ["a:b", "C:/x", "a b%20c", "s3:/bucket"] {
            assert_eq!(local_path(path), Some(path.into()));
        }
    }
}
