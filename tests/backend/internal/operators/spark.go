package operators

import (
	"context"
	"fmt"
	"sort"
	"strings"

	spark "github.com/kubeflow/spark-operator/api/v1beta2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const driverContainer = "spark-kubernetes-driver"

// Like Spark's operator: submits an application, and watches its driver.
func (operators *Operators) spark(ctx context.Context, application *spark.SparkApplication) {
	set := func(change func(*spark.SparkApplicationStatus)) {
		update(operators, application.Name, application.Namespace, &spark.SparkApplication{},
			func(stored *spark.SparkApplication) { change(&stored.Status) })
	}
	pod, err := operators.driver(ctx, application)
	if err != nil {
		set(func(status *spark.SparkApplicationStatus) {
			status.SubmissionAttempts++
			status.AppState = spark.ApplicationState{State: spark.ApplicationStateFailedSubmission, ErrorMessage: err.Error()}
		})
		return
	}
	set(func(status *spark.SparkApplicationStatus) {
		status.SparkApplicationID = "spark-" + application.Name
		status.SubmissionAttempts, status.ExecutionAttempts = 1, 1
		status.LastSubmissionAttemptTime = metav1.Now()
		status.DriverInfo.PodName = pod.Name
		status.AppState.State = spark.ApplicationStateSubmitted
	})
	ended := operators.Kubelet.Run(ctx, pod, func(now corev1.PodStatus) {
		if now.Phase == corev1.PodRunning {
			set(func(status *spark.SparkApplicationStatus) { status.AppState.State = spark.ApplicationStateRunning })
		}
	})
	set(func(status *spark.SparkApplicationStatus) {
		status.TerminationTime = metav1.Now()
		status.AppState = outcome(ended)
	})
}

func outcome(driver corev1.PodStatus) spark.ApplicationState {
	if driver.Phase == corev1.PodSucceeded {
		return spark.ApplicationState{State: spark.ApplicationStateCompleted}
	}
	state := spark.ApplicationState{State: spark.ApplicationStateFailed, ErrorMessage: "driver container status missing"}
	for _, status := range driver.ContainerStatuses {
		if terminated := status.State.Terminated; status.Name == driverContainer && terminated != nil {
			state.ErrorMessage = fmt.Sprintf("driver container failed with ExitCode: %d, Reason: %s", terminated.ExitCode, terminated.Reason)
		}
	}
	return state
}

// The pod that spark-submit makes in a cluster, in which it runs again in client mode.
func (operators *Operators) driver(ctx context.Context, application *spark.SparkApplication) (*corev1.Pod, error) {
	spec := application.Spec
	image := spec.Image
	if spec.Driver.Image != nil {
		image = spec.Driver.Image
	}
	if image == nil {
		return nil, fmt.Errorf("no image for the driver")
	}
	machine, _ := operators.Kubelet.Images.Find(*image)
	home := machine.Environment["SPARK_HOME"]
	if home == "" {
		return nil, fmt.Errorf("SPARK_HOME is not in the environment of the image %s", *image)
	}
	command, err := submit(home, spec, machine, func(program string) (string, error) {
		return operators.Kubelet.Wrapper(application.Name+"-driver", machine, program)
	})
	if err != nil {
		return nil, err
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: application.Name + "-driver", Namespace: application.Namespace,
			Labels: spec.Driver.Labels, Annotations: spec.Driver.Annotations,
		},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers: []corev1.Container{{
				Name: driverContainer, Image: *image, Command: command, Env: variables(spec),
			}},
		},
	}
	if operators.Cluster.Admission == nil {
		return pod, nil
	}
	return operators.Cluster.Admission(ctx, pod)
}

// The variables of the driver: its pod's, and those of Spark's settings.
func variables(spec spark.SparkApplicationSpec) []corev1.EnvVar {
	all := append([]corev1.EnvVar{}, spec.Driver.Env...)
	for _, key := range sortedKeys(spec.SparkConf) {
		if name, ok := strings.CutPrefix(key, "spark.kubernetes.driverEnv."); ok {
			all = append(all, corev1.EnvVar{Name: name, Value: spec.SparkConf[key]})
		}
	}
	return all
}

func sortedKeys[V any](of map[string]V) []string {
	keys := []string{}
	for key := range of {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
