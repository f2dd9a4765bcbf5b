package engine

import (
	"context"
	"encoding/json"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/flyteorg/flyte/flytepropeller/pkg/apis/flyteworkflow/v1alpha1"
	"github.com/flyteorg/flyte/flytepropeller/pkg/controller/workflowstore"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Workflows stores FlyteWorkflows as JSON, like the API server. Data that JSON drops, such as marks of
// changes in a round, must not survive.
type Workflows struct {
	mutex   sync.Mutex
	version int
	stored  map[string][]byte
}

var _ workflowstore.FlyteWorkflow = &Workflows{}

func newWorkflows() *Workflows { return &Workflows{stored: map[string][]byte{}} }

// Get returns a separate copy.
func (workflows *Workflows) Get(_ context.Context, _, name string) (*v1alpha1.FlyteWorkflow, error) {
	workflows.mutex.Lock()
	defer workflows.mutex.Unlock()
	return workflows.read(name)
}

// Update stores the workflow, and returns it with a new version.
func (workflows *Workflows) Update(_ context.Context, workflow *v1alpha1.FlyteWorkflow) (*v1alpha1.FlyteWorkflow, error) {
	workflows.mutex.Lock()
	defer workflows.mutex.Unlock()
	return workflows.write(workflow)
}

// Abort marks a workflow as deleted, like Admin when a user terminates its execution.
func (workflows *Workflows) Abort(name string) error {
	workflows.mutex.Lock()
	defer workflows.mutex.Unlock()
	workflow, err := workflows.read(name)
	if err != nil || workflow.GetExecutionStatus().IsTerminated() || workflow.DeletionTimestamp != nil {
		return err
	}
	workflow.DeletionTimestamp = &metav1.Time{Time: time.Now()}
	_, err = workflows.write(workflow)
	return err
}

// Going returns the sorted names of the workflows that have not ended.
func (workflows *Workflows) Going() ([]string, error) {
	workflows.mutex.Lock()
	defer workflows.mutex.Unlock()
	names := []string{}
	for name := range workflows.stored {
		workflow, err := workflows.read(name)
		if err != nil {
			return nil, err
		}
		if !workflow.GetExecutionStatus().IsTerminated() {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}

func (workflows *Workflows) read(name string) (*v1alpha1.FlyteWorkflow, error) {
	text, there := workflows.stored[name]
	if !there {
		return nil, workflowstore.ErrWorkflowNotFound
	}
	workflow := &v1alpha1.FlyteWorkflow{}
	return workflow, json.Unmarshal(text, workflow)
}

func (workflows *Workflows) write(workflow *v1alpha1.FlyteWorkflow) (*v1alpha1.FlyteWorkflow, error) {
	workflows.version++
	workflow = workflow.DeepCopy()
	workflow.ResourceVersion = strconv.Itoa(workflows.version)
	text, err := json.Marshal(workflow)
	if err != nil {
		return nil, err
	}
	workflows.stored[workflow.Name] = text
	return workflows.read(workflow.Name)
}
