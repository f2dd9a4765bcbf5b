package v1beta2

import corev1 "k8s.io/api/core/v1"

// SparkPodSpec has the common members of driver and executors.
type SparkPodSpec struct {
	Cores              *int32                     `json:"cores,omitempty"`
	Memory             *string                    `json:"memory,omitempty"`
	Image              *string                    `json:"image,omitempty"`
	Env                []corev1.EnvVar            `json:"env,omitempty"`
	Labels             map[string]string          `json:"labels,omitempty"`
	Annotations        map[string]string          `json:"annotations,omitempty"`
	Affinity           *corev1.Affinity           `json:"affinity,omitempty"`
	Tolerations        []corev1.Toleration        `json:"tolerations,omitempty"`
	PodSecurityContext *corev1.PodSecurityContext `json:"podSecurityContext,omitempty"`
	SecurityContext    *corev1.SecurityContext    `json:"securityContext,omitempty"`
	SchedulerName      *string                    `json:"schedulerName,omitempty"`
	HostNetwork        *bool                      `json:"hostNetwork,omitempty"`
	NodeSelector       map[string]string          `json:"nodeSelector,omitempty"`
	DNSConfig          *corev1.PodDNSConfig       `json:"dnsConfig,omitempty"`
	ServiceAccount     *string                    `json:"serviceAccount,omitempty"`
}

// DriverSpec is the driver's pod.
type DriverSpec struct {
	SparkPodSpec      `json:",inline"`
	PriorityClassName *string `json:"priorityClassName,omitempty"`
}

// ExecutorSpec is the pod of each executor.
type ExecutorSpec struct {
	SparkPodSpec      `json:",inline"`
	Instances         *int32  `json:"instances,omitempty"`
	PriorityClassName *string `json:"priorityClassName,omitempty"`
}
