// Package stands has stand-ins of the services around propeller: the catalog, the signals and the launching of
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

// Catalog keeps outputs in a folder, under the keys that Flyte's client makes.
type Catalog struct{ Folder string }

var _ catalog.Client = Catalog{}

// Get is an error of the service if there is nothing, as Flyte's client gives it.
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

// Put keeps what a task gave.
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

// Update puts something else in its place.
func (stand Catalog) Update(ctx context.Context, key catalog.Key, reader io.OutputReader, metadata catalog.Metadata) (catalog.Status, error) {
	return stand.Put(ctx, key, reader, metadata)
}

// GetOrExtendReservation always grants: executions that run at the same time have processes of their own.
func (stand Catalog) GetOrExtendReservation(_ context.Context, _ catalog.Key, owner string, _ time.Duration) (*datacatalog.Reservation, error) {
	return &datacatalog.Reservation{OwnerId: owner, ExpiresAt: timestamppb.New(time.Now().Add(time.Hour))}, nil
}

// ReleaseReservation has nothing to do.
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

// Whole or not at all: other processes may read it.
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
