package closure

import (
	"strings"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The parts that registration fills in identifiers.
type registration struct{ project, domain, version string }

// Fills all identifiers in an entity. Its own identifier also gets the kind, which packages omit.
func (registration registration) fill(kind core.ResourceType, own *core.Identifier, entity proto.Message) {
	if own != nil && own.ResourceType == core.ResourceType_UNSPECIFIED {
		own.ResourceType = kind
	}
	registration.walk(entity.ProtoReflect())
}

func (registration registration) walk(message protoreflect.Message) {
	if id, ok := message.Interface().(*core.Identifier); ok {
		fillIn(&id.Project, registration.project)
		fillIn(&id.Domain, registration.domain)
		fillIn(&id.Version, registration.version)
		return
	}
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsMap():
			if field.MapValue().Message() != nil {
				value.Map().Range(func(_ protoreflect.MapKey, value protoreflect.Value) bool {
					registration.walk(value.Message())
					return true
				})
			}
		case field.Message() == nil:
		case field.IsList():
			for index := range value.List().Len() {
				registration.walk(value.List().Get(index).Message())
			}
		default:
			registration.walk(value.Message())
		}
		return true
	})
}

func fillIn(part *string, value string) {
	if *part == "" || strings.HasPrefix(*part, "{{") {
		*part = value
	}
}
