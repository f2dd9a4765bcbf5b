package stands

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/flyteorg/flyte/flyteidl/clients/go/coreutils"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/service"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
)

// Signals answers gates with the values of a request.
type Signals map[string]json.RawMessage

var _ service.SignalServiceClient = Signals{}

// GetOrCreateSignal returns a signal, without a value if the request has none.
func (signals Signals) GetOrCreateSignal(_ context.Context, request *admin.SignalGetOrCreateRequest, _ ...grpc.CallOption) (*admin.Signal, error) {
	signal := &admin.Signal{Id: request.GetId(), Type: request.GetType()}
	answer, known := signals[request.GetId().GetSignalId()]
	if !known {
		return signal, nil
	}
	value, err := literal(answer, request.GetType())
	if err != nil {
		return nil, fmt.Errorf("signal %s: %w", request.GetId().GetSignalId(), err)
	}
	signal.Value = value
	return signal, nil
}

// ListSignals is not called by propeller.
func (signals Signals) ListSignals(context.Context, *admin.SignalListRequest, ...grpc.CallOption) (*admin.SignalList, error) {
	return &admin.SignalList{}, nil
}

// SetSignal is not called by propeller.
func (signals Signals) SetSignal(context.Context, *admin.SignalSetRequest, ...grpc.CallOption) (*admin.SignalSetResponse, error) {
	return &admin.SignalSetResponse{}, nil
}

// Converts an answer: an object is a literal, and anything else a value of the signal's type.
func literal(answer json.RawMessage, kind *core.LiteralType) (*core.Literal, error) {
	var value any
	if err := json.Unmarshal(answer, &value); err != nil {
		return nil, err
	}
	if _, ok := value.(map[string]any); ok {
		literal := &core.Literal{}
		return literal, protojson.Unmarshal(answer, literal)
	}
	return coreutils.MakeLiteralForType(kind, value)
}
