//! The elements of a map, which Flyte runs within one node.

use std::collections::{BTreeMap, BTreeSet};

use flytekit_proto::flyteidl::admin::{TaskExecution, task_execution_closure::OutputResult};
use flytekit_proto::flyteidl::core::task_execution::Phase;
use flytekit_proto::flyteidl::event::ExternalResourceInfo;

use super::follow::message_of;
use super::watch::in_words;

/// The type that Flyte gives to the only attempt of a map, for tasks of any type.
const TASK_TYPE: &str = "container_array";

/// The numbers of failed attempts and of different errors that are reported for each map. A map can have
/// thousands of elements, and all of them can fail.
const MOST: usize = 20;

/// The reports on the elements of one map.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// The failed attempts that are reported: the indices of the element and of its attempt.
    failed: BTreeSet<(u32, u32)>,
}

/// The indices of elements, such as `[0-3][7]`, and their common error.
type IndexedError<'a> = (&'a str, &'a str);

/// Whether an attempt is that of a map.
pub(super) fn is_map(task: &TaskExecution) -> bool {
    let closure = task.closure.as_ref();
    closure.is_some_and(|closure| closure.task_type == TASK_TYPE)
}

impl Elements {
    /// Lines for the number of elements in each phase, for each failed attempt of an element, and for the
    /// errors, which Flyte reports when the map has failed.
    pub(super) fn look(&mut self, node: &str, map: &TaskExecution) -> Vec<String> {
        let Some(closure) = &map.closure else {
            return Vec::new();
        };
        let metadata = closure.metadata.as_ref();
        let attempts = metadata.map_or(&[][..], |it| &it.external_resources);
        let mut lines = Vec::from_iter(count(node, attempts));
        let (told, further): (Vec<_>, Vec<_>) = attempts
            .iter()
            .filter(|it| has_failed(it))
            .partition(|it| self.is_told(it));
        lines.extend(told.into_iter().flat_map(|it| of_failed(node, it)));
        if !further.is_empty() {
            let what = "further failures of elements are only counted";
            lines.push(format!("{node}: {what}"));
        }
        if let Some(OutputResult::Error(error)) = &closure.output_result {
            lines.extend(of_errors(node, &error.message));
        }
        lines
    }

    /// Whether a failed attempt is reported.
    fn is_told(&mut self, failed: &ExternalResourceInfo) -> bool {
        let place = (failed.index, failed.retry_attempt);
        if self.failed.len() < MOST {
            self.failed.insert(place);
        }
        self.failed.contains(&place)
    }
}

/// `n0: 9 elements: 2 running, 6 succeeded, 1 failed`. The last attempt of an element counts.
fn count(node: &str, attempts: &[ExternalResourceInfo]) -> Option<String> {
    let mut last = BTreeMap::new();
    for it in attempts {
        let latest = (it.retry_attempt, it.phase());
        let known = last.entry(it.index).or_insert(latest);
        *known = latest.max(*known);
    }
    let mut counts: BTreeMap<Phase, usize> = BTreeMap::new();
    for (_, phase) in last.values() {
        *counts.entry(*phase).or_default() += 1;
    }
    let counts: Vec<_> = counts
        .iter()
        .map(|(phase, count)| format!("{count} {}", phase_in_words(*phase)))
        .collect();
    (!counts.is_empty()).then(|| {
        let elements = if last.len() == 1 {
            "element"
        } else {
            "elements"
        };
        format!("{node}: {} {elements}: {}", last.len(), counts.join(", "))
    })
}

/// Flyte gives no phase to an element that has not started.
fn phase_in_words(phase: Phase) -> String {
    match phase {
        Phase::Undefined => "not started".to_owned(),
        phase => in_words(phase.as_str_name()),
    }
}

fn has_failed(attempt: &ExternalResourceInfo) -> bool {
    matches!(attempt.phase(), Phase::Failed | Phase::RetryableFailed)
}

/// `n0[7], attempt 1: failed (pod abc-n0-0-n7-0)`, after a line for each of its logs.
fn of_failed(node: &str, attempt: &ExternalResourceInfo) -> Vec<String> {
    let name = format!(
        "{node}[{}], attempt {}",
        attempt.index,
        attempt.retry_attempt + 1
    );
    let logs = attempt.logs.iter();
    let logs = logs.map(|log| format!("{name}: log {}: {}", log.name, log.uri));
    let pod = match attempt.external_id.as_str() {
        "" => String::new(),
        pod => format!(" (pod {pod})"),
    };
    logs.chain([format!("{name}: failed{pod}")]).collect()
}

/// `n0[0-3][7]: failed: no number`, for each of the different errors of a map.
fn of_errors(node: &str, message: &str) -> Vec<String> {
    let errors = errors(message);
    let mut lines: Vec<_> = errors
        .iter()
        .take(MOST)
        .map(|(indices, error)| format!("{node}{indices}: failed: {}", message_of(error)))
        .collect();
    if let Some(more @ 1..) = errors.len().checked_sub(MOST) {
        lines.push(format!("{node}: {more} further errors of elements"));
    }
    lines
}

