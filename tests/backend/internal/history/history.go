package history

import (
	"context"
	"sort"
	"sync"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/event"
	older "github.com/golang/protobuf/proto"
	"google.golang.org/protobuf/proto"
)

// History is an event sink that keeps the state of executions.
type History struct {
	mutex      sync.Mutex
	executions map[string]*Execution
	listeners  []func(proto.Message)
}

// New returns a history that passes each event to the listeners in order.
func New(listeners ...func(proto.Message)) *History {
	return &History{executions: map[string]*Execution{}, listeners: listeners}
}

// Execution returns the state of an execution, with sorted nodes.
func (history *History) Execution(name string) Execution {
	history.mutex.Lock()
	defer history.mutex.Unlock()
	execution := *history.execution(name)
	execution.Nodes = append([]*Node{}, execution.Nodes...)
	sort.Slice(execution.Nodes, func(i, j int) bool { return execution.Nodes[i].ID < execution.Nodes[j].ID })
	return execution
}

// Close implements the interface of event sinks.
func (history *History) Close() error { return nil }

// Sink records an event.
func (history *History) Sink(_ context.Context, given older.Message) error {
	message, err := sent(older.MessageV2(given))
	if err != nil {
		return err
	}
	history.mutex.Lock()
	defer history.mutex.Unlock()
	switch message := message.(type) {
	case *event.WorkflowExecutionEvent:
		history.workflow(message)
	case *event.NodeExecutionEvent:
		history.node(message)
	case *event.TaskExecutionEvent:
		history.task(message)
	}
	for _, listener := range history.listeners {
		listener(message)
	}
	return nil
}

// Admin receives events as bytes. Some events have empty oneofs, and can only be read after that conversion.
func sent(message proto.Message) (proto.Message, error) {
	bytes, err := proto.Marshal(message)
	if err != nil {
		return nil, err
	}
	received := message.ProtoReflect().New().Interface()
	return received, proto.Unmarshal(bytes, received)
}

func (history *History) workflow(message *event.WorkflowExecutionEvent) {
	execution := history.execution(message.GetExecutionId().GetName())
	execution.Phase = message.GetPhase().String()
	if failure := message.GetError(); failure != nil {
		execution.Error = ErrorOf(failure)
	}
	if outputs := path(message.GetOutputUri()); outputs != nil {
		execution.Outputs = outputs
	}
}

func (history *History) node(message *event.NodeExecutionEvent) {
	node := history.nodeOf(message.GetId())
	node.Phase = message.GetPhase().String()
	node.Error = ErrorOf(message.GetError())
	if metadata := message.GetTaskNodeMetadata(); metadata != nil {
		cache := metadata.GetCacheStatus().String()
		node.Cache = &cache
	}
	keep(&node.Inputs, message.GetInputUri())
	keep(&node.Outputs, message.GetOutputUri())
	keep(&node.Deck, message.GetDeckUri())
}

func (history *History) task(message *event.TaskExecutionEvent) {
	node := history.nodeOf(message.GetParentNodeExecutionId())
	attempt := node.attempt(message.GetRetryAttempt())
	attempt.Phase = message.GetPhase().String()
	// A failed attempt is aborted afterwards; that event has no error.
	if failure := message.GetError(); failure != nil {
		attempt.Error = ErrorOf(failure)
	}
	for _, reason := range message.GetReasons() {
		attempt.because(reason.GetReason())
	}
	if len(message.GetReasons()) == 0 {
		attempt.because(message.GetReason())
	}
}

// Phases are often reported several times with the same reason.
func (attempt *Attempt) because(reason string) {
	last := len(attempt.Reasons) - 1
	if reason != "" && (last < 0 || attempt.Reasons[last] != reason) {
		attempt.Reasons = append(attempt.Reasons, reason)
	}
}

func keep(kept **string, reference string) {
	if path := path(reference); path != nil {
		*kept = path
	}
}

func (history *History) execution(name string) *Execution {
	execution, known := history.executions[name]
	if !known {
		execution = &Execution{Name: name, Phase: "UNDEFINED", Nodes: []*Node{}}
		history.executions[name] = execution
	}
	return execution
}

func (history *History) nodeOf(id *core.NodeExecutionIdentifier) *Node {
	execution := history.execution(id.GetExecutionId().GetName())
	for _, node := range execution.Nodes {
		if node.ID == id.GetNodeId() {
			return node
		}
	}
	node := &Node{ID: id.GetNodeId(), Phase: "UNDEFINED", Attempts: []*Attempt{}}
	execution.Nodes = append(execution.Nodes, node)
	return node
}

func (node *Node) attempt(number uint32) *Attempt {
	for _, attempt := range node.Attempts {
		if attempt.Attempt == number {
			return attempt
		}
	}
	attempt := &Attempt{Attempt: number, Phase: "UNDEFINED", Reasons: []string{}}
	node.Attempts = append(node.Attempts, attempt)
	return attempt
}
