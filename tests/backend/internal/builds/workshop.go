package builds

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytepropeller/pkg/compiler/transformers/k8s"
	"google.golang.org/protobuf/proto"

	"flytekit.example/backend/internal/closure"
	"flytekit.example/backend/internal/cluster"
	"flytekit.example/backend/internal/engine"
	"flytekit.example/backend/internal/history"
	"flytekit.example/backend/internal/settings"
	"flytekit.example/backend/internal/stands"
	"flytekit.example/backend/internal/verdicts"
)

const (
	execution = "build"
	node      = "n0"
	// Propeller builds the objects, or fails, within three rounds. An array may need some more for its pods.
	rounds = 50
)

// A workshop runs tasks up to the creation of their objects.
type workshop struct {
	settings settings.Settings
	folder   string
	cluster  *cluster.Cluster
	history  *history.History
	engine   *engine.Engine
}

func newWorkshop(ctx context.Context, settings settings.Settings, folder string) (*workshop, error) {
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	if err := settings.Apply(folder); err != nil {
		return nil, err
	}
	workshop := &workshop{settings: settings, folder: folder, cluster: cluster.New(), history: history.New()}
	workshop.engine, err = engine.New(ctx, engine.Parts{
		Cluster: workshop.cluster,
		Sink:    workshop.history,
		// The catalog is empty, but without it tasks with a serialized cache would not start.
		Catalog: stands.Catalog{Folder: filepath.Join(folder, "catalog")},
	})
	return workshop, err
}

func (workshop *workshop) build(ctx context.Context, template *core.TaskTemplate) (Task, error) {
	task := Task{Name: template.GetId().GetName(), Type: template.GetType(), Objects: []string{}}
	refused, err := workshop.start(ctx, template)
	if err != nil {
		return task, err
	}
	if refused != nil {
		task.Error = refused
		return task, nil
	}
	objects, err := workshop.objects(ctx)
	if err != nil {
		return task, err
	}
	for _, object := range objects {
		task.Objects = append(task.Objects, workshop.anywhere(object))
	}
	if len(objects) == 0 {
		task.Error = workshop.failure()
		if task.Error == nil {
			task.Error = &history.Error{
				Kind: "UNKNOWN", Code: "NoObject", Message: fmt.Sprintf("no object and no error after %d rounds", rounds),
			}
		}
	}
	return task, nil
}

// The returned history.Error is the compiler's.
func (workshop *workshop) start(ctx context.Context, template *core.TaskTemplate) (*history.Error, error) {
	// The values of inputs do not affect the objects, so the node gets none.
	bare := proto.Clone(template).(*core.TaskTemplate)
	if bare.Interface != nil {
		bare.Interface.Inputs = nil
	}
	compiled, refused := verdicts.Compile(closure.Within(bare, node), []*admin.TaskSpec{{Template: bare}}, nil)
	if len(refused) > 0 {
		return &history.Error{Kind: "USER", Code: refused[0].Code, Message: refused[0].Text}, nil
	}
	workflow, err := engine.Execution{
		Name: execution, Closure: compiled, Settings: workshop.settings, Folder: workshop.folder,
	}.Prepare()
	if err != nil {
		return nil, err
	}
	for _, task := range workflow.Tasks {
		task.TaskTemplate.Interface = k8s.StripInterfaceTypeMetadata(template.GetInterface())
	}
	_, err = workshop.engine.Workflows.Update(ctx, workflow)
	return nil, err
}

// Runs rounds until one adds no objects, and returns all objects.
func (workshop *workshop) objects(ctx context.Context) ([]string, error) {
	found := 0
	for range rounds {
		if err := workshop.engine.Round(ctx, execution); err != nil {
			return nil, err
		}
		workflow, err := workshop.engine.Workflows.Get(ctx, settings.Namespace, execution)
		if err != nil {
			return nil, err
		}
		now := len(workshop.cluster.Objects())
		if workflow.GetExecutionStatus().IsTerminated() || now > 0 && now == found {
			break
		}
		found = now
	}
	texts := []string{}
	for _, object := range workshop.cluster.Objects() {
		fixTime(object)
		text, err := cluster.YAML(object, workshop.settings.Unordered())
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, workshop.cluster.Clear(ctx)
}

func (workshop *workshop) failure() *history.Error {
	gone := workshop.history.Execution(execution)
	for _, node := range gone.Nodes {
		for _, attempt := range node.Attempts {
			if attempt.Error != nil {
				return workshop.error(attempt.Error)
			}
		}
	}
	return workshop.error(gone.Error)
}

func (workshop *workshop) error(error *history.Error) *history.Error {
	if error != nil {
		error.Message = workshop.anywhere(error.Message)
	}
	return error
}

// Replaces the folder, whose name differs each time.
func (workshop *workshop) anywhere(text string) string {
	return strings.ReplaceAll(text, workshop.folder, "/build")
}
