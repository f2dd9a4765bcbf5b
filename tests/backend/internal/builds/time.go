package builds

import (
	spark "github.com/kubeflow/spark-operator/api/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Removes the time at which the Spark plugin built an application, because objects are compared.
func fixTime(object client.Object) {
	if application, ok := object.(*spark.SparkApplication); ok {
		const key = "spark.kubernetes.driverEnv.FLYTE_START_TIME"
		if _, there := application.Spec.SparkConf[key]; there {
			application.Spec.SparkConf[key] = "0"
		}
	}
}
