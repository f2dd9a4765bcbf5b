package settings

import (
	"io"

	k8s "github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/flytek8s/config"
	propeller "github.com/flyteorg/flyte/flytepropeller/pkg/controller/config"
	tasks "github.com/flyteorg/flyte/flytepropeller/pkg/controller/nodes/task/config"
	"github.com/flyteorg/flyte/flytestdlib/contextutils"
	"github.com/flyteorg/flyte/flytestdlib/logger"
	"github.com/flyteorg/flyte/flytestdlib/promutils/labeled"
	"github.com/flyteorg/flyte/flytestdlib/storage"
	"github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// Applies the settings that the program needs, and those of Flyte's charts that differ from the code's
// defaults.
func configure(folder string) error {
	if err := quiet(); err != nil {
		return err
	}
	// Metrics panic without keys.
	labeled.SetMetricKeys(contextutils.MetricKeysFromStrings(propeller.GetConfig().MetricKeys)...)

	store := storage.GetConfig()
	store.Type = storage.TypeStow
	// References are file:///FOLDER/…, which every process can open. A container and a base path would need more
	// parts.
	store.Stow = storage.StowConfig{Kind: "local", Config: map[string]string{"path": "/"}}
	store.InitContainer = folder
	store.MultiContainerEnabled = true
	store.Limits.GetLimitMegabytes = 10

	propeller.GetConfig().DefaultRawOutputPrefix = folder + "/raw"

	plugins := &tasks.GetConfig().TaskPlugins
	plugins.EnabledPlugins = []string{"container", "sidecar", "k8s-array", "dask", "spark"}
	plugins.DefaultForTaskTypes = map[string]string{
		"container": "container", "sidecar": "sidecar", "container_array": "k8s-array",
	}

	pods := k8s.GetK8sPluginConfig()
	pods.DefaultCPURequest = resource.MustParse("100m")
	pods.DefaultMemoryRequest = resource.MustParse("200Mi")
	return nil
}

// Silences the logs of Flyte and controller-runtime. The answer has the relevant errors.
func quiet() error {
	logrus.SetOutput(io.Discard)
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	log.SetLogger(klog.NewKlogr())
	return logger.SetConfig(&logger.Config{Level: 0, Formatter: logger.FormatterConfig{Type: "text"}})
}
