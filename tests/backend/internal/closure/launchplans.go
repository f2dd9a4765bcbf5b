package closure

import (
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"google.golang.org/protobuf/proto"
)

// Sets the closure of a launch plan like Admin, and ignores a packaged one: inputs of the workflow that the
// plan does not mention are required, and fixed ones are not inputs.
func (closure *Closure) complete(plan *admin.LaunchPlan) {
	if plan.GetSpec() == nil {
		return
	}
	expected := &core.ParameterMap{Parameters: map[string]*core.Parameter{}}
	for name, parameter := range plan.GetSpec().GetDefaultInputs().GetParameters() {
		expected.Parameters[name] = parameter
	}
	face := closure.Workflow(plan.GetSpec().GetWorkflowId()).GetTemplate().GetInterface()
	for name, variable := range face.GetInputs().GetVariables() {
		_, mentioned := expected.GetParameters()[name]
		_, fixed := plan.GetSpec().GetFixedInputs().GetLiterals()[name]
		if !mentioned && !fixed {
			expected.Parameters[name] = &core.Parameter{Var: variable, Behavior: &core.Parameter_Required{Required: true}}
		}
	}
	plan.Closure = &admin.LaunchPlanClosure{ExpectedInputs: expected, ExpectedOutputs: face.GetOutputs()}
}

// Task returns the task with this identifier, or nil.
func (closure *Closure) Task(id *core.Identifier) *admin.TaskSpec {
	return find(closure.Tasks, func(task *admin.TaskSpec) *core.Identifier { return task.GetTemplate().GetId() }, id)
}

// Workflow returns the workflow with this identifier, or nil.
func (closure *Closure) Workflow(id *core.Identifier) *admin.WorkflowSpec {
	return find(closure.Workflows, func(workflow *admin.WorkflowSpec) *core.Identifier { return workflow.GetTemplate().GetId() }, id)
}

// LaunchPlan returns the launch plan with this identifier, or nil.
func (closure *Closure) LaunchPlan(id *core.Identifier) *admin.LaunchPlan {
	return find(closure.LaunchPlans, func(plan *admin.LaunchPlan) *core.Identifier { return plan.GetId() }, id)
}

func find[T any](entities []T, of func(T) *core.Identifier, id *core.Identifier) (found T) {
	for _, entity := range entities {
		if proto.Equal(of(entity), id) {
			return entity
		}
	}
	return found
}
