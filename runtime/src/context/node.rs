//! The node of a workflow that a container runs, parsed from the output prefix.

use super::ExecutionId;

/// The node's unique id in the execution, which is also a part of its pod's name:
///
/// ```text
/// …/p-d-exec/n0/data/0              n0
/// …/p-d-exec/n0/data/0/dn1/2        n0-0-dn1          a node in attempt 0 of another
/// …/p-d-exec/n1/data/0/7/0          n1-0-n7           element 7 of a map task
/// ```
pub(super) fn of_output_prefix(
    output_prefix: &str,
    execution: &ExecutionId,
    map_index: Option<String>,
) -> Option<String> {
    let ExecutionId {
        project,
        domain,
        name,
    } = execution;
    let folder = format!("{project}-{domain}-{name}");
    let mut parts = output_prefix.trim_end_matches('/').split('/');
    parts.find(|part| *part == folder)?;
    let mut parts: Vec<_> = parts.collect();
    if parts.get(1) != Some(&"data") {
        return None;
    }
    parts.remove(1);
    parts.pop()?;
    let element = map_index.filter(|index| parts.len() > 1 && parts.last() == Some(&&**index));
    if let Some(index) = element {
        parts.pop();
        parts.push("");
        return Some(format!("{}n{index}", parts.join("-")));
    }
    Some(parts.join("-")).filter(|node| !node.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{ExecutionId, of_output_prefix};

    #[test]
    fn the_node_is_in_the_path_of_the_outputs() {
        let execution = ExecutionId {
            project: "p".to_owned(),
            domain: "d".to_owned(),
            name: "exec".to_owned(),
        };
        for (path, index, node) in [
            ("n0/data/0", None, Some("n0")),
            ("n0/data/0/", None, Some("n0")),
            ("n0/data/0/dn1/2", None, Some("n0-0-dn1")),
            ("n0/data/1/n2/0/n3/4", None, Some("n0-1-n2-0-n3")),
            ("n1/data/0/7/0", Some("7"), Some("n1-0-n7")),
            ("n1/data/7", Some("7"), Some("n1")),
            ("n1/other/0", None, None),
            ("data", None, None),
            ("", None, None),
        ] {
            let prefix = format!("s3://meta/metadata/p-d-exec/{path}");
            let found = of_output_prefix(&prefix, &execution, index.map(str::to_owned));
            assert_eq!(found.as_deref(), node, "{path}");
        }
        assert_eq!(of_output_prefix("/tmp/out", &execution, None), None);
    }
}
