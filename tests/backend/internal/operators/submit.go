package operators

import (
	"path/filepath"
	"strings"

	spark "github.com/kubeflow/spark-operator/api/v1beta2"

	"flytekit.example/backend/internal/kubelet"
)

// Settings that name a program of the image.
var programs = map[string]bool{"spark.pyspark.python": true, "spark.pyspark.driver.python": true}

// The command that starts the driver. Its only differences from a cluster are `local`, which makes executors
// threads of the driver, and this machine's addresses.
func submit(home string, spec spark.SparkApplicationSpec, machine kubelet.Image, program func(string) (string, error)) ([]string, error) {
	command := []string{
		filepath.Join(home, "bin", "spark-submit"),
		"--master", "local[2]", "--deploy-mode", "client",
	}
	settings := map[string]string{}
	for key, value := range spec.HadoopConf {
		settings["spark.hadoop."+key] = value
	}
	for key, value := range spec.SparkConf {
		if programs[key] {
			path, err := program(value)
			if err != nil {
				return nil, err
			}
			value = path
		}
		settings[key] = value
	}
	settings["spark.driver.host"] = "127.0.0.1"
	settings["spark.driver.bindAddress"] = "127.0.0.1"
	settings["spark.ui.port"] = "0"
	for _, key := range sortedKeys(settings) {
		command = append(command, "--conf", key+"="+settings[key])
	}
	switch {
	case spec.MainClass != nil:
		command = append(command, "--class", *spec.MainClass)
	case spec.Type == spark.SparkApplicationTypePython:
		command = append(command, "--class", "org.apache.spark.deploy.PythonRunner")
	}
	if spec.MainApplicationFile != nil {
		command = append(command, application(*spec.MainApplicationFile, machine))
	}
	return append(command, spec.Arguments...), nil
}

// Replaces a file of the image like a program. An unknown file stays; it need not exist.
func application(reference string, machine kubelet.Image) string {
	if words := machine.Programs[strings.TrimPrefix(reference, "local://")]; len(words) == 1 {
		return "local://" + words[0]
	}
	return reference
}
