package cluster

import (
	"encoding/json"
	"sort"

	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// YAML writes an object like a manifest: with sorted keys and its kind, without status and unset times. Flyte
// adds some environment variables in random order; these are sorted.
func YAML(object client.Object, unordered map[string]bool) (string, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return "", err
	}
	members := map[string]any{}
	if err := json.Unmarshal(text, &members); err != nil {
		return "", err
	}
	if kinds, _, err := scheme.Scheme.ObjectKinds(object); err == nil && len(kinds) > 0 {
		members["apiVersion"], members["kind"] = kinds[0].ToAPIVersionAndKind()
	}
	delete(members, "status")
	tidy(members, unordered)
	written, err := yaml.Marshal(members)
	return string(written), err
}

// Cleans the whole object, including the pods in it.
func tidy(value any, unordered map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		if time, there := value["creationTimestamp"]; there && time == nil {
			delete(value, "creationTimestamp")
		}
		if variables, ok := value["env"].([]any); ok {
			order(variables, unordered)
		}
		for _, member := range value {
			tidy(member, unordered)
		}
	case []any:
		for _, member := range value {
			tidy(member, unordered)
		}
	}
}

// Sorts these variables among their positions. The order of the other variables matters.
func order(variables []any, unordered map[string]bool) {
	places, moved := []int{}, []any{}
	for place, variable := range variables {
		if unordered[nameOf(variable)] {
			places, moved = append(places, place), append(moved, variable)
		}
	}
	sort.SliceStable(moved, func(i, j int) bool { return nameOf(moved[i]) < nameOf(moved[j]) })
	for index, place := range places {
		variables[place] = moved[index]
	}
}

func nameOf(variable any) string {
	members, _ := variable.(map[string]any)
	name, _ := members["name"].(string)
	return name
}
