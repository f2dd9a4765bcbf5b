//! The command line.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use crate::{Connectors, Limits, Server, Tls};

/// The variables with the log level: a level, or a list of `target=level`.
const LOG: [&str; 2] = ["FLYTEKIT_LOG", "RUST_LOG"];

/// The `main` function of a server with connectors: parses the command line and executes it.
///
/// `serve` serves until a signal ends the process, and `list` lists the connectors. Exit codes: 0, 1 if it
/// cannot serve, 2 for a wrong command line.
///
/// ```no_run
/// use flytekit_connector::{Connectors, Duplicate};
///
/// fn main() -> std::process::ExitCode {
///     flytekit_connector::main(|connectors: Connectors| Ok::<_, Duplicate>(connectors))
/// }
/// ```
pub fn main<E>(connectors: impl FnOnce(Connectors) -> Result<Connectors, E>) -> ExitCode
where
    Box<dyn Error>: From<E>,
{
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // There is no other way to report it.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let done = start_logging()
        .and_then(|()| Ok(connectors(Connectors::new())?))
        .and_then(|connectors| match matches.subcommand() {
            Some(("serve", matches)) => serve(connectors, matches),
            #[cfg(feature = "databricks")]
            Some(("bootstrap", _)) => bootstrap(),
            _ => list(&connectors),
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error is not another failure.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

type AnyError = Box<dyn Error>;

fn command() -> Command {
    Command::new("flytekit-connector")
        .about("A server of Flyte's connector services")
        .subcommand_required(true)
        .subcommands(of_databricks())
        .subcommand(Command::new("list").about("List the connectors"))
        .subcommand(
            Command::new("serve")
                .about("Serve Flyte until a signal ends the process")
                .args(ports())
                .args(limits())
                .args(tls()),
        )
        .after_help("FLYTEKIT_LOG or RUST_LOG sets the log level: a level, or a list of target=level [info]")
}

/// The commands for the connector of Databricks.
fn of_databricks() -> Vec<Command> {
    #[cfg(feature = "databricks")]
    {
        let about = "Print the file in Python that starts executables in Rust on Databricks";
        vec![Command::new("bootstrap").about(about)]
    }
    #[cfg(not(feature = "databricks"))]
    Vec::new()
}

#[cfg(feature = "databricks")]
fn bootstrap() -> Result<(), AnyError> {
    std::io::stdout()
        .lock()
        .write_all(crate::databricks::BOOTSTRAP.as_bytes())?;
    Ok(())
}

fn ports() -> [Arg; 2] {
    [
        number(
            "port",
            "PORT",
            "8000",
            "The port for gRPC; 0 picks a free port",
        )
        .value_parser(value_parser!(u16)),
        number(
            "prometheus-port",
            "PORT",
            "9090",
            "The port of /metrics for Prometheus; `none` turns it off",
        )
        .alias("prometheus_port")
        .value_parser(port_or_none),
    ]
}

fn limits() -> [Arg; 6] {
    [
        number("max-message-size", "BYTES", "10485760", "The largest message that is accepted")
            .value_parser(value_parser!(u64).range(1..)),
        number("max-calls", "COUNT", "1024", "Calls in progress; further calls wait")
            .value_parser(value_parser!(u64).range(1..)),
        number("max-calls-of-connection", "COUNT", "1024", "Calls in progress on one connection")
            .value_parser(value_parser!(u32).range(1..)),
        number("shutdown-limit", "SECONDS", "25", "Time for running calls after a signal")
            .value_parser(value_parser!(u64)),
        number(
            "abandoned-after",
            "SECONDS",
            "60",
            "Delete a job whose caller lost its connection before the answer, and did not ask again; \
             0 keeps such jobs, which several servers need",
        )
        .value_parser(value_parser!(u64)),
        Arg::new("worker")
            .long("worker")
            .value_name("COUNT")
            .hide(true)
            .action(ArgAction::Set)
            .help("Accepted for flytekit's command lines, without an effect"),
    ]
}

fn tls() -> [Arg; 3] {
    let file = |name, help| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    [
        file(
            "tls-certificate",
            "Encrypt connections with this certificate, in PEM form",
        )
        .requires("tls-key"),
        file("tls-key", "The certificate's key").requires("tls-certificate"),
        file(
            "client-ca",
            "Accept only clients with a certificate of one of these authorities",
        )
        .requires("tls-certificate"),
    ]
}

fn number(
    name: &'static str,
    unit: &'static str,
    default: &'static str,
    help: &'static str,
) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(unit)
        .default_value(default)
        .help(help)
}

fn port_or_none(text: &str) -> Result<Option<u16>, String> {
    if text == "none" {
        return Ok(None);
    }
    let port = text.parse().map(Some);
    port.map_err(|_| "expected a port, or `none`".to_owned())
}

fn serve(connectors: Connectors, matches: &ArgMatches) -> Result<(), AnyError> {
    let seconds = |name| Duration::from_secs(given(matches, name));
    let limits = Limits {
        message_size: usize::try_from(given::<u64>(matches, "max-message-size"))?,
        concurrent_calls: usize::try_from(given::<u64>(matches, "max-calls"))?,
        calls_of_connection: given(matches, "max-calls-of-connection"),
        shutdown: seconds("shutdown-limit"),
        abandoned_after: Some(seconds("abandoned-after")).filter(|it| !it.is_zero()),
    };
    let mut server = Server::new(connectors)
        .port(given(matches, "port"))
        .metrics_port(given(matches, "prometheus-port"))
        .limits(limits);
    let file = |name| matches.get_one::<PathBuf>(name).cloned();
    if let (Some(certificate), Some(key)) = (file("tls-certificate"), file("tls-key")) {
        server = server.tls(Tls {
            certificate,
            key,
            client_authority: file("client-ca"),
        });
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(server.serve());
    // Calls past the limit do not delay the end.
    runtime.shutdown_background();
    Ok(outcome?)
}

/// A value that has a default.
fn given<T: Clone + Default + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> T {
    matches.get_one::<T>(name).cloned().unwrap_or_default()
}

fn list(connectors: &Connectors) -> Result<(), AnyError> {
    let mut out = std::io::stdout().lock();
    for agent in connectors.agents() {
        let types = agent.supported_task_categories.iter();
        let types: Vec<_> = types
            .map(|it| format!("{} ({})", it.name, it.version))
            .collect();
        let kind = if agent.is_sync { "sync" } else { "async" };
        writeln!(out, "{}\t{kind}\t{}", agent.name, types.join(", "))?;
    }
    Ok(())
}

fn start_logging() -> Result<(), AnyError> {
    let wish = LOG.iter().find_map(|name| std::env::var(name).ok());
    let targets = match wish.as_deref() {
        None | Some("") => Targets::new().with_default(LevelFilter::INFO),
        Some(wish) => wish
            .parse::<Targets>()
            .map_err(|error| format!("`{wish}` is not a list of target=level: {error}"))?,
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .log_internal_errors(false);
    // If the program has set a subscriber of its own, that one stays.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
    Ok(())
}
