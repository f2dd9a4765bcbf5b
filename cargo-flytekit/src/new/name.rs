//! The names that a crate may have.

use std::fmt;
use std::path::Path;

/// A crate's name.
pub(super) struct Name {
    package: String,
}

impl Name {
    /// The name in the last part of a path.
    pub(super) fn of(path: &Path) -> Result<Self, String> {
        let Some(last) = path.file_name() else {
            return Err(format!(
                "{} does not name a new folder; write, for example, `cargo flytekit new my_app`",
                path.display()
            ));
        };
        let Some(package) = last.to_str() else {
            return Err(format!(
                "{} cannot be a crate's name: it is not text in UTF-8",
                last.display()
            ));
        };
        check(package)?;
        Ok(Self {
            package: package.to_owned(),
        })
    }

    /// The package's name, which may have hyphens.
    pub(super) fn package(&self) -> &str {
        &self.package
    }

    /// The crate's name in Rust, with which the names of tasks begin.
    pub(super) fn in_rust(&self) -> String {
        self.package.replace('-', "_")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.package)
    }
}

/// Checks the letters. Cargo itself refuses keywords and other names that it reserves.
fn check(name: &str) -> Result<(), String> {
    let fitting = |letter: char| match letter {
        'a'..='z' | '0'..='9' | '-' | '_' => letter,
        'A'..='Z' => letter.to_ascii_lowercase(),
        _ => '_',
    };
    let letters: String = name.chars().map(fitting).collect();
    let better = letters.trim_matches(['-', '_']);
    let starts_with_letter = |name: &str| name.starts_with(|it: char| it.is_ascii_lowercase());
    if letters == name && better == name && starts_with_letter(name) {
        return Ok(());
    }
    let advice = if starts_with_letter(better) {
        format!("; try `{better}`")
    } else {
        String::new()
    };
    Err(format!(
        "`{name}` cannot be a crate's name: it must begin with a letter from a to z, followed by such letters, \
         digits, `_` and `-`{advice}"
    ))
}

/// Whether `cargo 1.85.0 (…)` is older than `1.88`; `None` if the text has no version.
pub(super) fn is_older(said: &str, oldest: &str) -> Option<bool> {
    let version = said.split_whitespace().nth(1)?;
    let numbers = |version: &str| {
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().ok());
        Some((numbers.next()??, numbers.next()??))
    };
    Some(numbers(version)? < numbers(oldest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Result<(String, String), String> {
        let name = Name::of(Path::new(path))?;
        Ok((name.package().to_owned(), name.in_rust()))
    }

    #[test]
    fn the_last_part_of_a_path_is_the_name() {
        let expected = ("my-app".to_owned(), "my_app".to_owned());
        for path in ["my-app", "my-app/", "./my-app", "/a/b/my-app"] {
            assert_eq!(of(path), Ok(expected.clone()), "{path}");
        }
    }

    #[test]
    fn other_names_are_refused_with_a_better_one() {
        for (name, better) in [
            ("MyApp", "`myapp`"),
            ("héllo", "`h_llo`"),
            ("my app", "`my_app`"),
            ("a.b", "`a_b`"),
            ("_private", "`private`"),
        ] {
            let refused = of(name).unwrap_err();
            assert!(refused.ends_with(&format!("try {better}")), "{refused}");
        }
        for name in ["1st", "日本", "-", "--"] {
            let refused = of(name).unwrap_err();
            assert!(refused.ends_with("`_` and `-`"), "{refused}");
        }
        for path in ["", ".", "..", "/"] {
            assert!(of(path).unwrap_err().contains("does not name a new folder"));
        }
    }

    #[test]
    fn versions_are_compared_by_numbers() {
        assert_eq!(is_older("cargo 1.87.0 (99 2025)", "1.88"), Some(true));
        assert_eq!(is_older("cargo 1.88.0", "1.88"), Some(false));
        assert_eq!(is_older("cargo 1.100.0-nightly", "1.88"), Some(false));
        assert_eq!(is_older("no cargo", "1.88"), None);
    }
}
