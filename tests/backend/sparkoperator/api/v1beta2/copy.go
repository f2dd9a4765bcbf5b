package v1beta2

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime"
)

// DeepCopyObject makes SparkApplication an object of Kubernetes.
func (in *SparkApplication) DeepCopyObject() runtime.Object { return copied(in) }

// DeepCopyObject makes SparkApplicationList an object of Kubernetes.
func (in *SparkApplicationList) DeepCopyObject() runtime.Object { return copied(in) }

// Goes by JSON, as every object does on its way to Kubernetes: the operator's generated copies would be
// a thousand lines of ours that can be wrong.
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
