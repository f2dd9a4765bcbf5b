//! Random graphs and launch plans: the bytes of the const encoder equal those of prost.

mod graph;
mod message;
mod plan;
mod random;

use flytekit_proto::flyteidl::admin::{LaunchPlan, WorkflowSpec};
use flytekit_proto::tree;
use proptest::prelude::*;
use prost::Message as _;

use super::launch_plan::launch_plan;
use super::workflow::{Unpacked, WorkflowDescriptor, workflow_spec};
use crate::draw::{dot, graph as picture, mermaid, outline, svg};
use crate::wire::Writer;
use random::Random;

/// Checks that the bytes of a random workflow equal those of prost, and that the readers read them.
fn check_workflow(random: &mut Random, nodes: usize) -> Result<(), TestCaseError> {
    let workflow = random.workflow(nodes, 2);
    let ours = Writer::to_bytes(|w| workflow_spec(w, workflow));
    let message = message::workflow_spec(workflow);
    let read = WorkflowSpec::decode(&*ours);
    prop_assert_eq!(read.as_ref(), Ok(&message));
    prop_assert!(ours == message.encode_to_vec(), "the order of fields");

    let packed = random.packed(workflow);
    let bytes = Writer::to_bytes(|w| workflow_spec(w, &packed));
    prop_assert!(bytes == ours, "packed calls");
    let unpacked = packed.unpacked();
    let unpacked: Vec<_> = unpacked.iter().map(Unpacked::node).collect();
    let listed = WorkflowDescriptor {
        nodes: &unpacked,
        ..*workflow
    };
    let bytes = Writer::to_bytes(|w| workflow_spec(w, &listed));
    prop_assert!(bytes == ours, "unpacked calls");

    let tree = tree::Message::decode("flyteidl.admin.WorkflowSpec", &ours);
    let graph = picture(&tree.expect("a workflow"));
    let on_failure = usize::from(workflow.on_failure.is_some());
    prop_assert_eq!(graph.nodes.len(), nodes + on_failure);
    let drawn = [outline(&graph), dot(&graph), mermaid(&graph), svg(&graph)];
    for text in drawn {
        prop_assert!(!text.is_empty());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn workflows_are_those_of_prost(seed in any::<u64>(), nodes in 0..24_usize) {
        check_workflow(&mut Random::new(seed), nodes)?;
    }

    #[test]
    fn launch_plans_are_those_of_prost(seed in any::<u64>()) {
        let plan = Random::new(seed).plan();
        let ours = Writer::to_bytes(|w| launch_plan(w, plan));
        let message = message::launch_plan(plan);
        let read = LaunchPlan::decode(&*ours);
        prop_assert_eq!(read.as_ref(), Ok(&message));
        prop_assert!(ours == message.encode_to_vec(), "the order of fields");
    }
}

#[test]
fn workflows_of_any_size_are_those_of_prost() {
    for (seed, nodes) in (1..).zip([0, 1, 2, 100, 1000]) {
        check_workflow(&mut Random::new(seed), nodes).expect("the same bytes");
    }
}
