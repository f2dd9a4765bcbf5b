//! Under which project, domain and version tasks are registered, with which images, and where.

mod platform;

use clap::{Arg, ArgMatches};

pub(crate) use platform::{Auth, AuthMode, Platform, Secret};

/// What registration needs to know beyond the tasks.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The project of Flyte's.
    pub(crate) project: String,
    /// Its domain: `development`, `staging`, `production`.
    pub(crate) domain: String,
    /// The tasks' version; one that their content gives if there is none.
    pub(crate) version: Option<String>,
    /// Where Flyte is.
    pub(crate) platform: Platform,
}

impl Settings {
    /// The flags that every verb about registration has.
    pub(crate) fn arguments() -> Vec<Arg> {
        let flag = |name: &'static str, value: &'static str, help: &'static str| {
            Arg::new(name).long(name).value_name(value).help(help)
        };
        vec![
            flag("project", "NAME", "The project in Flyte"),
            flag("domain", "NAME", "The project's domain"),
            flag(
                "version",
                "TEXT",
                "The tasks' version [default: a hash of their content]",
            ),
        ]
    }

    /// Those that a command line and its surroundings give.
    pub(crate) fn resolve(matches: &ArgMatches) -> Result<Self, String> {
        let given = |name, default: &str| {
            matches
                .get_one::<String>(name)
                .map_or_else(|| default.to_owned(), String::clone)
        };
        Ok(Settings {
            project: given("project", "flytesnacks"),
            domain: given("domain", "development"),
            version: matches.get_one::<String>("version").cloned(),
            platform: Platform {
                endpoint: std::env::var("FLYTE_PLATFORM_URL")
                    .unwrap_or_else(|_| "localhost:30080".to_owned()),
                insecure: std::env::var("FLYTE_PLATFORM_INSECURE").is_ok(),
                ..Platform::default()
            },
        })
    }
}
