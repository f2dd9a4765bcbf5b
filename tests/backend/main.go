package main

import (
	_ "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core/mocks"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/io/mocks"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/plugins/array/k8s"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/plugins/k8s/dask"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/plugins/k8s/pod"
	_ "github.com/flyteorg/flyte/flytepropeller/pkg/controller"
	_ "github.com/flyteorg/flyte/flytepropeller/pkg/compiler/transformers/k8s"
	_ "sigs.k8s.io/controller-runtime/pkg/client/fake"
	_ "sigs.k8s.io/controller-runtime/pkg/controller/controllertest"
	_ "sigs.k8s.io/yaml"
)

func main() {}
