package verdicts

import (
	"errors"
	"sort"
	"strings"

	compiler "github.com/flyteorg/flyte/flytepropeller/pkg/compiler/errors"
)

// Error is one error of the compiler.
type Error struct {
	Code string `json:"code"`
	Node string `json:"node"`
	Text string `json:"text"`
}

// Errors splits the compiler's error into its parts.
func Errors(err error) []Error {
	var collected compiler.CompileErrors
	if !errors.As(err, &collected) {
		return []Error{{Code: "Other", Text: err.Error()}}
	}
	found := []Error{}
	for _, one := range collected.Errors().List() {
		text := one.Error()
		found = append(found, Error{Code: string(one.Code()), Node: node(text), Text: text})
	}
	return found
}

// Only the text of the error names the node.
func node(text string) string {
	_, after, _ := strings.Cut(text, ", Node Id: ")
	node, _, _ := strings.Cut(after, ", Description: ")
	return node
}

func sorted(found []Error) []Error {
	sort.SliceStable(found, func(i, j int) bool {
		a, b := found[i], found[j]
		if a.Code != b.Code {
			return a.Code < b.Code
		}
		if a.Node != b.Node {
			return a.Node < b.Node
		}
		return a.Text < b.Text
	})
	return found
}
