package runs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"google.golang.org/protobuf/proto"

	"flytekit.example/backend/internal/closure"
	"flytekit.example/backend/internal/cluster"
	"flytekit.example/backend/internal/engine"
	"flytekit.example/backend/internal/history"
	"flytekit.example/backend/internal/kubelet"
	"flytekit.example/backend/internal/operators"
	"flytekit.example/backend/internal/stands"
	"flytekit.example/backend/internal/verdicts"
)

// A runner has everything that an execution and its launched executions need.
type runner struct {
	question  question
	closure   *closure.Closure
	folder    string
	history   *history.History
	cluster   *cluster.Cluster
	kubelet   *kubelet.Kubelet
	operators *operators.Operators
	launcher  *stands.Launcher
	engine    *engine.Engine
	events    *events
	aborted   atomic.Bool
	ends      sync.Once
	// The errors of rounds.
	errors []string
}

func newRunner(question question, closure *closure.Closure) (*runner, error) {
	folder, err := workFolder(question.Work)
	if err != nil {
		return nil, err
	}
	if err := question.Settings.Apply(folder); err != nil {
		return nil, err
	}
	events, err := newEvents(question.Events)
	if err != nil {
		return nil, err
	}
	runner := &runner{question: question, closure: closure, folder: folder, events: events, cluster: cluster.New()}
	runner.history = history.New(events.write, runner.watch)
	runner.kubelet = &kubelet.Kubelet{
		Images: question.Images, Secrets: question.Settings.Secrets, Folder: filepath.Join(folder, "pods"),
	}
	runner.operators = &operators.Operators{
		Cluster: runner.cluster, Kubelet: runner.kubelet, Changed: func() { runner.engine.Wake() },
	}
	runner.cluster.Watcher = runner.operators
	runner.cluster.Admission = cluster.Webhook()
	runner.launcher = &stands.Launcher{
		Plan: closure.LaunchPlan, Start: runner.launch, Status: runner.status,
		Abort: func(name string) error { return runner.engine.Workflows.Abort(name) },
	}
	runner.engine, err = engine.New(context.Background(), runner.parts())
	return runner, err
}

func (runner *runner) parts() engine.Parts {
	parts := engine.Parts{
		Cluster: runner.cluster, Sink: runner.history, Launcher: runner.launcher,
		Signals: stands.Signals(runner.question.Signals),
	}
	if runner.question.Catalog != "" {
		parts.Catalog = stands.Catalog{Folder: runner.question.Catalog}
	}
	return parts
}

// Returns the absolute path without links, because references contain it and are compared.
func workFolder(folder string) (string, error) {
	if folder == "" {
		return "", fmt.Errorf("\"work\" names no folder")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(folder)
}

// Begins an execution. Errors are the compiler's.
func (runner *runner) begin(name string, start start) []verdicts.Error {
	compiled, refused := verdicts.CompileOf(runner.closure, start.workflow)
	if len(refused) > 0 {
		return refused
	}
	inputs, refused := start.filled()
	if len(refused) > 0 {
		return refused
	}
	workflow, err := engine.Execution{
		Name: name, Closure: compiled, Inputs: inputs, Settings: runner.question.Settings, Folder: runner.folder,
	}.Prepare()
	if err != nil {
		return verdicts.Errors(err)
	}
	if _, err := runner.engine.Workflows.Update(context.Background(), workflow); err != nil {
		return verdicts.Errors(err)
	}
	runner.engine.Wake()
	return nil
}

// Begins an execution that another one launches.
func (runner *runner) launch(name string, plan *admin.LaunchPlan, inputs *core.LiteralMap) error {
	start, err := planned(runner.closure, plan, inputs)
	if err != nil {
		return err
	}
	if refused := runner.begin(name, start); len(refused) > 0 {
		return fmt.Errorf("%s", refused[0].Text)
	}
	return nil
}

// Returns Admin's answer about a launched execution.
func (runner *runner) status(name string) (*admin.ExecutionClosure, *core.LiteralMap, error) {
	known := runner.history.Execution(name)
	closure := &admin.ExecutionClosure{
		Phase: core.WorkflowExecution_Phase(core.WorkflowExecution_Phase_value[known.Phase]),
	}
	if known.Error != nil {
		closure.OutputResult = &admin.ExecutionClosure_Error{Error: &core.ExecutionError{
			Code: known.Error.Code, Message: known.Error.Message,
			Kind: core.ExecutionError_ErrorKind(core.ExecutionError_ErrorKind_value[known.Error.Kind]),
		}}
	}
	if known.Outputs == nil {
		return closure, nil, nil
	}
	bytes, err := os.ReadFile(*known.Outputs)
	if err != nil {
		return nil, nil, err
	}
	outputs := &core.LiteralMap{}
	return closure, outputs, proto.Unmarshal(bytes, outputs)
}

func (runner *runner) watch(message proto.Message) {
	if runner.question.Abort.by(message) {
		runner.aborted.Store(true)
	}
}

// Ends all remaining processes. Further calls do nothing.
func (runner *runner) close() {
	runner.ends.Do(func() {
		runner.operators.Close()
		runner.events.close()
	})
}
