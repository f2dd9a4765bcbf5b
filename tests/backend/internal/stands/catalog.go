// Package stands replaces the services around propeller: the catalog, signals, and the launching of
// executions.
package stands

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/datacatalog"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/catalog"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/io"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/ioutils"
	keys "github.com/flyteorg/flyte/flytepropeller/pkg/controller/nodes/catalog/datacatalog"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Catalog stores outputs in a folder, under the keys of Flyte's client.
type Catalog struct{ Folder string }

var _ catalog.Client = Catalog{}

// Get returns the client's error if there are no outputs.
func (stand Catalog) Get(ctx context.Context, key catalog.Key) (catalog.Entry, error) {
	path, metadata, err := stand.file(ctx, key)
	if err != nil {
		return catalog.Entry{}, err
	}
	bytes, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return catalog.Entry{}, status.Errorf(codes.NotFound, "nothing is cached in %s", path)
	}
	if err != nil {
		return catalog.Entry{}, err
	}
	outputs := &core.LiteralMap{}
	if err := proto.Unmarshal(bytes, outputs); err != nil {
		return catalog.Entry{}, err
	}
	return catalog.NewCatalogEntry(
		ioutils.NewInMemoryOutputReader(outputs, nil, nil),
		catalog.NewStatus(core.CatalogCacheStatus_CACHE_HIT, metadata),
	), nil
}

// Put stores the outputs of a task.
func (stand Catalog) Put(ctx context.Context, key catalog.Key, reader io.OutputReader, _ catalog.Metadata) (catalog.Status, error) {
	path, metadata, err := stand.file(ctx, key)
	if err != nil {
		return catalog.Status{}, err
	}
	outputs, failure, err := reader.Read(ctx)
	if err != nil {
		return catalog.Status{}, err
	}
	if failure != nil {
		return catalog.NewPutFailureStatus(&key), status.Errorf(codes.InvalidArgument, "%v", failure)
	}
	bytes, err := proto.Marshal(outputs)
	if err != nil {
		return catalog.Status{}, err
	}
	if err := replace(path, bytes); err != nil {
		return catalog.Status{}, err
	}
	return catalog.NewStatus(core.CatalogCacheStatus_CACHE_POPULATED, metadata), nil
}

// Update replaces the outputs of a task.
func (stand Catalog) Update(ctx context.Context, key catalog.Key, reader io.OutputReader, metadata catalog.Metadata) (catalog.Status, error) {
	return stand.Put(ctx, key, reader, metadata)
}

// GetOrExtendReservation always grants, because concurrent executions run in separate processes.
func (stand Catalog) GetOrExtendReservation(_ context.Context, _ catalog.Key, owner string, _ time.Duration) (*datacatalog.Reservation, error) {
	return &datacatalog.Reservation{OwnerId: owner, ExpiresAt: timestamppb.New(time.Now().Add(time.Hour))}, nil
}

// ReleaseReservation does nothing.
func (stand Catalog) ReleaseReservation(context.Context, catalog.Key, string) error { return nil }

func (stand Catalog) file(ctx context.Context, key catalog.Key) (string, *core.CatalogMetadata, error) {
	dataset, err := keys.GenerateDatasetIDForTask(ctx, key)
	if err != nil {
		return "", nil, err
	}
	inputs := &core.LiteralMap{}
	if key.TypedInterface.GetInputs() != nil {
		if inputs, err = key.InputReader.Get(ctx); err != nil {
			return "", nil, err
		}
	}
	name, err := keys.GenerateArtifactTagName(ctx, inputs, key.CacheIgnoreInputVars)
	if err != nil {
		return "", nil, err
	}
	tag := &datacatalog.Tag{Name: name, ArtifactId: name, Dataset: dataset}
	path := filepath.Join(stand.Folder, dataset.GetProject(), dataset.GetDomain(), dataset.GetName(), dataset.GetVersion(), name+".pb")
	return path, keys.EventCatalogMetadata(dataset, tag, nil), nil
}

// Writes the file atomically, because other processes may read it.
func replace(path string, bytes []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "new-")
	if err != nil {
		return err
	}
	_, err = file.Write(bytes)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}
