// Package history records Flyte's events about executions in the form of answers.
package history

import (
	"strings"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
)

// Execution is the state of an execution.
type Execution struct {
	Name    string  `json:"execution"`
	Phase   string  `json:"phase"`
	Error   *Error  `json:"error"`
	Outputs *string `json:"outputs"`
	Nodes   []*Node `json:"nodes"`
}

// Node is the state of a node.
type Node struct {
	ID       string     `json:"id"`
	Phase    string     `json:"phase"`
	Error    *Error     `json:"error"`
	Cache    *string    `json:"cache"`
	Inputs   *string    `json:"inputs"`
	Outputs  *string    `json:"outputs"`
	Deck     *string    `json:"deck"`
	Attempts []*Attempt `json:"attempts"`
}

// Attempt is the state of an attempt at a node's task.
type Attempt struct {
	Attempt uint32   `json:"attempt"`
	Phase   string   `json:"phase"`
	Error   *Error   `json:"error"`
	Reasons []string `json:"reasons"`
}

// Error is the reason of a failure.
type Error struct {
	Kind    string `json:"kind"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ErrorOf converts an error; nil stays nil.
func ErrorOf(failure *core.ExecutionError) *Error {
	if failure == nil {
		return nil
	}
	return &Error{Kind: failure.GetKind().String(), Code: failure.GetCode(), Message: failure.GetMessage()}
}

// Converts references of files to paths, which the caller can open. A missing file is null.
func path(reference string) *string {
	if reference == "" {
		return nil
	}
	path := strings.TrimPrefix(reference, "file://")
	return &path
}
