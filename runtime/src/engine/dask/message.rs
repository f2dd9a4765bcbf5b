//! What the processes of a run say to each other, as headers of [frames](super::frame).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What this process tells the Dask client.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    /// Connect, or start a cluster in that process if there is no address.
    Open {
        address: Option<&'a str>,
        /// Threads of a cluster that is started.
        threads: Option<usize>,
        /// Names what is this run's on the cluster.
        run: &'a str,
        task: &'a str,
        /// Where workers have the executable.
        path: &'a str,
        /// Where it lies on this machine.
        own: &'a str,
        /// The archive that it came in, if it was not in the image: workers can fetch it too.
        distribution: Option<&'a str>,
        version: &'a str,
        /// Seconds until workers must be there.
        deadline: f64,
        /// Workers that the task is configured with.
        workers: Option<u32>,
    },
    /// Call a function on a worker.
    Submit {
        id: CallId,
        function: &'a str,
        /// Items of a batch.
        count: u64,
        /// Whether the only argument is a batch of items, each for a call of its own.
        batch: bool,
        /// Whether the result is wanted here as soon as it is there, and nowhere else.
        fetch: bool,
        arguments: &'a [SentArgument],
    },
    /// Send the result of a call, which stays on the cluster.
    Fetch { id: CallId },
    /// Stop a call.
    Cancel { id: CallId },
    /// Forget a call; nobody wants its result any more.
    Release { id: CallId },
    /// Stop everything, and end.
    Close,
}

/// Names a call on both sides.
pub(super) type CallId = u64;

/// Where an argument's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum SentArgument {
    /// So many bytes of the body, behind those of the arguments before.
    Inline { size: usize },
    /// On the cluster: what that call gives.
    Future { future: CallId },
}

/// What the Dask client tells this process.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Event {
    /// What it waits for.
    Progress { message: String },
    /// Connected, with workers that have the executable.
    Opened {
        scheduler: String,
        dashboard: Option<String>,
        distributed: String,
        python: String,
    },
    /// It could not be opened; the process ends.
    Refused { kind: String, message: String },
    /// The threads of the workers that there are, by address: told every few seconds.
    Workers { workers: BTreeMap<String, usize> },
    /// The result of a call is on the cluster.
    Done { id: CallId },
    /// The result of a call is the body.
    Result { id: CallId },
    /// A call failed; the body is the function's failure, if it was that.
    Failed {
        id: CallId,
        kind: String,
        message: String,
        worker: Option<String>,
    },
    /// A worker is gone; its work is done again elsewhere.
    LostWorker { worker: String },
    /// A process of this executable ended on a worker; its call is made again.
    LostProcess { worker: String, how: String },
    /// The scheduler is lost; the process ends.
    Broken { message: String },
}

/// What a worker asks of the process that it keeps.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Order {
    /// Call a function with the body's arguments, of which these are the lengths.
    Call {
        function: String,
        count: u64,
        batch: bool,
        arguments: Vec<usize>,
    },
}

/// What that process answers.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Answer<'a> {
    /// It is there, and of this version.
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
