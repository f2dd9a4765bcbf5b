package runs

import (
	"os"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/event"
	"google.golang.org/protobuf/proto"
)

// The moment at which an execution is aborted: when a node or its task reaches a phase, or when a file
// exists.
type abort struct {
	Node      string `json:"node"`
	Phase     string `json:"phase"`
	TaskPhase string `json:"task_phase"`
	File      string `json:"file"`
}

func (abort *abort) by(message proto.Message) bool {
	if abort == nil {
		return false
	}
	switch message := message.(type) {
	case *event.NodeExecutionEvent:
		return abort.Phase != "" && message.GetId().GetNodeId() == abort.Node && message.GetPhase().String() == abort.Phase
	case *event.TaskExecutionEvent:
		return abort.TaskPhase != "" && message.GetParentNodeExecutionId().GetNodeId() == abort.Node &&
			message.GetPhase().String() == abort.TaskPhase
	}
	return false
}

func (abort *abort) byFile() bool {
	if abort == nil || abort.File == "" {
		return false
	}
	_, err := os.Stat(abort.File)
	return err == nil
}
