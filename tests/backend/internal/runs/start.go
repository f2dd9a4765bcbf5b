package runs

import (
	"fmt"
	"os"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler/common"
	"google.golang.org/protobuf/proto"

	"flytekit.example/backend/internal/closure"
	"flytekit.example/backend/internal/verdicts"
)

// The workflow to execute: a launch plan's, a workflow, or Admin's workflow around a single task.
type start struct {
	workflow *admin.WorkflowSpec
	plan     *admin.LaunchPlan
	inputs   *core.LiteralMap
}

func (question question) start(closure *closure.Closure) (start, error) {
	inputs := &core.LiteralMap{}
	if question.Inputs != "" {
		bytes, err := os.ReadFile(question.Inputs)
		if err != nil {
			return start{}, err
		}
		if err := proto.Unmarshal(bytes, inputs); err != nil {
			return start{}, fmt.Errorf("%s is no LiteralMap: %w", question.Inputs, err)
		}
	}
	name := question.Entity
	if name == "" {
		switch {
		case len(closure.Workflows) == 1:
			name = closure.Workflows[0].GetTemplate().GetId().GetName()
		case len(closure.Workflows) == 0 && len(closure.Tasks) == 1:
			name = closure.Tasks[0].GetTemplate().GetId().GetName()
		default:
			return start{}, fmt.Errorf("the closure has %d workflows and %d tasks: \"entity\" must say which one",
				len(closure.Workflows), len(closure.Tasks))
		}
	}
	return find(closure, name, inputs)
}

func find(closure *closure.Closure, name string, inputs *core.LiteralMap) (start, error) {
	for _, plan := range closure.LaunchPlans {
		if plan.GetId().GetName() == name {
			return planned(closure, plan, inputs)
		}
	}
	for _, workflow := range closure.Workflows {
		if workflow.GetTemplate().GetId().GetName() == name {
			return start{workflow: workflow, inputs: inputs}, nil
		}
	}
	for _, task := range closure.Tasks {
		if task.GetTemplate().GetId().GetName() == name {
			return start{workflow: alone(task), inputs: inputs}, nil
		}
	}
	return start{}, fmt.Errorf("the closure has no launch plan, workflow or task %s", name)
}

func alone(task *admin.TaskSpec) *admin.WorkflowSpec { return closure.Alone(task.GetTemplate()) }

func planned(closure *closure.Closure, plan *admin.LaunchPlan, inputs *core.LiteralMap) (start, error) {
	workflow := closure.Workflow(plan.GetSpec().GetWorkflowId())
	if workflow == nil {
		return start{}, fmt.Errorf("the closure has no workflow %s, which the launch plan %s is of",
			plan.GetSpec().GetWorkflowId().GetName(), plan.GetId().GetName())
	}
	return start{workflow: workflow, plan: plan, inputs: inputs}, nil
}

// Returns all inputs of an execution, like Admin: given ones, or else defaults, and fixed ones.
func (start start) filled() (*core.LiteralMap, []verdicts.Error) {
	all := &core.LiteralMap{Literals: map[string]*core.Literal{}}
	refused := []verdicts.Error{}
	for name, parameter := range start.plan.GetClosure().GetExpectedInputs().GetParameters() {
		if value := parameter.GetDefault(); value != nil {
			all.Literals[name] = value
		}
	}
	for name, value := range start.inputs.GetLiterals() {
		all.Literals[name] = value
	}
	for name, value := range start.plan.GetSpec().GetFixedInputs().GetLiterals() {
		if _, given := start.inputs.GetLiterals()[name]; given {
			refused = append(refused, verdicts.Error{
				Code: "FixedInput", Node: common.StartNodeID, Text: "fixed input " + name + " cannot be overridden",
			})
		}
		all.Literals[name] = value
	}
	return all, refused
}
