//! The options of `run --remote`, for the start of a run and for its output.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::super::{flags, inputs};
use crate::declare::Variable;
use crate::register::remote::Start;
use crate::types::time::text as time_text;

// These ids cannot be ids of settings.
const REMOTE: &str = "--remote";
const JSON: &str = "--json";
const RAW_OUTPUT: &str = "--raw-output-data-prefix";
const NAME: &str = "--name";
const WAIT: &str = "--wait";
const FOLLOW: &str = "--follow";
const TIMEOUT: &str = "--timeout";
const ENV: &str = "--env";
const LABEL: &str = "--label";
const ANNOTATION: &str = "--annotation";
const TAG: &str = "--tag";
const SERVICE_ACCOUNT: &str = "--service-account";
const MAX_PARALLELISM: &str = "--max-parallelism";
const INTERRUPTIBLE: &str = "--interruptible";
const OVERWRITE_CACHE: &str = "--overwrite-cache";
const DISABLE_NOTIFICATIONS: &str = "--disable-notifications";
const CLUSTER_POOL: &str = "--cluster-pool";
const CLUSTER_LABEL: &str = "--execution-cluster-label";

/// Settings that only matter for registration.
const OF_REGISTRATION: [&str; 6] = [
    "image",
    "env",
    "destination-dir",
    "git-repository",
    "source-root",
    "embed-settings",
];

/// The options whose names no input can take over: the address of Flyte and the task must be known before the
/// inputs are, and the rest are those of `run`.
fn firm() -> Vec<Arg> {
    let settings = flags::all().into_iter();
    let mut firm: Vec<Arg> = settings
        .filter(|arg| !OF_REGISTRATION.contains(&arg.get_id().as_str()))
        .map(|arg| match arg.get_id().as_str() {
            "version" => arg.help("The task's version [default: the newest]"),
            _ => arg,
        })
        .collect();
    firm.extend([
        switch(REMOTE, "Run the task in Flyte, where it is registered").short('r'),
        switch(
            JSON,
            "Print the outputs as JSON, or, without --wait, the run",
        ),
        value(
            RAW_OUTPUT,
            "URI",
            "The place for files and tables that the task returns",
        )
        .alias("raw-data-prefix"),
    ]);
    firm
}

/// The options whose names an input can take over.
fn yielding() -> [Arg; 15] {
    [
        switch(WAIT, "Wait until the run ends, and print its outputs").alias("wait-execution"),
        switch(
            FOLLOW,
            "Wait, and report the progress of the run's nodes and their attempts",
        ),
        value(
            TIMEOUT,
            "DURATION",
            "Wait no longer than this, for example 30m; the run continues",
        )
        .value_parser(duration),
        value(NAME, "NAME", "The run's name [default: a unique one]"),
        pairs(ENV, "An environment variable of the task").alias("envvars"),
        pairs(LABEL, "A Kubernetes label").alias("labels"),
        pairs(ANNOTATION, "A Kubernetes annotation").alias("annotations"),
        value(
            TAG,
            "TEXT",
            "A tag in the console; can be given more than once",
        )
        .action(ArgAction::Append)
        .alias("tags"),
        value(
            SERVICE_ACCOUNT,
            "NAME",
            "The Kubernetes service account of the run",
        ),
        value(
            MAX_PARALLELISM,
            "COUNT",
            "The number of nodes that may run at the same time [default: the project's]",
        )
        .value_parser(value_parser!(i32).range(0..)),
        value(
            INTERRUPTIBLE,
            "true|false",
            "Whether the run may use preemptible machines [default: the task's setting]",
        )
        .value_parser(value_parser!(bool)),
        switch(OVERWRITE_CACHE, "Compute cached results again"),
        switch(
            DISABLE_NOTIFICATIONS,
            "Send no notifications when the run ends",
        ),
        value(CLUSTER_POOL, "NAME", "The pool of clusters to run on"),
        value(CLUSTER_LABEL, "TEXT", "The label of clusters to run on").alias("ecl"),
    ]
}

fn switch(id: &'static str, help: &'static str) -> Arg {
    let arg = Arg::new(id).long(&id[2..]).help(help);
    arg.action(ArgAction::SetTrue)
}

fn value(id: &'static str, name: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(&id[2..]).value_name(name).help(help)
}