/// The errors of elements in the message of a map's error; none for another message. Flyte writes an entry,
/// such as `[0-3][7]: no number`, for all elements with the same error.
pub(super) fn errors(message: &str) -> Vec<IndexedError<'_>> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut offset = 0;
    for line in message.split_inclusive('\n') {
        match length_of_indices(line) {
            Some(length) => starts.push((offset, offset + length)),
            None if starts.is_empty() => return Vec::new(),
            None => {}
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start);
    let ends = ends.chain([message.len()]);
    let entry = |((start, end_of_indices), end): (&(usize, usize), usize)| {
        let error = &message[end_of_indices + ": ".len()..end];
        (&message[*start..*end_of_indices], error)
    };
    starts.iter().zip(ends).map(entry).collect()
}

/// The length of `[0-3][7]` at the begin of a line, if `: ` follows.
fn length_of_indices(line: &str) -> Option<usize> {
    let (indices, _) = line.split_once(": ")?;
    let inner = indices.strip_prefix('[')?.strip_suffix(']')?;
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let is_range = |it: &str| it.splitn(2, '-').all(is_number);
    inner.split("][").all(is_range).then_some(indices.len())
}

#[cfg(test)]
mod tests {
    use flytekit_proto::flyteidl::admin::TaskExecutionClosure;
    use flytekit_proto::flyteidl::core::TaskLog;
    use flytekit_proto::flyteidl::event::TaskExecutionMetadata;

    use super::*;

    fn attempt(index: u32, retry_attempt: u32, phase: Phase) -> ExternalResourceInfo {
        ExternalResourceInfo {
            external_id: format!("a-n{index}-{retry_attempt}"),
            index,
            retry_attempt,
            phase: phase.into(),
            logs: vec![TaskLog {
                name: format!("Kubernetes-{index}"),
                uri: format!("http://logs/{index}/{retry_attempt}"),
                ..Default::default()
            }],
        }
    }

    fn map(attempts: Vec<ExternalResourceInfo>) -> TaskExecution {
        TaskExecution {
            closure: Some(TaskExecutionClosure {
                task_type: TASK_TYPE.to_owned(),
                metadata: Some(TaskExecutionMetadata {
                    external_resources: attempts,
                }),
                ..Default::default()
            }),
            ..Default::default()
        }
    }

    #[test]
    fn elements_are_counted_by_their_last_attempt_and_failures_are_told() {
        let map = map(vec![
            attempt(0, 0, Phase::Succeeded),
            attempt(1, 0, Phase::Failed),
            attempt(1, 1, Phase::Running),
            attempt(2, 0, Phase::Undefined),
        ]);
        assert!(is_map(&map));
        assert_eq!(
            Elements::default().look("n0", &map),
            [
                "n0: 3 elements: 1 not started, 1 running, 1 succeeded",
                "n0[1], attempt 1: log Kubernetes-1: http://logs/1/0",
                "n0[1], attempt 1: failed (pod a-n1-0)",
            ]
        );
    }

    #[test]
    fn thousands_of_failures_are_few_lines() {
        let mut elements = Elements::default();
        let late = map(vec![attempt(4000, 0, Phase::Failed)]);
        let told = elements.look("n0", &late);
        assert_eq!(told.len(), 3, "{told:?}");
        let all = map((0..5000)
            .map(|index| attempt(index, 0, Phase::Failed))
            .collect());
        let told: BTreeSet<_> = elements.look("n0", &all).into_iter().collect();
        assert!(told.contains("n0: 5000 elements: 5000 failed"));
        assert!(told.contains("n0[4000], attempt 1: failed (pod a-n4000-0)"));
        assert!(told.contains("n0: further failures of elements are only counted"));
        assert_eq!(told.len(), 2 + 2 * MOST);
    }

    #[test]
    fn errors_are_told_with_the_indices_of_their_elements() {
        let message = "[0-3][7]: Trace:\n\n    at line 1\n\nMessage:\n\n    no number\n\n[5]: element 5: none\n";
        assert_eq!(
            of_errors("n0", message),
            [
                "n0[0-3][7]: failed: no number",
                "n0[5]: failed: element 5: none"
            ]
        );
        for other in ["no number", "[a]: b", "[]: b", "[1-]: b", "a\n[1]: b", ""] {
            assert!(of_errors("n0", other).is_empty(), "{other}");
        }
        let many: Vec<_> = (0..30).map(|it| format!("[{it}]: error {it}\n")).collect();
        let told = of_errors("n0", &many.concat());
        assert_eq!(told.len(), MOST + 1);
        assert_eq!(told[MOST], "n0: 10 further errors of elements");
    }
}
