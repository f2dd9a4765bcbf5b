//! The dependencies of a program.

use super::table;

/// The text of the lock file that a program was built with: see
/// [`dependencies!`](macro@crate::deck::dependencies).
#[derive(Debug)]
#[doc(hidden)]
pub struct LockFile(pub &'static str);

inventory::collect!(LockFile);

/// Lists the program's crates and their versions on the pages of its tasks. The path of the lock file is
/// relative to the source file. The program includes the content of the lock file.
///
/// ```text
/// flytekit::deck::dependencies!("../Cargo.lock");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_dependencies {
    ($path:expr $(,)?) => {
        $crate::__v0_1_0::inventory::submit! {
            $crate::deck::LockFile(::core::include_str!($path))
        }
    };
}

/// The program, and the crates in its lock file, if it has one.
pub(super) fn html() -> String {
    let row = |name: &str, version: &str| [name.to_owned(), version.to_owned()];
    let target = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
    let mut rows = vec![
        row("flytekit (Rust)", env!("CARGO_PKG_VERSION")),
        row("target", &target),
    ];
    for (variable, name) in [
        ("FLYTE_INTERNAL_IMAGE", "image"),
        ("FLYTE_INTERNAL_TASK_VERSION", "task"),
    ] {
        if let Ok(value) = std::env::var(variable) {
            rows.push(row(name, &value));
        }
    }
    let files = inventory::iter::<LockFile>.into_iter();
    let mut crates: Vec<_> = files.flat_map(|file| crates(file.0)).collect();
    crates.sort_unstable();
    crates.dedup();
    rows.extend(crates.into_iter().map(|(name, version)| row(name, version)));
    table::of_texts(["what", "version"], rows)
}

/// The packages of a lock file, in which cargo writes one member per line.
fn crates(lock_file: &str) -> Vec<(&str, &str)> {
    let mut crates = Vec::new();
    let mut name = None;
    for line in lock_file.lines() {
        let value = |key: &str| {
            let rest = line.strip_prefix(key)?.strip_prefix(" = \"")?;
            rest.strip_suffix('"')
        };
        if line == "[[package]]" {
            name = None;
        } else if let Some(value) = value("name") {
            name = Some(value);
        } else if let (Some(name), Some(version)) = (name, value("version")) {
            crates.push((name, version));
        }
    }
    crates
}

#[cfg(test)]
mod tests {
    use super::crates;

    #[test]
    fn a_lock_file_names_its_packages() {
        let file = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"b\",\n]\n\n\
            [[package]]\nname = \"b\"\nversion = \"0.2.0+x\"\n";
        assert_eq!(crates(file), [("a", "1.0.0"), ("b", "0.2.0+x")]);
        assert!(crates("no lock file").is_empty());
    }
}
