package kubelet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Wrapper returns an executable file for a program of an image. Spark starts programs by the paths in its
// settings, so a command of several words needs a script.
func (kubelet *Kubelet) Wrapper(pod string, image Image, program string) (string, error) {
	words, exists := image.Program(program)
	if !exists {
		// Spark reports the missing program.
		return program, nil
	}
	if len(words) == 1 {
		return words[0], nil
	}
	quoted := []string{}
	for _, word := range words {
		quoted = append(quoted, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	folder := filepath.Join(kubelet.Folder, pod, "programs")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(folder, filepath.Base(program))
	return path, os.WriteFile(path, []byte(fmt.Sprintf("#!/bin/sh\nexec %s \"$@\"\n", strings.Join(quoted, " "))), 0o755)
}
