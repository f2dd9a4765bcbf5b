// Package history keeps what Flyte tells Admin about executions, as an answer shows it.
package history

import (
	"strings"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
)

// Execution is how one execution goes.
type Execution struct {
	Name    string  `json:"execution"`
	Phase   string  `json:"phase"`
	Error   *Error  `json:"error"`
	Outputs *string `json:"outputs"`
	Nodes   []*Node `json:"nodes"`
}

// Node is how one of its nodes goes.
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

// Attempt is how one attempt of a node's task goes.
type Attempt struct {
	Attempt uint32   `json:"attempt"`
	Phase   string   `json:"phase"`
	Error   *Error   `json:"error"`
	Reasons []string `json:"reasons"`
}

// Error is why something failed.
type Error struct {
	Kind    string `json:"kind"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ErrorOf is nil for nil.
func ErrorOf(failure *core.ExecutionError) *Error {
	if failure == nil {
		return nil
	}
	return &Error{Kind: failure.GetKind().String(), Code: failure.GetCode(), Message: failure.GetMessage()}
}

// Files are given as paths, which the asker can open; null stands for none.
func path(reference string) *string {
	if reference == "" {
		return nil
	}
	path := strings.TrimPrefix(reference, "file://")
	return &path
}
