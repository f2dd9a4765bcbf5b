package kubelet

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The folders of a pod, by their mount paths. Processes see this machine's files, so these paths are replaced
// in commands and variables.
type mounts struct {
	// The root of the mount paths on this machine.
	root  string
	paths []string
}

// Makes the volumes of a pod. After an error, a kubelet would wait.
func (kubelet *Kubelet) mount(pod *corev1.Pod) (mounts, error) {
	made := mounts{root: kubelet.folder(pod, "root")}
	volumes := map[string]string{}
	for _, volume := range pod.Spec.Volumes {
		folder, err := kubelet.volume(pod, volume)
		if err != nil {
			return made, err
		}
		volumes[volume.Name] = folder
	}
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for _, container := range containers {
			for _, mount := range container.VolumeMounts {
				folder, known := volumes[mount.Name]
				if !known {
					return made, fmt.Errorf("volume %q not found", mount.Name)
				}
				if err := made.add(filepath.Clean(mount.MountPath), filepath.Join(folder, mount.SubPath)); err != nil {
					return made, err
				}
			}
		}
	}
	// The longest path comes first, because it is the innermost.
	sort.Slice(made.paths, func(i, j int) bool { return len(made.paths[i]) > len(made.paths[j]) })
	return made, nil
}

func (kubelet *Kubelet) volume(pod *corev1.Pod, volume corev1.Volume) (string, error) {
	if volume.HostPath != nil {
		return volume.HostPath.Path, nil
	}
	folder := kubelet.folder(pod, "volumes", volume.Name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	switch {
	case volume.EmptyDir != nil:
		return folder, nil
	case volume.Secret != nil:
		return folder, kubelet.secret(folder, volume.Secret)
	}
	return "", fmt.Errorf("volume %q is of a kind that does not exist here", volume.Name)
}

func (kubelet *Kubelet) secret(folder string, source *corev1.SecretVolumeSource) error {
	optional := source.Optional != nil && *source.Optional
	secret, known := kubelet.Secrets[source.SecretName]
	if !known && !optional {
		return fmt.Errorf("secret %q not found", source.SecretName)
	}
	items := source.Items
	if len(items) == 0 {
		for key := range secret {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
	}
	for _, item := range items {
		value, there := secret[item.Key]
		if !there && !optional {
			return fmt.Errorf("references non-existent secret key: %s", item.Key)
		}
		if !there {
			continue
		}
		path := filepath.Join(folder, item.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (mounts *mounts) add(path, folder string) error {
	link := mounts.root + path
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(folder, link); err != nil && !os.IsExist(err) {
		return err
	}
	mounts.paths = append(mounts.paths, path)
	return nil
}

// Replaces mount paths in a text, and a text that is a folder around mounts.
func (mounts mounts) translate(text string) string {
	for _, path := range mounts.paths {
		if strings.HasPrefix(path, text+"/") && filepath.IsAbs(text) {
			return mounts.root + text
		}
	}
	for _, path := range mounts.paths {
		if replaced := mounts.replace(text, path); replaced != text {
			return replaced
		}
	}
	return text
}

func (mounts mounts) replace(text, path string) string {
	replaced := strings.Builder{}
	for {
		before, after, found := strings.Cut(text, path)
		replaced.WriteString(before)
		if !found {
			return replaced.String()
		}
		whole := (after == "" || strings.ContainsAny(after[:1], "/:;,\"' =")) &&
			(before == "" || strings.ContainsAny(before[len(before)-1:], ":;,\"' ="))
		if whole {
			replaced.WriteString(mounts.root)
		}
		replaced.WriteString(path)
		text = after
	}
}
