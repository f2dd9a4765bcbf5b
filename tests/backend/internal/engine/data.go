package engine

import (
	"bytes"
	"context"
	"io"

	"github.com/flyteorg/flyte/flytestdlib/promutils"
	"github.com/flyteorg/flyte/flytestdlib/storage"
)

func newData(scope promutils.Scope) (*storage.DataStore, error) {
	data, err := storage.NewDataStore(storage.GetConfig(), scope)
	if err != nil {
		return nil, err
	}
	data.ComposedProtobufStore = local{data.ComposedProtobufStore}
	return data, nil
}

// The local store refuses to write data of unknown size, and Flyte's copy does not pass the size of files,
// which object stores determine themselves.
type local struct{ storage.ComposedProtobufStore }

func (store local) CopyRaw(ctx context.Context, from, to storage.DataReference, options storage.Options) error {
	reader, err := store.ReadRaw(ctx, from)
	if err != nil {
		return err
	}
	defer reader.Close()
	content, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	return store.WriteRaw(ctx, to, int64(len(content)), options, bytes.NewReader(content))
}
