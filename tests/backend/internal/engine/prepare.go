package engine

import (
	"strings"
	"time"

	"flytekit.example/backend/internal/settings"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytepropeller/pkg/apis/flyteworkflow/v1alpha1"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler/transformers/k8s"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Execution describes an execution to start.
type Execution struct {
	Name     string
	Closure  *core.CompiledWorkflowClosure
	Inputs   *core.LiteralMap
	Settings settings.Settings
	Folder   string
}

// Prepare returns the resource that Admin makes for an execution. Errors are the compiler's, about inputs
// that do not fit.
func (execution Execution) Prepare() (*v1alpha1.FlyteWorkflow, error) {
	of := execution.Closure.GetPrimary().GetTemplate().GetId()
	id := &core.WorkflowExecutionIdentifier{Project: of.GetProject(), Domain: of.GetDomain(), Name: execution.Name}
	inputs := execution.Inputs
	if inputs == nil {
		inputs = &core.LiteralMap{}
	}
	workflow, err := k8s.BuildFlyteWorkflow(execution.Closure, inputs, id, settings.Namespace)
	if err != nil {
		return nil, err
	}
	now := metav1.NewTime(time.Now())
	workflow.ExecutionID = v1alpha1.WorkflowExecutionIdentifier{WorkflowExecutionIdentifier: id}
	workflow.AcceptedAt = &now
	workflow.CreationTimestamp = now
	// The UID occurs in owner references. A random one, like the API server's, would prevent comparisons.
	workflow.UID = types.UID(execution.Name)
	workflow.Finalizers = []string{controller.Finalizer}
	workflow.WorkflowMeta = &v1alpha1.WorkflowMeta{EventVersion: v1alpha1.EventVersion2}
	workflow.ExecutionConfig = execution.Settings.Execution()
	workflow.ServiceAccountName = execution.Settings.ServiceAccount
	workflow.SecurityContext.RunAs = &core.Identity{K8SServiceAccount: execution.Settings.ServiceAccount}
	workflow.RawOutputDataConfig = v1alpha1.RawOutputDataConfig{RawOutputDataConfig: &admin.RawOutputDataConfig{
		OutputLocationPrefix: strings.ReplaceAll(execution.Settings.RawOutputPrefix, "{work}", execution.Folder),
	}}
	workflow.Labels = with(workflow.Labels, execution.Settings.Labels)
	workflow.Annotations = with(workflow.Annotations, execution.Settings.Annotations)
	return workflow, nil
}

func with(under, over map[string]string) map[string]string {
	both := map[string]string{}
	for _, values := range []map[string]string{under, over} {
		for key, value := range values {
			both[key] = value
		}
	}
	return both
}
