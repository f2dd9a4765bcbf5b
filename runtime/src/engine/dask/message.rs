//! The messages between the processes of a run, as headers of [frames](super::frame).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A message to the Dask client.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    /// Connect, or start a cluster in the client's process if there is no address.
    Open {
        address: Option<&'a str>,
        /// The number of threads of a cluster that is started.
        threads: Option<usize>,
        /// A name for this run's objects on the cluster.
        run: &'a str,
        task: &'a str,
        /// The path of the executable on workers.
        path: &'a str,
        /// The path of the executable on this machine.
        own: &'a str,
        /// The archive of the executable, if it was not in the image: workers can fetch it, too.
        distribution: Option<&'a str>,
        version: &'a str,
        /// How many seconds workers may take to be ready.
        deadline: f64,
        /// The number of workers in the task's configuration.
        workers: Option<u32>,
    },
    /// Call a function on a worker.
    Submit {
        id: CallId,
        function: &'a str,
        /// The number of items of a batch.
        count: u64,
        /// Whether the only argument is a batch of items, one for each call.
        batch: bool,
        /// Whether the result is sent here as soon as it is ready, and kept nowhere else.
        fetch: bool,
        arguments: &'a [SentArgument],
    },
    /// Send the result of a call; the result also stays on the cluster.
    Fetch { id: CallId },
    /// Stop a call.
    Cancel { id: CallId },
    /// Drop a call, whose result is no longer needed.
    Release { id: CallId },
    /// Stop everything, and end.
    Close,
}

/// Identifies a call on both sides.
pub(super) type CallId = u64;

/// The location of an argument's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum SentArgument {
    /// In the body, with this many bytes, after the previous arguments.
    Inline { size: usize },
    /// On the cluster: the result of that call.
    Future { future: CallId },
}

/// A message from the Dask client.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Event {
    /// The client waits for something.
    Progress { message: String },
    /// The client is connected, and there are workers with the executable.
    Opened {
        scheduler: String,
        dashboard: Option<String>,
        distributed: String,
        python: String,
    },
    /// The cluster could not be opened; the process ends.
    Refused { kind: String, message: String },
    /// The number of threads of the present workers, by address; sent every few seconds.
    Workers { workers: BTreeMap<String, usize> },
    /// The result of a call is on the cluster.
    Done { id: CallId },
    /// The result of a call, in the body.
    Result { id: CallId },
    /// A call failed; the body is the function's failure, if the function itself failed.
    Failed {
        id: CallId,
        kind: String,
        message: String,
        worker: Option<String>,
    },
    /// A worker is lost; its work is repeated elsewhere.
    LostWorker { worker: String },
    /// A process of this executable ended on a worker; its call is repeated.
    LostProcess { worker: String, how: String },
    /// The scheduler is lost; the process ends.
    Broken { message: String },
}

/// A message from a worker to the process that it keeps.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Order {
    /// Call a function with the arguments in the body, which have these lengths.
    Call {
        function: String,
        count: u64,
        batch: bool,
        arguments: Vec<usize>,
    },
}

/// An answer of that process.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Answer<'a> {
    /// The process is ready, and has this version.
    Hello { version: &'a str },
    /// The body is the result.
    Ok,
    /// The body is the failure; the summary is for Dask's dashboard and logs.
    Failed { summary: &'a str },
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn requests_are_what_the_script_reads() {
        let submit = Request::Submit {
            id: 7,
            function: "app.add",
            count: 1,
            batch: false,
            fetch: true,
            arguments: &[
                SentArgument::Inline { size: 3 },
                SentArgument::Future { future: 5 },
            ],
        };
        let expected = json!({
            "op": "submit", "id": 7, "function": "app.add", "count": 1, "batch": false,
            "fetch": true, "arguments": [{"size": 3}, {"future": 5}],
        });
        assert_eq!(serde_json::to_value(submit).unwrap(), expected);
        let close = serde_json::to_value(Request::Close).unwrap();
        assert_eq!(close, json!({"op": "close"}));
    }

    #[test]
    fn events_are_what_the_script_writes() {
        let event =
            json!({"op": "lost_process", "worker": "tcp://a:1", "how": "was killed by signal 9"});
        let event: Event = serde_json::from_value(event).unwrap();
        assert!(matches!(event, Event::LostProcess { .. }));
        let failed =
            json!({"op": "failed", "id": 1, "kind": "crashed", "message": "m", "worker": null});
        let event: Event = serde_json::from_value(failed).unwrap();
        assert!(matches!(event, Event::Failed { worker: None, .. }));
    }
}
