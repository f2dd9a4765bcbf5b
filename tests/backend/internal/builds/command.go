// Package builds lets Flyte's plugins build Kubernetes objects from tasks.
package builds

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"flytekit.example/backend/internal/closure"
	"flytekit.example/backend/internal/history"
	"flytekit.example/backend/internal/request"
	"flytekit.example/backend/internal/settings"
)

type question struct {
	closure.Source
	Tasks    []string          `json:"tasks"`
	Settings settings.Settings `json:"settings"`
}

type answer struct {
	Tasks []Task `json:"tasks"`
}

// Task is the result for one task.
type Task struct {
	Name    string         `json:"name"`
	Type    string         `json:"type"`
	Objects []string       `json:"objects"`
	Error   *history.Error `json:"error"`
}

// Command runs `build`.
func Command(in io.Reader) (any, error) {
	question := question{}
	if err := request.Read(in, &question); err != nil {
		return nil, err
	}
	closure, err := question.Source.Read()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "backend-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	workshop, err := newWorkshop(context.Background(), question.Settings, folder)
	if err != nil {
		return nil, err
	}
	answer := answer{Tasks: []Task{}}
	built := []string{}
	for _, task := range closure.Tasks {
		name := task.GetTemplate().GetId().GetName()
		if question.Tasks != nil && !slices.Contains(question.Tasks, name) {
			continue
		}
		built = append(built, name)
		task, err := workshop.build(context.Background(), task.GetTemplate())
		if err != nil {
			return nil, fmt.Errorf("task %s: %w", name, err)
		}
		answer.Tasks = append(answer.Tasks, task)
	}
	for _, name := range question.Tasks {
		if !slices.Contains(built, name) {
			return nil, fmt.Errorf("the closure has no task %s", name)
		}
	}
	return answer, nil
}
