package stands

import (
	"context"
	"sync"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytepropeller/pkg/apis/flyteworkflow/v1alpha1"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/nodes/subworkflow/launchplan"
	"github.com/flyteorg/flyte/flytestdlib/errors"
)

// Launcher starts executions of launch plans in the same engine.
type Launcher struct {
	Plan func(*core.Identifier) *admin.LaunchPlan
	// Start begins an execution. An error is the caller's mistake.
	Start func(name string, plan *admin.LaunchPlan, inputs *core.LiteralMap) error
	// Status returns nil as long as the state is unknown.
	Status func(name string) (*admin.ExecutionClosure, *core.LiteralMap, error)
	Abort  func(name string) error

	mutex    sync.Mutex
	launched []string
}

var _ launchplan.FlyteAdmin = &Launcher{}

// Launched returns the names of the executions, in the order of their starts.
func (launcher *Launcher) Launched() []string {
	launcher.mutex.Lock()
	defer launcher.mutex.Unlock()
	return append([]string{}, launcher.launched...)
}

// Launch starts an execution.
func (launcher *Launcher) Launch(_ context.Context, _ launchplan.LaunchContext, id *core.WorkflowExecutionIdentifier,
	reference *core.Identifier, inputs *core.LiteralMap, _ v1alpha1.WorkflowID) error {
	launcher.mutex.Lock()
	defer launcher.mutex.Unlock()
	for _, name := range launcher.launched {
		if name == id.GetName() {
			return errors.Errorf(launchplan.RemoteErrorAlreadyExists, "execution %s exists", name)
		}
	}
	plan := launcher.Plan(reference)
	if plan == nil {
		return errors.Errorf(launchplan.RemoteErrorUser, "the closure has no launch plan %v", reference)
	}
	if err := launcher.Start(id.GetName(), plan, inputs); err != nil {
		return errors.Wrapf(launchplan.RemoteErrorUser, err, "launch plan %s cannot be started", reference.GetName())
	}
	launcher.launched = append(launcher.launched, id.GetName())
	return nil
}

// GetStatus returns the state of an execution.
func (launcher *Launcher) GetStatus(_ context.Context, id *core.WorkflowExecutionIdentifier) (*admin.ExecutionClosure, *core.LiteralMap, error) {
	return launcher.Status(id.GetName())
}

// Kill aborts an execution.
func (launcher *Launcher) Kill(_ context.Context, id *core.WorkflowExecutionIdentifier, _ string) error {
	return launcher.Abort(id.GetName())
}

// Initialize does nothing.
func (launcher *Launcher) Initialize(context.Context) error { return nil }

// GetLaunchPlan returns a launch plan to which a dynamic task refers.
func (launcher *Launcher) GetLaunchPlan(_ context.Context, reference *core.Identifier) (*admin.LaunchPlan, error) {
	plan := launcher.Plan(reference)
	if plan == nil {
		return nil, errors.Errorf(launchplan.RemoteErrorNotFound, "the closure has no launch plan %v", reference)
	}
	return plan, nil
}
