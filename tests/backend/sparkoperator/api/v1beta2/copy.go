package v1beta2

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime"
)

// DeepCopyObject implements Kubernetes' interface of objects.
func (in *SparkApplication) DeepCopyObject() runtime.Object { return copied(in) }

// DeepCopyObject implements Kubernetes' interface of objects.
func (in *SparkApplicationList) DeepCopyObject() runtime.Object { return copied(in) }

// Copies by way of JSON, the form in which objects reach Kubernetes. The operator's generated code would add
// a thousand lines that can be wrong.
func copied[T any](in *T) *T {
	out := new(T)
	bytes, err := json.Marshal(in)
	if err == nil {
		err = json.Unmarshal(bytes, out)
	}
	if err != nil {
		panic(err)
	}
	return out
}
