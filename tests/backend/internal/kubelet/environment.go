package kubelet

import (
	"fmt"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The variables of a container: its own override the image's. `$(NAME)` refers to its own.
type environment struct {
	image, own map[string]string
}

func (environment environment) all() []string {
	merged := map[string]string{}
	for _, variables := range []map[string]string{environment.image, environment.own} {
		for name, value := range variables {
			merged[name] = value
		}
	}
	words := []string{}
	for name, value := range merged {
		words = append(words, name+"="+value)
	}
	sort.Strings(words)
	return words
}

// Returns an error if the container's configuration is wrong, for example if a secret is missing.
func (kubelet *Kubelet) environment(pod *corev1.Pod, container *corev1.Container, image Image, mounts mounts) (environment, error) {
	variables := environment{own: map[string]string{}, image: map[string]string{
		"PATH":     strings.Join(image.Path, ":"),
		"HOME":     kubelet.folder(pod, container.Name, "home"),
		"TMPDIR":   kubelet.folder(pod, container.Name, "tmp"),
		"HOSTNAME": pod.Name,
	}}
	for name, value := range image.Environment {
		variables.image[name] = value
	}
	for _, source := range container.EnvFrom {
		if err := kubelet.whole(source, variables.own); err != nil {
			return variables, err
		}
	}
	// References see only the variables before them.
	for _, variable := range container.Env {
		value := expand(variable.Value, variables.own)
		if variable.ValueFrom != nil {
			var there bool
			var err error
			value, there, err = kubelet.valueFrom(pod, container, variable.ValueFrom)
			if err != nil {
				return variables, err
			}
			if !there {
				continue
			}
		}
		variables.own[variable.Name] = value
	}
	for name, value := range variables.own {
		variables.own[name] = mounts.translate(value)
	}
	return variables, nil
}

func (kubelet *Kubelet) whole(source corev1.EnvFromSource, into map[string]string) error {
	if source.SecretRef == nil {
		return fmt.Errorf("configmap %q not found", source.ConfigMapRef.Name)
	}
	secret, known := kubelet.Secrets[source.SecretRef.Name]
	if !known && (source.SecretRef.Optional == nil || !*source.SecretRef.Optional) {
		return fmt.Errorf("secret %q not found", source.SecretRef.Name)
	}
	for key, value := range secret {
		into[source.Prefix+key] = value
	}
	return nil
}

func (kubelet *Kubelet) valueFrom(pod *corev1.Pod, container *corev1.Container, from *corev1.EnvVarSource) (value string, there bool, err error) {
	switch {
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		value, there = kubelet.Secrets[ref.Name][ref.Key]
		if !there && (ref.Optional == nil || !*ref.Optional) {
			err = fmt.Errorf("couldn't find key %s in Secret %s/%s", ref.Key, pod.Namespace, ref.Name)
		}
		return value, there, err
	case from.FieldRef != nil:
		value, there = field(pod, from.FieldRef.FieldPath)
	case from.ResourceFieldRef != nil:
		value, there = amount(container, from.ResourceFieldRef)
	}
	if !there {
		err = fmt.Errorf("no value for %v", from)
	}
	return value, there, err
}

func field(pod *corev1.Pod, path string) (string, bool) {
	switch path {
	case "metadata.name":
		return pod.Name, true
	case "metadata.namespace":
		return pod.Namespace, true
	case "metadata.uid":
		return string(pod.UID), true
	case "spec.nodeName":
		return "localhost", true
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, true
	case "status.podIP", "status.hostIP":
		return "127.0.0.1", true
	}
	if key, ok := strings.CutPrefix(path, "metadata.labels['"); ok {
		return pod.Labels[strings.TrimSuffix(key, "']")], true
	}
	if key, ok := strings.CutPrefix(path, "metadata.annotations['"); ok {
		return pod.Annotations[strings.TrimSuffix(key, "']")], true
	}
	return "", false
}

// Returns the amount in units of the divisor, rounded up.
func amount(container *corev1.Container, ref *corev1.ResourceFieldSelector) (string, bool) {
	list := container.Resources.Requests
	resource, ok := strings.CutPrefix(ref.Resource, "requests.")
	if !ok {
		resource, ok = strings.CutPrefix(ref.Resource, "limits.")
		list = container.Resources.Limits
	}
	quantity := list[corev1.ResourceName(resource)]
	divisor := ref.Divisor.MilliValue()
	if divisor == 0 {
		divisor = 1000
	}
	return fmt.Sprint((quantity.MilliValue() + divisor - 1) / divisor), ok
}

// Replaces references like Kubernetes: `$(NAME)`, which stays if there is no such variable, and `$$` for a
// dollar sign.
func expand(text string, variables map[string]string) string {
	expanded := strings.Builder{}
	for {
		before, after, found := strings.Cut(text, "$")
		expanded.WriteString(before)
		if !found {
			return expanded.String()
		}
		text = after
		if rest, doubled := strings.CutPrefix(after, "$"); doubled {
			expanded.WriteString("$")
			text = rest
			continue
		}
		name, rest, closed := strings.Cut(after, ")")
		value, known := variables[strings.TrimPrefix(name, "(")]
		if strings.HasPrefix(name, "(") && closed && known {
			expanded.WriteString(value)
			text = rest
			continue
		}
		expanded.WriteString("$")
	}
}
