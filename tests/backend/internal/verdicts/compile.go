// Package verdicts asks Flyte's compiler what it thinks of tasks, workflows and launch plans.
package verdicts

import (
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler/common"
)

// Compile compiles a workflow with what it refers to, as Admin does when the workflow is registered. Tasks that
// the compiler refuses are not at hand for the workflow, and their errors come first.
func Compile(workflow *admin.WorkflowSpec, tasks []*admin.TaskSpec, plans []*admin.LaunchPlan) (*core.CompiledWorkflowClosure, []Error) {
	errors := []Error{}
	compiled := []*core.CompiledTask{}
	for _, task := range tasks {
		taken, err := compiler.CompileTask(task.GetTemplate())
		if err != nil {
			errors = append(errors, Errors(err)...)
			continue
		}
		compiled = append(compiled, taken)
	}
	providers := []common.InterfaceProvider{}
	for _, plan := range plans {
		providers = append(providers, compiler.NewLaunchPlanInterfaceProvider(plan))
	}
	closure, err := compiler.CompileWorkflow(workflow.GetTemplate(), workflow.GetSubWorkflows(), compiled, providers)
	if err != nil {
		errors = append(errors, Errors(err)...)
	}
	return closure, errors
}
