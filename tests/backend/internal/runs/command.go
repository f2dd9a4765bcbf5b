// Package runs executes workflows in Flyte's engine, with processes as containers.
package runs

import (
	"encoding/json"
	"io"
	"time"

	"flytekit.example/backend/internal/closure"
	"flytekit.example/backend/internal/history"
	"flytekit.example/backend/internal/kubelet"
	"flytekit.example/backend/internal/request"
	"flytekit.example/backend/internal/settings"
	"flytekit.example/backend/internal/verdicts"
)

type question struct {
	closure.Source
	Entity    string                     `json:"entity"`
	Inputs    string                     `json:"inputs"`
	Work      string                     `json:"work"`
	Execution string                     `json:"execution"`
	Images    kubelet.Images             `json:"images"`
	Settings  settings.Settings          `json:"settings"`
	Signals   map[string]json.RawMessage `json:"signals"`
	Abort     *abort                     `json:"abort"`
	Catalog   string                     `json:"catalog"`
	Events    string                     `json:"events"`
	Deadline  float64                    `json:"deadline_seconds"`
}

// Answer is the result of an execution.
type Answer struct {
	history.Execution
	Containers []kubelet.Container `json:"containers"`
	Objects    []string            `json:"objects"`
	Refused    []verdicts.Error    `json:"refused"`
	Children   []history.Execution `json:"children"`
	Rounds     int                 `json:"rounds"`
	// The errors of rounds, after which production tries again.
	RoundErrors []string `json:"round_errors"`

	late bool
}

// Unfinished reports whether the deadline ended the execution.
func (answer *Answer) Unfinished() bool { return answer.late }

// Command runs `run`.
func Command(in io.Reader) (any, error) {
	question := question{Execution: "f0", Deadline: 300}
	if err := request.Read(in, &question); err != nil {
		return nil, err
	}
	closure, err := question.Source.Read()
	if err != nil {
		return nil, err
	}
	start, err := question.start(closure)
	if err != nil {
		return nil, err
	}
	runner, err := newRunner(question, closure)
	if err != nil {
		return nil, err
	}
	defer runner.close()
	if refused := runner.begin(question.Execution, start); len(refused) > 0 {
		return runner.refused(refused), nil
	}
	late, err := runner.loop(time.Duration(question.Deadline * float64(time.Second)))
	if err != nil {
		return nil, err
	}
	runner.close()
	return runner.answer(late)
}
