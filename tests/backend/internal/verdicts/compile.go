// Package verdicts checks tasks, workflows and launch plans with Flyte's compiler.
package verdicts

import (
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler/common"
)

// Compile compiles a workflow with its tasks and launch plans, like Admin at registration. A task that the
// compiler refuses is missing for the workflow, and its errors come first.
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
