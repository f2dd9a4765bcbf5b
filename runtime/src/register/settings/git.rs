//! The git repository of a crate.

use std::path::{Path, PathBuf};

use crate::bounded;

/// The largest of git's files that is read.
const LONGEST: u64 = 1 << 20;

/// The address of the remote `origin` in flytekit's format: host and path, such as `github.com/team/app`,
/// never a user name or password.
pub(super) fn repository(folder: &Path) -> Option<String> {
    let config = folder.ancestors().find_map(config_in)?;
    let config = bounded::read_text(&config, LONGEST).ok()?;
    link(origin(&config)?)
}

/// The config file of the repository at `folder`. In a worktree and in a submodule, `.git` is a file that
/// points to the repository.
fn config_in(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git.join("config"));
    }
    let text = bounded::read_text(&git, LONGEST).ok()?;
    let own = folder.join(text.strip_prefix("gitdir:")?.trim());
    let shared = bounded::read_text(&own.join("commondir"), LONGEST);
    let common = shared.map_or_else(|_| own.clone(), |it| own.join(it.trim()));
    Some(common.join("config"))
}

/// The value of `url` in the section `[remote "origin"]`.
fn origin(config: &str) -> Option<&str> {
    let lines = config.lines().map(str::trim);
    let section = lines.skip_while(|line| *line != "[remote \"origin\"]");
    let mut entries = section.skip(1).take_while(|line| !line.starts_with('['));
    entries.find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "url").then(|| value.trim())
    })
}

/// The host and the path of a URL of git; none for a local path.
pub(super) fn link(url: &str) -> Option<String> {
    let (authority, path) = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split_once('/')?,
        // `git@host:path`. A slash before the colon would make it a local path.
        None => url
            .split_once(':')
            .filter(|(host, _)| !host.contains('/'))?,
    };
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (host.len() > 1 && !path.is_empty()).then(|| format!("{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_have_neither_scheme_nor_user() {
        for (url, expected) in [
            ("git@github.com:team/app.git", Some("github.com/team/app")),
            ("github.com:team/app", Some("github.com/team/app")),
            ("https://github.com/team/app", Some("github.com/team/app")),
            (
                "https://github.com/team/app.git/",
                Some("github.com/team/app"),
            ),
            ("http://u:secret@host:8080/a/b.git", Some("host:8080/a/b")),
            ("ssh://git@host/a.git", Some("host/a")),
            ("/srv/git/app.git", None),
            ("../app", None),
            ("C:\\app", None),
            ("file:///srv/app.git", None),
            ("https://host", None),
            ("https://host/.git", None),
            ("", None),
        ] {
            assert_eq!(link(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn the_remote_is_found_from_below_and_in_worktrees() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir_all(at("main/.git/worktrees/other")).unwrap();
        std::fs::create_dir_all(at("main/crates/app")).unwrap();
        std::fs::create_dir_all(at("other")).unwrap();
        let config = "[core]\n\turl = no\n[remote \"fork\"]\n\turl = git@host:f/a\n\
            [remote \"origin\"]\n\tfetch = +refs\n\turl = git@host:o/a.git\n[branch]\n\turl = no\n";
        std::fs::write(at("main/.git/config"), config).unwrap();
        std::fs::write(at("main/.git/worktrees/other/commondir"), "../..\n").unwrap();
        let pointer = format!("gitdir: {}\n", at("main/.git/worktrees/other").display());
        std::fs::write(at("other/.git"), pointer).unwrap();
        assert_eq!(
            repository(&at("main/crates/app")).as_deref(),
            Some("host/o/a")
        );
        assert_eq!(repository(&at("other")).as_deref(), Some("host/o/a"));
        assert_eq!(origin("[core]\n"), None);
    }
}
