//! The kinds of crates, and their files.

use std::path::Path;

use super::name::Name;

/// The content of a new crate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Workflow,
    Spark,
    Dask,
    Connector,
}

/// A file of `templates/`.
macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("../../templates/", $file))
    };
}

/// The texts that differ between kinds.
struct Templates {
    main: &'static str,
    app: &'static str,
    readme: &'static str,
    dockerfile: &'static str,
}

/// The names in the templates, which are replaced by the crate's.
const PACKAGE: &str = "my-app";
const IN_RUST: &str = "my_app";

impl Kind {
    /// The kinds that a flag chooses.
    pub(super) const NAMED: [Self; 4] = [Self::Workflow, Self::Spark, Self::Dask, Self::Connector];

    /// The flag, without hyphens.
    pub(super) fn flag(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Workflow => "workflow",
            Self::Spark => "spark",
            Self::Dask => "dask",
            Self::Connector => "connector",
        }
    }

    /// The content of the crate, in a few words.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Plain => "a task",
            Self::Workflow => "a workflow, its tasks, and a daily launch plan",
            Self::Spark => "a Spark task",
            Self::Dask => "a Dask task",
            Self::Connector => "a connector, which runs tasks outside of pods",
        }
    }

    /// Refuses the names of crates that the crate would depend on.
    pub(super) fn check(self, name: &Name) -> Result<(), String> {
        let taken = match self {
            Self::Connector => &["flytekit_connector", "serde"][..],
            _ => &["flytekit"],
        };
        // This crate would hide a crate of the standard library.
        let hidden = ["alloc", "core", "proc_macro", "std"];
        let in_rust = name.in_rust();
        if taken.contains(&&*in_rust) || hidden.contains(&&*in_rust) {
            return Err(format!(
                "`{name}` is the name of a crate that yours depends on; choose another"
            ));
        }
        Ok(())
    }

    /// The crate's files, by their paths.
    pub(super) fn files(self, name: &Name, sources: Option<&Path>) -> Vec<(&'static str, String)> {
        let templates = self.templates();
        let ci = match self.packages() {
            Some(packages) => template!("common/ci.yml").replace(
                "# SYSTEM PACKAGES",
                &format!("- run: sudo apt-get update && sudo apt-get install --yes {packages}"),
            ),
            None => template!("common/ci.yml").replace("      # SYSTEM PACKAGES\n", ""),
        };
        let named = |text: &str| {
            text.replace(PACKAGE, name.package())
                .replace(IN_RUST, &name.in_rust())
        };
        vec![
            ("Cargo.toml", self.manifest(name, sources)),
            ("README.md", named(templates.readme)),
            ("Dockerfile", named(templates.dockerfile)),
            ("src/main.rs", named(templates.main)),
            ("tests/app.rs", named(templates.app)),
            (".github/workflows/ci.yml", ci),
            (".gitignore", template!("common/gitignore").to_owned()),
            (".dockerignore", template!("common/dockerignore").to_owned()),
        ]
    }

    /// The last words, with the first commands.
    pub(super) fn farewell(self, name: &Name, path: &Path) -> String {
        let app = name.in_rust();
        let first = match self {
            Self::Plain => format!("cargo run -- run {app}.greet --name World"),
            Self::Workflow => format!("cargo run -- run {app}.report --day 2026-01-31"),
            Self::Spark => format!(
                "cargo run -- run {app}.sum_range      # needs Sail or Spark: see README.md"
            ),
            Self::Dask => format!("cargo run -- run {app}.primes --dask threads"),
            Self::Connector => "cargo run -- list".to_owned(),
        };
        format!(
            "Created {}, with {}. Next:\n\n  cd {}\n  cargo test\n  {first}\n\n{}\nREADME.md describes the next steps.",
            path.display(),
            self.what(),
            path.display(),
            self.cost()
        )
    }

    /// The price of the first build.
    fn cost(self) -> &'static str {
        match self {
            Self::Plain | Self::Workflow => {
                "The first build downloads some 50 crates (5 MB), and takes half a minute on two cores."
            }
            Self::Spark => {
                "The first build needs `protoc` (apt install protobuf-compiler, or brew install protobuf), \
                 downloads some 200 crates (21 MB), and takes three minutes on two cores."
            }
            Self::Dask => {
                "The first build downloads some 60 crates (9 MB), and takes a minute on two cores."
            }
            Self::Connector => {
                "The first build downloads some 110 crates (9 MB), and takes a minute on two cores."
            }
        }
    }

    fn templates(self) -> Templates {
        match self {
            Self::Plain => Templates {
                main: template!("plain/main.rs"),
                app: template!("plain/app.rs"),
                readme: template!("plain/README.md"),
                dockerfile: template!("plain/Dockerfile"),
            },
            Self::Workflow => Templates {
                main: template!("workflow/main.rs"),
                app: template!("workflow/app.rs"),
                readme: template!("workflow/README.md"),
                dockerfile: template!("plain/Dockerfile"),
            },
            Self::Spark => Templates {
                main: template!("spark/main.rs"),
                app: template!("spark/app.rs"),
                readme: template!("spark/README.md"),
                dockerfile: template!("spark/Dockerfile"),
            },
            Self::Dask => Templates {
                main: template!("dask/main.rs"),
                app: template!("dask/app.rs"),
                readme: template!("dask/README.md"),
                dockerfile: template!("dask/Dockerfile"),
            },
            Self::Connector => Templates {
                main: template!("connector/main.rs"),
                app: template!("connector/app.rs"),
                readme: template!("connector/README.md"),
                dockerfile: template!("connector/Dockerfile"),
            },
        }
    }

    /// Packages of the system that a build needs.
    fn packages(self) -> Option<&'static str> {
        (self == Self::Spark).then_some("protobuf-compiler")
    }

    fn manifest(self, name: &Name, sources: Option<&Path>) -> String {
        let oldest = env!("CARGO_PKG_RUST_VERSION");
        format!(
            "[package]\n\
             name = \"{name}\"\n\
             version = \"0.1.0\"\n\
             edition = \"2024\"\n\
             rust-version = \"{oldest}\"\n\
             publish = false\n\n\
             [dependencies]\n\
             {}",
            self.dependencies(sources)
        )
    }

    fn dependencies(self, sources: Option<&Path>) -> String {
        let of = |folder: &str| match sources {
            Some(sources) => format!("path = {:?}", sources.join(folder).display().to_string()),
            None => format!("version = \"{}\"", env!("CARGO_PKG_VERSION")),
        };
        match self {
            Self::Plain | Self::Workflow => format!("flytekit = {{ {} }}\n", of("runtime")),
            Self::Spark | Self::Dask => format!(
                "flytekit = {{ {}, features = [\"{}\"] }}\n",
                of("runtime"),
                self.flag()
            ),
            Self::Connector => format!(
                "flytekit-connector = {{ {}, default-features = false }}\n\
                 serde = {{ version = \"1\", features = [\"derive\"] }}\n",
                of("connector")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Kind; 5] = [
        Kind::Plain,
        Kind::Workflow,
        Kind::Spark,
        Kind::Dask,
        Kind::Connector,
    ];

    #[test]
    fn no_name_of_a_template_is_left() {
        let name = Name::of(Path::new("sales-report")).expect("a name");
        for kind in ALL {
            for (path, content) in kind.files(&name, None) {
                let left = [PACKAGE, IN_RUST, "SYSTEM PACKAGES"];
                assert!(
                    left.iter().all(|it| !content.contains(it)),
                    "{path}: {content}"
                );
                assert!(content.ends_with('\n'), "{path}");
            }
            assert!(
                kind.farewell(&name, Path::new("x/sales-report"))
                    .contains("cd x/sales-report")
            );
        }
    }

    #[test]
    fn a_crate_has_not_the_name_of_a_dependency() {
        let refused = |kind: Kind, name: &str| {
            kind.check(&Name::of(Path::new(name)).expect("a name"))
                .is_err()
        };
        assert!(refused(Kind::Plain, "flytekit") && refused(Kind::Spark, "core"));
        assert!(
            refused(Kind::Connector, "flytekit-connector") && refused(Kind::Connector, "serde")
        );
        assert!(!refused(Kind::Plain, "serde") && !refused(Kind::Plain, "my-app"));
    }
}
