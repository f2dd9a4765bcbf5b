package closure

import (
	"sort"
	"strings"
	"unicode"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"google.golang.org/protobuf/proto"
)

// Admin's number of retries for a task that runs alone and sets none.
const retriesAlone = 3

// Alone returns the workflow in which Admin runs one task. Admin copies only the retries of the task's
// metadata to the node.
func Alone(task *core.TaskTemplate) *admin.WorkflowSpec {
	retries := task.GetMetadata().GetRetries()
	if retries == nil {
		retries = &core.RetryStrategy{Retries: retriesAlone}
	}
	node := nodeName(task.GetId().GetName())
	return around(task, node, &core.NodeMetadata{Name: node, Retries: retries})
}

// Within returns a workflow whose only node runs the task, with the metadata that flytekit writes in nodes.
func Within(task *core.TaskTemplate, node string) *admin.WorkflowSpec {
	metadata := &core.NodeMetadata{
		Name:    task.GetId().GetName(),
		Timeout: task.GetMetadata().GetTimeout(),
		Retries: task.GetMetadata().GetRetries(),
	}
	if value, ok := task.GetMetadata().GetInterruptibleValue().(*core.TaskMetadata_Interruptible); ok {
		metadata.InterruptibleValue = &core.NodeMetadata_Interruptible{Interruptible: value.Interruptible}
	}
	return around(task, node, metadata)
}

func around(task *core.TaskTemplate, node string, metadata *core.NodeMetadata) *admin.WorkflowSpec {
	id := proto.Clone(task.GetId()).(*core.Identifier)
	id.ResourceType = core.ResourceType_WORKFLOW
	id.Name = ".flytegen." + id.Name
	return &admin.WorkflowSpec{Template: &core.WorkflowTemplate{
		Id:        id,
		Interface: task.GetInterface(),
		Nodes: []*core.Node{{
			Id:       node,
			Metadata: metadata,
			Inputs:   bindings(task.GetInterface().GetInputs(), ""),
			Target: &core.Node_TaskNode{TaskNode: &core.TaskNode{
				Reference: &core.TaskNode_ReferenceId{ReferenceId: task.GetId()},
			}},
		}},
		Outputs: bindings(task.GetInterface().GetOutputs(), node),
	}}
}

func bindings(variables *core.VariableMap, node string) []*core.Binding {
	names := []string{}
	for name := range variables.GetVariables() {
		names = append(names, name)
	}
	sort.Strings(names)
	bound := []*core.Binding{}
	for _, name := range names {
		promise := &core.OutputReference{NodeId: node, Var: name}
		bound = append(bound, &core.Binding{
			Var:     name,
			Binding: &core.BindingData{Value: &core.BindingData_Promise{Promise: promise}},
		})
	}
	return bound
}

// Admin drops characters other than letters, digits and hyphens from the task's name, and keeps the last 63.
func nodeName(task string) string {
	kept := strings.Map(func(letter rune) rune {
		if letter == '-' || unicode.IsLetter(letter) || unicode.IsNumber(letter) {
			return letter
		}
		return -1
	}, task)
	return kept[max(0, len(kept)-63):]
}
