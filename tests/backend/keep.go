package main

import (
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/plugins/array/k8s"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/plugins/k8s/dask"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/plugins/k8s/pod"
	_ "github.com/flyteorg/flyte/flyteplugins/go/tasks/plugins/k8s/spark"
	_ "github.com/flyteorg/flyte/flytepropeller/pkg/compiler/transformers/k8s"
	_ "github.com/flyteorg/flyte/flytepropeller/pkg/controller"
	_ "github.com/flyteorg/flyte/flytepropeller/pkg/webhook"
	_ "sigs.k8s.io/controller-runtime/pkg/client/fake"
	_ "sigs.k8s.io/controller-runtime/pkg/controller/controllertest"
	_ "sigs.k8s.io/yaml"
)
