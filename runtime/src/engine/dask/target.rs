//! Chooses the cluster of a run.

use std::net::Ipv6Addr;
use std::num::NonZero;
use std::path::PathBuf;

use crate::engine::Mode;
use crate::engine::programs::{Programs, variable};
use crate::engine::python::Interpreters;
use crate::error::Error;

/// The values that `--dask` accepts.
pub(super) const TARGETS: &str = "local | threads | tcp://HOST:PORT";

/// The variable in which the Dask operator, or a user, sets the scheduler's address.
const SCHEDULER: &str = "DASK_SCHEDULER_ADDRESS";

/// The places that were searched for the Python package, for messages.
const PLACES: &str = "the package distributed of $FLYTEKIT_PYTHON and of python3";

/// Where calls are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// On the workers of this scheduler. The client runs in the first of these interpreters that has it.
    Scheduler {
        pythons: Vec<PathBuf>,
        address: String,
    },
    /// On a cluster that lives for the run, in this interpreter.
    Local { python: PathBuf },
    /// On threads of this process.
    Threads {
        /// Why threads are used, if nobody has chosen them.
        instead: Option<String>,
    },
}

/// The environment variables that choose a Dask cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct DaskVariables {
    pub(super) scheduler: Option<String>,
    pub(super) programs: Programs,
    pub(super) interpreters: Interpreters,
}

impl DaskVariables {
    pub(super) fn of_process() -> Self {
        let scheduler = variable(SCHEDULER);
        DaskVariables {
            scheduler: scheduler.map(|address| address.to_string_lossy().into_owned()),
            programs: Programs::of_process(),
            interpreters: Interpreters::of_process(),
        }
    }

    fn python(&self) -> Option<PathBuf> {
        let found = self
            .interpreters
            .with_package("distributed", &self.programs);
        found.map(|(python, _)| python)
    }
}

/// The error that there is no interpreter with Dask's client.
fn no_client(what: &str) -> Error {
    Error::user(format!(
        "{what} needs Dask's Python client, which was not found. Looked for {PLACES}; run \
         `pip install distributed`, or use the workers' image for the task, too"
    ))
}

impl Target {
    /// Chooses the first of: the user's choice, `DASK_SCHEDULER_ADDRESS`, a local cluster, threads.
    ///
    /// # Errors
    ///
    /// If nothing is found, or the user's choice does not exist. The message says what was searched and what
    /// to do.
    pub(super) fn choose(
        target: Option<&str>,
        mode: Mode,
        variables: &DaskVariables,
    ) -> Result<Self, Error> {
        match (target, &variables.scheduler) {
            (Some(target), _) => Target::named(target, variables),
            (None, Some(address)) => Target::scheduler(address, SCHEDULER, variables),
            (None, None) if mode == Mode::Container => Err(Error::user(format!(
                "{SCHEDULER} is not set. The Dask operator sets it to the address of the task's cluster: \
                 is Flyte's Dask plugin enabled for tasks of type `dask`?"
            ))),
            (None, None) => Ok(variables.python().map_or_else(
                || Target::Threads {
                    instead: Some(format!("no Dask was found ({SCHEDULER}; {PLACES})")),
                },
                |python| Target::Local { python },
            )),
        }
    }

    fn named(target: &str, variables: &DaskVariables) -> Result<Self, Error> {
        match target {
            "threads" => Ok(Target::Threads { instead: None }),
            "local" => {
                let python = variables.python();
                let python = python.ok_or_else(|| no_client("a local cluster"))?;
                Ok(Target::Local { python })
            }
            address if address.contains("://") => Target::scheduler(address, "--dask", variables),
            word => Err(Error::user(format!(
                "`{word}` is not a target for Dask; expected {TARGETS}"
            ))),
        }
    }

    fn scheduler(address: &str, origin: &str, variables: &DaskVariables) -> Result<Self, Error> {
        let (protocol, host) = address.split_once("://").unwrap_or(("tcp", address));
        let is_known = ["tcp", "tls", "ucx", "ws", "wss"].contains(&protocol);
        if !is_known || !is_host_and_port(host) {
            return Err(Error::user(format!(
                "{origin} is `{address}`, which is not an address of a Dask scheduler; expected \
                 tcp://HOST:PORT or tls://HOST:PORT"
            )));
        }
        let pythons: Vec<_> = variables.interpreters.all(&variables.programs).collect();
        if pythons.is_empty() {
            return Err(no_client(&format!("the scheduler {address}")));
        }
        Ok(Target::Scheduler {
            pythons,
            address: address.to_owned(),
        })
    }
}

/// Whether this is `HOST:PORT`. Any other address is refused here, because another attempt would fail, too.
fn is_host_and_port(address: &str) -> bool {
    let Some((host, port)) = address.rsplit_once(':') else {
        return false;
    };
    let is_host = match host.strip_prefix('[') {
        Some(ipv6) => ipv6
            .strip_suffix(']')
            .is_some_and(|it| it.parse::<Ipv6Addr>().is_ok()),
        None => {
            !host.is_empty()
                && !host.contains(|it: char| ":/?#@[]".contains(it) || it.is_whitespace())
        }
    };
    // Dask itself requires more of the port.
    is_host && port.parse::<NonZero<u16>>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(target: Option<&str>, mode: Mode, scheduler: Option<&str>) -> Result<Target, String> {
        let variables = DaskVariables {
            scheduler: scheduler.map(str::to_owned),
            ..DaskVariables::default()
        };
        Target::choose(target, mode, &variables).map_err(|error| error.to_string())
    }

    #[test]
    fn without_dask_a_local_run_has_threads_and_says_so() {
        let Ok(Target::Threads { instead: Some(why) }) = choose(None, Mode::Local, None) else {
            panic!("not threads")
        };
        assert!(why.contains("DASK_SCHEDULER_ADDRESS"), "{why}");
        let asked = choose(Some("threads"), Mode::Local, Some("tcp://a:1"));
        assert_eq!(asked, Ok(Target::Threads { instead: None }));
    }

    #[test]
    fn a_container_without_a_cluster_is_an_error() {
        let error = choose(None, Mode::Container, None).unwrap_err();
        assert!(
            error.contains("DASK_SCHEDULER_ADDRESS is not set"),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_dask_is_refused_with_the_choices() {
        let refused = [
            (Some("treads"), None, "`treads` is not a target"),
            (Some("http://a:1"), None, "--dask is `http://a:1`"),
            (None, Some("tcp://"), "DASK_SCHEDULER_ADDRESS is `tcp://`"),
            (
                None,
                Some("scheduler"),
                "DASK_SCHEDULER_ADDRESS is `scheduler`",
            ),
            (None, Some("tcp://scheduler"), "expected tcp://HOST:PORT"),
            (None, Some("tcp://scheduler:"), "expected tcp://HOST:PORT"),
            (None, Some("tcp://scheduler:0"), "expected tcp://HOST:PORT"),
            (
                None,
                Some("tcp://scheduler:99999"),
                "expected tcp://HOST:PORT",
            ),
            (
                None,
                Some("tcp://scheduler:87 86"),
                "expected tcp://HOST:PORT",
            ),
            (None, Some("tcp://a:1/x"), "expected tcp://HOST:PORT"),
            (None, Some("tcp://::1:8786"), "expected tcp://HOST:PORT"),
            (Some("local"), None, "pip install distributed"),
            (Some("tcp://a:1"), None, "pip install distributed"),
        ];
        for (target, scheduler, part) in refused {
            let error = choose(target, Mode::Local, scheduler).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
