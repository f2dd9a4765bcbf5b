// Package engine assembles Flyte's propeller like its controller, but without Kubernetes.
package engine

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/service"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/catalog"
	"github.com/flyteorg/flyte/flytepropeller/events"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/config"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/executors"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/nodes"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/nodes/factory"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/nodes/recovery"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/nodes/subworkflow/launchplan"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/workflow"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/workflowstore"
	"github.com/flyteorg/flyte/flytestdlib/promutils"
	"github.com/flyteorg/flyte/flytestdlib/storage"
	"k8s.io/client-go/tools/record"

	"flytekit.example/backend/internal/settings"
)

// Parts are the services around propeller. A nil part refuses its calls, or does nothing.
type Parts struct {
	Cluster  executors.Client
	Sink     events.EventSink
	Launcher launchplan.FlyteAdmin
	Catalog  catalog.Client
	Signals  service.SignalServiceClient
}

// Engine runs workflows in rounds.
type Engine struct {
	Workflows *Workflows
	Data      *storage.DataStore
	handler   *controller.Propeller
	wakes     chan struct{}
	rounds    int
}

// Metrics are global and can be registered only once, so the engine exists once, too.
var made atomic.Bool

// New returns the only engine of this process. Apply the settings before.
func New(ctx context.Context, parts Parts) (*Engine, error) {
	if made.Swap(true) {
		return nil, fmt.Errorf("there can be one engine in a process")
	}
	if parts.Launcher == nil {
		parts.Launcher = launchplan.NewFailFastLaunchPlanExecutor()
	}
	if parts.Catalog == nil {
		parts.Catalog = noCatalog{}
	}
	engine := &Engine{Workflows: newWorkflows(), wakes: make(chan struct{}, 1)}
	scope := promutils.NewScope("backend")
	data, err := newData(scope.NewSubScope("metastore"))
	if err != nil {
		return nil, err
	}
	engine.Data = data
	executor, err := engine.executor(ctx, parts, scope)
	if err != nil {
		return nil, err
	}
	engine.handler = controller.NewPropellerHandler(ctx, config.GetConfig(), data, engine.Workflows, executor, scope)
	return engine, engine.handler.Initialize(ctx)
}

func (engine *Engine) executor(ctx context.Context, parts Parts, scope promutils.Scope) (executors.Workflow, error) {
	configuration := config.GetConfig()
	enqueue := func(string) { engine.Wake() }
	recover := recovery.NewClient(nil)
	handlers, err := factory.NewHandlerFactory(ctx, parts.Launcher, parts.Launcher, parts.Cluster, nil, parts.Catalog,
		recover, &configuration.EventConfig, configuration.LiteralOffloadingConfig, configuration.ClusterID,
		parts.Signals, scope)
	if err != nil {
		return nil, err
	}
	executor, err := nodes.NewExecutor(ctx, configuration.NodeConfig, engine.Data, enqueue, parts.Sink, parts.Launcher,
		parts.Launcher, storage.DataReference(configuration.DefaultRawOutputPrefix), parts.Cluster, parts.Catalog, recover,
		configuration.LiteralOffloadingConfig, &configuration.EventConfig, configuration.ClusterID, parts.Signals,
		handlers, scope)
	if err != nil {
		return nil, err
	}
	statistics, err := workflowstore.NewExecutionStatsHolder()
	if err != nil {
		return nil, err
	}
	return workflow.NewExecutor(ctx, engine.Data, enqueue, parts.Sink, &record.FakeRecorder{},
		configuration.MetadataPrefix, executor, &configuration.EventConfig, configuration.ClusterID, scope, statistics)
}

// Round passes a workflow to the round handler once. Production logs its errors and tries again.
func (engine *Engine) Round(ctx context.Context, name string) error {
	engine.rounds++
	return engine.handler.Handle(ctx, settings.Namespace, name)
}

// Rounds returns the number of rounds.
func (engine *Engine) Rounds() int { return engine.rounds }

// Wake reports a change.
func (engine *Engine) Wake() {
	select {
	case engine.wakes <- struct{}{}:
	default:
	}
}

// Wakes returns the channel of reported changes.
func (engine *Engine) Wakes() <-chan struct{} { return engine.wakes }
