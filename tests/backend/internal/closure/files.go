package closure

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"google.golang.org/protobuf/proto"
)

// Adds the entities of an archive, of a folder, or of one file.
func (closure *Closure) add(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		return closure.addFolder(path)
	case strings.HasSuffix(path, ".tgz"), strings.HasSuffix(path, ".tar.gz"):
		return closure.addArchive(path)
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	known, err := closure.addMember(path, bytes)
	if err == nil && !known {
		err = fmt.Errorf("%s is not an entity: names end in _1.pb (task), _2.pb (workflow) or _3.pb (launch plan)", path)
	}
	return err
}

func (closure *Closure) addFolder(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		bytes, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = closure.addMember(path, bytes)
		return err
	})
}

func (closure *Closure) addArchive(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	members := tar.NewReader(unzipped)
	for {
		member, err := members.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		bytes, err := io.ReadAll(members)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if _, err := closure.addMember(path+": "+member.Name, bytes); err != nil {
			return err
		}
	}
}

// Reports whether the name is an entity's.
func (closure *Closure) addMember(name string, bytes []byte) (bool, error) {
	var err error
	switch {
	case strings.HasSuffix(name, "_1.pb"):
		closure.Tasks, err = decoded(closure.Tasks, bytes, &admin.TaskSpec{})
	case strings.HasSuffix(name, "_2.pb"):
		closure.Workflows, err = decoded(closure.Workflows, bytes, &admin.WorkflowSpec{})
	case strings.HasSuffix(name, "_3.pb"):
		closure.LaunchPlans, err = decoded(closure.LaunchPlans, bytes, &admin.LaunchPlan{})
	default:
		return false, nil
	}
	if err != nil {
		return true, fmt.Errorf("%s: %w", name, err)
	}
	return true, nil
}

func decoded[M proto.Message](entities []M, bytes []byte, entity M) ([]M, error) {
	err := proto.Unmarshal(bytes, entity)
	return append(entities, entity), err
}
