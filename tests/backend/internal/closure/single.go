package closure

import (
	"sort"
	"strings"
	"unicode"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"google.golang.org/protobuf/proto"
)

// Admin's number for tasks that say nothing of retries, when they run alone.
const retriesAlone = 3

// Alone is the workflow that Admin makes to run one task. Of the task's metadata only retries come into it: nodes say
// the rest, and Admin does not copy it.
func Alone(task *core.TaskTemplate) *admin.WorkflowSpec {
	retries := task.GetMetadata().GetRetries()
	if retries == nil {
		retries = &core.RetryStrategy{Retries: retriesAlone}
	}
	node := nodeName(task.GetId().GetName())
	return around(task, node, &core.NodeMetadata{Name: node, Retries: retries})
}

// Within is a workflow with the task as its only node, which has the metadata that flytekit gives to nodes.
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

// Admin keeps the letters, digits and hyphens of a task's name, and of these the last 63.
func nodeName(task string) string {
	kept := strings.Map(func(letter rune) rune {
		if letter == '-' || unicode.IsLetter(letter) || unicode.IsNumber(letter) {
			return letter
		}
		return -1
	}, task)
	return kept[max(0, len(kept)-63):]
}
