package kubelet

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func shell(name, script string) corev1.Container {
	return corev1.Container{Name: name, Image: "image", Command: []string{"sh", "-c", script}}
}

func pod(containers ...corev1.Container) *corev1.Pod {
	seconds := int64(1)
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "pod"},
		Spec:       corev1.PodSpec{Containers: containers, TerminationGracePeriodSeconds: &seconds},
	}
}

func kubelet(t *testing.T) *Kubelet {
	return &Kubelet{
		Folder:  t.TempDir(),
		Images:  Images{"image": {Path: []string{"/bin", "/usr/bin"}}},
		Secrets: map[string]map[string]string{"group": {"key": "secret"}},
	}
}

func ended(t *testing.T, kubelet *Kubelet, pod *corev1.Pod) corev1.PodStatus {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	status := kubelet.Run(ctx, pod, nil)
	if ctx.Err() != nil {
		t.Fatal("the pod did not end")
	}
	return status
}

func exits(t *testing.T, kubelet *Kubelet, expected map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, container := range kubelet.Containers() {
		got[container.Container] = container.Exit
	}
	for name, code := range expected {
		if there, known := got[name]; !known || there != code {
			t.Errorf("%s: exit %d expected, all are %v", name, code, got)
		}
	}
}

func TestContainersRunSideBySideAfterInitContainers(t *testing.T) {
	kubelet := kubelet(t)
	pod := pod(
		shell("waits", "while [ ! -e /shared/written ]; do sleep 0.05; done; cat /shared/first"),
		shell("writes", "touch /shared/written"),
	)
	pod.Spec.InitContainers = []corev1.Container{shell("first", "echo hello > /shared/first")}
	pod.Spec.Volumes = []corev1.Volume{{Name: "shared", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	mounts := []corev1.VolumeMount{{Name: "shared", MountPath: "/shared"}}
	pod.Spec.InitContainers[0].VolumeMounts = mounts
	for index := range pod.Spec.Containers {
		pod.Spec.Containers[index].VolumeMounts = mounts
	}
	if status := ended(t, kubelet, pod); status.Phase != corev1.PodSucceeded {
		t.Errorf("%v", status)
	}
	log, err := os.ReadFile(filepath.Join(kubelet.Folder, "pod", "waits", "log"))
	if err != nil || string(log) != "hello\n" {
		t.Errorf("%q, %v", log, err)
	}
}

func TestSidecarsEndWithTheContainers(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	for name, script := range map[string]string{"by itself": "true", "when asked": "exec sleep 60"} {
		t.Run(name, func(t *testing.T) {
			kubelet := kubelet(t)
			pod := pod(shell("main", "sleep 0.3; exit 3"))
			pod.Spec.InitContainers = []corev1.Container{shell("side", script)}
			pod.Spec.InitContainers[0].RestartPolicy = &always
			status := ended(t, kubelet, pod)
			if status.Phase != corev1.PodFailed || status.InitContainerStatuses[0].State.Terminated == nil {
				t.Errorf("%v", status)
			}
			exits(t, kubelet, map[string]int{"main": 3})
		})
	}
}

func TestDeletedPodsAreAskedAndThenKilled(t *testing.T) {
	kubelet := kubelet(t)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(500*time.Millisecond, cancel)
	kubelet.Run(ctx, pod(
		shell("follows", "trap 'exit 5' TERM; while true; do sleep 0.05; done"),
		shell("ignores", "trap '' TERM; while true; do sleep 0.05; done"),
		shell("leaves", "sleep 60 & exit 0"),
	), nil)
	exits(t, kubelet, map[string]int{"follows": 5, "ignores": 137, "leaves": 0})
	if len(kubelet.going) != 0 {
		t.Errorf("%v", kubelet.going)
	}
}

func TestFailuresToStart(t *testing.T) {
	kubelet := kubelet(t)
	absent := shell("main", "")
	absent.Command = []string{"no-such-program"}
	status := ended(t, kubelet, pod(absent))
	state := status.ContainerStatuses[0].State.Terminated
	if status.Phase != corev1.PodFailed || state == nil || state.ExitCode != 128 || state.Reason != "StartError" {
		t.Errorf("%v", status)
	}

	unknown := shell("main", "true")
	unknown.Image = "unknown"
	secret := shell("main", "true")
	secret.Env = []corev1.EnvVar{{Name: "A", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "other"}}}}
	for reason, container := range map[string]corev1.Container{"ImagePullBackOff": unknown, "CreateContainerConfigError": secret} {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		status := kubelet.Run(ctx, pod(container), nil)
		if waiting := status.ContainerStatuses[0].State.Waiting; waiting == nil || waiting.Reason != reason {
			t.Errorf("%s: %v", reason, status)
		}
	}
}

func TestEnvironment(t *testing.T) {
	kubelet := kubelet(t)
	container := shell("main", "echo $ONE $TWO $THREE $SECRET $NAME $(EARLY) $$(EARLY) $(NONE); cat $FILES/group/key")
	container.Env = []corev1.EnvVar{
		{Name: "EARLY", Value: "early"},
		{Name: "ONE", Value: "$(EARLY)$(LATE)"},
		{Name: "LATE", Value: "late"},
		{Name: "TWO", Value: "1"},
		{Name: "TWO", Value: "2"},
		{Name: "THREE", Value: "$$(EARLY)"},
		{Name: "SECRET", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "group"}, Key: "key"}}},
		{Name: "NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
		{Name: "FILES", Value: "/etc/secrets"},
	}
	container.VolumeMounts = []corev1.VolumeMount{{Name: "group", MountPath: "/etc/secrets/group"}}
	pod := pod(container)
	pod.Spec.Volumes = []corev1.Volume{{Name: "group", VolumeSource: corev1.VolumeSource{
		Secret: &corev1.SecretVolumeSource{SecretName: "group"}}}}
	pod.Spec.Containers[0].Command[2] = strings.Replace(container.Command[2], "$$(EARLY) $(NONE)", "'$$(EARLY)' '$(NONE)'", 1)
	ended(t, kubelet, pod)
	log, _ := os.ReadFile(filepath.Join(kubelet.Folder, "pod", "main", "log"))
	if expected := "early$(LATE) 2 $(EARLY) secret pod early $(EARLY) $(NONE)\nsecret"; string(log) != expected {
		t.Errorf("%q, expected %q", log, expected)
	}
}
