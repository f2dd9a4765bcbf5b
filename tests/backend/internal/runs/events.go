package runs

import (
	"encoding/json"
	"os"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/event"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// A file with one event per line, for callers that follow an execution.
type events struct{ file *os.File }

type line struct {
	Event   string          `json:"event"`
	Message json.RawMessage `json:"message"`
	Bytes   []byte          `json:"bytes"`
}

func newEvents(path string) (*events, error) {
	if path == "" {
		return &events{}, nil
	}
	file, err := os.Create(path)
	return &events{file}, err
}

// Writes each line at once, so that readers see incomplete lines only at the end of the file.
func (events *events) write(message proto.Message) {
	if events.file == nil {
		return
	}
	kind := ""
	switch message.(type) {
	case *event.WorkflowExecutionEvent:
		kind = "workflow"
	case *event.NodeExecutionEvent:
		kind = "node"
	case *event.TaskExecutionEvent:
		kind = "task"
	}
	text, err := protojson.Marshal(message)
	if err != nil {
		return
	}
	bytes, err := proto.Marshal(message)
	if err != nil {
		return
	}
	written, err := json.Marshal(line{kind, text, bytes})
	if err == nil {
		_, _ = events.file.Write(append(written, '\n'))
	}
}

func (events *events) close() {
	if events.file != nil {
		_ = events.file.Close()
	}
}
