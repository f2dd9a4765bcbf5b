package cluster

import (
	"context"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/utils/secrets"
	"github.com/flyteorg/flyte/flytepropeller/pkg/webhook"
	"github.com/flyteorg/flyte/flytepropeller/pkg/webhook/config"
	corev1 "k8s.io/api/core/v1"
)

// Webhook returns Flyte's webhook, which gives pods their secrets. Kubernetes calls it for pods with its
// label.
func Webhook() func(context.Context, *corev1.Pod) (*corev1.Pod, error) {
	mutator := webhook.NewSecretsMutator(config.GetConfig(), nil)
	return func(ctx context.Context, pod *corev1.Pod) (*corev1.Pod, error) {
		if pod.Labels[secrets.PodLabel] != secrets.PodLabelValue {
			return pod, nil
		}
		pod, _, err := mutator.Mutate(ctx, pod)
		return pod, err
	}
}
