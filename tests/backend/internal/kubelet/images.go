package kubelet

import (
	"os"
	"path/filepath"
	"strings"
)

// Image describes the programs on this machine that represent an image.
type Image struct {
	// Commands that replace programs of the image.
	Programs map[string][]string `json:"programs"`
	// Folders with other programs.
	Path []string `json:"path"`
	// The command of containers without one.
	Entrypoint  []string          `json:"entrypoint"`
	Environment map[string]string `json:"environment"`
}

// Images are images by name; `*` stands for all other names.
type Images map[string]Image

// Find returns the image with a name, if it is known.
func (images Images) Find(name string) (Image, bool) {
	image, known := images[name]
	if !known {
		image, known = images["*"]
	}
	return image, known
}

// Program returns the command for a word, and whether it exists.
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
	// The replacement of the Spark operator starts Spark's programs by their paths.
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
