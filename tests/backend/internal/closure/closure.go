// Package closure reads the entities of packages.
package closure

import (
	"sort"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
)

// Source has the members of a request that name the entities.
type Source struct {
	Closure []string `json:"closure"`
	Project string   `json:"project"`
	Domain  string   `json:"domain"`
	Version string   `json:"version"`
}

// Closure has the entities of a package, each kind sorted by name.
type Closure struct {
	Tasks       []*admin.TaskSpec
	Workflows   []*admin.WorkflowSpec
	LaunchPlans []*admin.LaunchPlan
}

// Read reads the entities, fills in their identifiers and completes launch plans as Admin does.
func (source Source) Read() (*Closure, error) {
	closure := &Closure{}
	for _, path := range source.Closure {
		if err := closure.add(path); err != nil {
			return nil, err
		}
	}
	registration := registration{
		project: or(source.Project, "flytesnacks"),
		domain:  or(source.Domain, "development"),
		version: or(source.Version, "v1"),
	}
	for _, task := range closure.Tasks {
		registration.fill(core.ResourceType_TASK, task.GetTemplate().GetId(), task)
	}
	for _, workflow := range closure.Workflows {
		registration.fill(core.ResourceType_WORKFLOW, workflow.GetTemplate().GetId(), workflow)
	}
	for _, plan := range closure.LaunchPlans {
		registration.fill(core.ResourceType_LAUNCH_PLAN, plan.GetId(), plan)
	}
	closure.sort()
	for _, plan := range closure.LaunchPlans {
		closure.complete(plan)
	}
	return closure, nil
}

func (closure *Closure) sort() {
	byName(closure.Tasks, func(task *admin.TaskSpec) *core.Identifier { return task.GetTemplate().GetId() })
	byName(closure.Workflows, func(workflow *admin.WorkflowSpec) *core.Identifier { return workflow.GetTemplate().GetId() })
	byName(closure.LaunchPlans, func(plan *admin.LaunchPlan) *core.Identifier { return plan.GetId() })
}

func byName[T any](entities []T, id func(T) *core.Identifier) {
	sort.SliceStable(entities, func(i, j int) bool { return id(entities[i]).GetName() < id(entities[j]).GetName() })
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
