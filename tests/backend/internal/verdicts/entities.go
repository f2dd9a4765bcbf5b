package verdicts

import (
	"fmt"

	"flytekit.example/backend/internal/closure"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler/common"
	codes "github.com/flyteorg/flyte/flytepropeller/pkg/compiler/errors"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler/validators"
)

func entitiesOf(closure *closure.Closure) []Verdict {
	verdicts := []Verdict{}
	add := func(kind string, id *core.Identifier, errors []Error) {
		verdicts = append(verdicts, Verdict{Case: kind + " " + id.GetName(), Errors: sorted(errors)})
	}
	for _, plan := range closure.LaunchPlans {
		add("launch plan", plan.GetId(), launchPlan(closure, plan))
	}
	for _, task := range closure.Tasks {
		errors := []Error{}
		if _, err := compiler.CompileTask(task.GetTemplate()); err != nil {
			errors = Errors(err)
		}
		add("task", task.GetTemplate().GetId(), errors)
	}
	for _, workflow := range closure.Workflows {
		_, errors := CompileOf(closure, workflow)
		add("workflow", workflow.GetTemplate().GetId(), errors)
	}
	return verdicts
}

// CompileOf compiles a workflow with the entities of a closure that it needs.
func CompileOf(closure *closure.Closure, workflow *admin.WorkflowSpec) (*core.CompiledWorkflowClosure, []Error) {
	required, err := compiler.GetRequirements(workflow.GetTemplate(), workflow.GetSubWorkflows())
	if err != nil {
		return nil, Errors(err)
	}
	tasks := []*admin.TaskSpec{}
	for _, id := range required.GetRequiredTaskIds() {
		if task := closure.Task(id); task != nil {
			tasks = append(tasks, task)
		}
	}
	plans := []*admin.LaunchPlan{}
	for _, id := range required.GetRequiredLaunchPlanIds() {
		if plan := closure.LaunchPlan(id); plan != nil {
			plans = append(plans, plan)
		}
	}
	return Compile(workflow, tasks, plans)
}

// Admin's code for launch plans cannot be imported. This compares a plan's literals with its workflow, by the
// same functions of the compiler as Admin.
func launchPlan(closure *closure.Closure, plan *admin.LaunchPlan) []Error {
	workflow := closure.Workflow(plan.GetSpec().GetWorkflowId())
	if workflow == nil {
		return []Error{{
			Code: string(codes.WorkflowReferenceNotFound),
			Node: common.StartNodeID,
			Text: fmt.Sprintf("the closure has no workflow %v", plan.GetSpec().GetWorkflowId()),
		}}
	}
	inputs := workflow.GetTemplate().GetInterface().GetInputs().GetVariables()
	errors := []Error{}
	check := func(what, name string, given *core.LiteralType) {
		wanted, known := inputs[name]
		switch {
		case !known:
			errors = append(errors, Error{
				Code: string(codes.VariableNameNotFound), Node: common.StartNodeID,
				Text: fmt.Sprintf("%s %s is not an input of the workflow", what, name),
			})
		case !validators.AreTypesCastable(given, wanted.GetType()):
			errors = append(errors, Error{
				Code: string(codes.MismatchingTypes), Node: common.StartNodeID,
				Text: fmt.Sprintf("%s %s is %v, the workflow's is %v", what, name, given, wanted.GetType()),
			})
		}
	}
	for name, parameter := range plan.GetSpec().GetDefaultInputs().GetParameters() {
		check("parameter", name, parameter.GetVar().GetType())
		if parameter.GetDefault() != nil {
			check("default of", name, validators.LiteralTypeForLiteral(parameter.GetDefault()))
		}
	}
	for name, literal := range plan.GetSpec().GetFixedInputs().GetLiterals() {
		check("fixed input", name, validators.LiteralTypeForLiteral(literal))
	}
	return errors
}
