package kubelet

import (
	"os"
	"path/filepath"
	"strings"
)

// Image is what containers of an image find, on this machine.
type Image struct {
	// What stands for programs of the image.
	Programs map[string][]string `json:"programs"`
	// Folders with other programs.
	Path []string `json:"path"`
	// What starts if a container has no command.
	Entrypoint  []string          `json:"entrypoint"`
	Environment map[string]string `json:"environment"`
}

// Images are known images by name; `*` is for those without a name of their own.
type Images map[string]Image

// Find is the image of a name, if it is known.
func (images Images) Find(name string) (Image, bool) {
	image, known := images[name]
	if !known {
		image, known = images["*"]
	}
	return image, known
}

// Program is what a word starts, and whether that exists.
func (image Image) Program(word string) ([]string, bool) {
	if words, known := image.Programs[word]; known {
		return words, len(words) > 0
	}
	if strings.Contains(word, "/") {
		return []string{word}, filepath.IsAbs(word) && image.has(filepath.Dir(word)) && executable(word)
	}
	for _, folder := range image.Path {
		if path := filepath.Join(folder, word); executable(path) {
			return []string{path}, true
		}
	}
	return []string{word}, false
}

func (image Image) has(folder string) bool {
	// The Spark operator's stand-in starts programs of Spark by their path.
	if home := image.Environment["SPARK_HOME"]; home != "" && folder == filepath.Join(home, "bin") {
		return true
	}
	for _, known := range image.Path {
		if filepath.Clean(known) == folder {
			return true
		}
	}
	return false
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}