fn pairs(id: &'static str, what: &str) -> Arg {
    value(id, "NAME=VALUE", "")
        .help(format!("{what}; can be given more than once"))
        .action(ArgAction::Append)
        .value_parser(pair)
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = pair.ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn duration(text: &str) -> Result<Duration, String> {
    let nanos = time_text::parse_length(text).and_then(|nanos| u64::try_from(nanos).ok());
    let nanos = nanos.ok_or("expected a duration such as 90s, 30m or 1h30m")?;
    Ok(Duration::from_nanos(nanos))
}

/// Whether a word after the task is this option, with any inputs.
pub(super) fn is_firm(arg: &Arg) -> bool {
    !yielding().iter().any(|it| it.get_id() == arg.get_id())
}

/// Whether an option before the task is parsed again with the inputs.
pub(super) fn is_left(arg: &Arg) -> bool {
    is_firm(arg) && arg.get_id() != REMOTE
}

/// All options.
pub(super) fn all(command: Command) -> Command {
    inputs::arguments(command.args(firm()), &[]).args(yielding())
}

/// The inputs, and the options whose names they do not take over.
pub(super) fn beside(command: Command, inputs: &[Variable]) -> Command {
    let is_input = |name: &str| inputs.iter().any(|it| it.name.replace('_', "-") == name);
    let is_free = |arg: &Arg| {
        let aliases = arg.get_all_aliases().unwrap_or_default();
        !arg.get_long().into_iter().chain(aliases).any(is_input)
    };
    let free = yielding().into_iter().filter(is_free);
    let apart = |arg: Arg| arg.help_heading("Options of the run");
    let command = command.args(firm().into_iter().map(apart));
    inputs::arguments(command, inputs).args(free.map(apart))
}

/// The chosen options, before the task and after it.
#[derive(Debug)]
pub(super) struct Options {
    before: ArgMatches,
    after: ArgMatches,
}

impl Options {
    pub(super) fn new(before: ArgMatches, after: ArgMatches) -> Self {
        Options { before, after }
    }

    /// The values of the task's own flags.
    pub(super) fn inputs(&self) -> &ArgMatches {
        &self.after
    }

    /// Whether to wait for the end of the run.
    pub(super) fn waits(&self) -> bool {
        self.is_set(WAIT) || self.follows() || self.timeout().is_some()
    }

    /// Whether to report the progress of its nodes.
    pub(super) fn follows(&self) -> bool {
        self.is_set(FOLLOW)
    }

    /// The maximum time to wait.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.one(TIMEOUT)
    }

    /// Whether to print results as JSON.
    pub(super) fn json(&self) -> bool {
        self.is_set(JSON)
    }

    /// The settings of the run's start.
    pub(super) fn start(&self) -> Start {
        Start {
            name: self.one(NAME),
            env: self.pairs(ENV),
            labels: self.pairs(LABEL),
            annotations: self.pairs(ANNOTATION),
            tags: self.many(TAG),
            service_account: self.one(SERVICE_ACCOUNT),
            raw_output_prefix: self.one(RAW_OUTPUT),
            max_parallelism: self.one(MAX_PARALLELISM).unwrap_or_default(),
            interruptible: self.one(INTERRUPTIBLE),
            overwrite_cache: self.is_set(OVERWRITE_CACHE),
            disable_notifications: self.is_set(DISABLE_NOTIFICATIONS),
            cluster_pool: self.one(CLUSTER_POOL),
            cluster_label: self.one(CLUSTER_LABEL),
        }
    }

    /// The last value of an option.
    fn one<T: Clone + Send + Sync + 'static>(&self, id: &str) -> Option<T> {
        self.many(id).pop()
    }

    fn is_set(&self, id: &str) -> bool {
        self.many(id).contains(&true)
    }

    fn pairs(&self, id: &str) -> BTreeMap<String, String> {
        self.many(id).into_iter().collect()
    }

    /// The values of an option, in the order of the command line. An input may have taken over the option's
    /// name.
    fn many<T: Clone + Send + Sync + 'static>(&self, id: &str) -> Vec<T> {
        let given = [&self.before, &self.after].into_iter();
        let given = given.filter_map(|matches| matches.try_get_many::<T>(id).ok().flatten());
        given.flatten().cloned().collect()
    }
}
