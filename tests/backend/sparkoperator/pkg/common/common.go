// Package common has the keys of Spark's settings that Flyte's Spark plugin imports from the operator.
package common

const (
	SparkKubernetesDriverRequestCores   = "spark.kubernetes.driver.request.cores"
	SparkKubernetesDriverLimitCores     = "spark.kubernetes.driver.limit.cores"
	SparkKubernetesExecutorRequestCores = "spark.kubernetes.executor.request.cores"
	SparkKubernetesExecutorLimitCores   = "spark.kubernetes.executor.limit.cores"
)
