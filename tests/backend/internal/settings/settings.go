// Package settings has the settings of a platform and of an execution.
package settings

import (
	"encoding/json"
	"fmt"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/flytek8s"
	k8s "github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/flytek8s/config"
	"github.com/flyteorg/flyte/flytepropeller/pkg/apis/flyteworkflow/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Namespace is the namespace of all objects, as in installations with one namespace.
const Namespace = "flyte"

// Settings are the settings in a request.
type Settings struct {
	Platform       Platform          `json:"platform"`
	Interruptible  *bool             `json:"interruptible"`
	ServiceAccount string            `json:"service_account"`
	Labels         map[string]string `json:"labels"`
	Annotations    map[string]string `json:"annotations"`
	Environment    map[string]string `json:"environment"`
	MaxParallelism *uint32           `json:"max_parallelism"`
	// The location of tasks' raw data; {work} is the folder of the run. If empty, propeller's configuration
	// decides.
	RawOutputPrefix string                       `json:"raw_output_prefix"`
	PodTemplates    []corev1.PodTemplate         `json:"pod_templates"`
	Secrets         map[string]map[string]string `json:"secrets"`
	Config          map[string]json.RawMessage   `json:"config"`
}

// Platform is Admin's configuration of task resources.
type Platform struct {
	Requests Resources `json:"requests"`
	Limits   Resources `json:"limits"`
}

// Resources are quantities. As in Admin, absent ones are zero.
type Resources struct {
	CPU              resource.Quantity `json:"cpu"`
	Memory           resource.Quantity `json:"memory"`
	EphemeralStorage resource.Quantity `json:"ephemeral-storage"`
	GPU              resource.Quantity `json:"gpu"`
}

// Apply configures Flyte's packages, whose configuration is global.
func (settings Settings) Apply(folder string) error {
	if err := configure(folder); err != nil {
		return err
	}
	for name, values := range settings.Config {
		if err := overlay(name, values); err != nil {
			return fmt.Errorf("config %s: %w", name, err)
		}
	}
	flytek8s.DefaultPodTemplateStore.SetDefaultNamespace(Namespace)
	for index := range settings.PodTemplates {
		template := &settings.PodTemplates[index]
		if template.Name == "" {
			return fmt.Errorf("a pod template has no metadata.name")
		}
		if template.Namespace == "" {
			template.Namespace = Namespace
		}
		flytek8s.DefaultPodTemplateStore.Store(template)
	}
	return nil
}

// Execution returns the configuration that Admin writes into an execution.
func (settings Settings) Execution() v1alpha1.ExecutionConfig {
	parallelism := uint32(25)
	if settings.MaxParallelism != nil {
		parallelism = *settings.MaxParallelism
	}
	return v1alpha1.ExecutionConfig{
		MaxParallelism:       parallelism,
		Interruptible:        settings.Interruptible,
		EnvironmentVariables: settings.Environment,
		TaskResources: v1alpha1.TaskResources{
			Requests: settings.Platform.Requests.spec(),
			Limits:   settings.Platform.Limits.spec(),
		},
	}
}

func (resources Resources) spec() v1alpha1.TaskResourceSpec {
	return v1alpha1.TaskResourceSpec{
		CPU:              resources.CPU,
		Memory:           resources.Memory,
		EphemeralStorage: resources.EphemeralStorage,
		GPU:              resources.GPU,
	}
}

// Unordered returns the environment variables that Flyte adds in random order, from maps.
func (settings Settings) Unordered() map[string]bool {
	names := map[string]bool{}
	pods := k8s.GetK8sPluginConfig()
	for _, variables := range []map[string]string{settings.Environment, pods.DefaultEnvVars, pods.DefaultEnvVarsFromEnv} {
		for name := range variables {
			names[name] = true
		}
	}
	return names
}
