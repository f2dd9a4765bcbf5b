package v1beta2

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SparkApplication is the resource that asks the operator for a Spark application.
type SparkApplication struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec   SparkApplicationSpec   `json:"spec"`
	Status SparkApplicationStatus `json:"status,omitempty"`
}

// SparkApplicationList is needed for a kind to be registered.
type SparkApplicationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []SparkApplication `json:"items"`
}

// SparkApplicationSpec has what Flyte's plugin sets.
type SparkApplicationSpec struct {
	Type                SparkApplicationType `json:"type"`
	SparkVersion        string               `json:"sparkVersion"`
	Mode                DeployMode           `json:"mode,omitempty"`
	Image               *string              `json:"image,omitempty"`
	MainClass           *string              `json:"mainClass,omitempty"`
	MainApplicationFile *string              `json:"mainApplicationFile"`
	Arguments           []string             `json:"arguments,omitempty"`
	SparkConf           map[string]string    `json:"sparkConf,omitempty"`
	HadoopConf          map[string]string    `json:"hadoopConf,omitempty"`
	Driver              DriverSpec           `json:"driver"`
	Executor            ExecutorSpec         `json:"executor"`
	Deps                Dependencies         `json:"deps,omitempty"`
	RestartPolicy       RestartPolicy        `json:"restartPolicy,omitempty"`
	BatchScheduler      *string              `json:"batchScheduler,omitempty"`
}

// SparkApplicationType is the language of the application.
type SparkApplicationType string

const (
	SparkApplicationTypeJava   SparkApplicationType = "Java"
	SparkApplicationTypeScala  SparkApplicationType = "Scala"
	SparkApplicationTypePython SparkApplicationType = "Python"
	SparkApplicationTypeR      SparkApplicationType = "R"
)

// DeployMode says where the driver runs.
type DeployMode string

// DeployModeCluster is what Flyte asks for: the driver is a pod of its own.
const DeployModeCluster DeployMode = "cluster"

// Dependencies has no members here: Flyte's plugin sets none of them. It is written all the same.
type Dependencies struct{}

// RestartPolicy says what the operator itself tries again.
type RestartPolicy struct {
	Type                       RestartPolicyType `json:"type,omitempty"`
	OnSubmissionFailureRetries *int32            `json:"onSubmissionFailureRetries,omitempty"`
}

// RestartPolicyType is the kind of a RestartPolicy.
type RestartPolicyType string

// RestartPolicyOnFailure tries again after failures, as often as the policy says for each kind of them.
const RestartPolicyOnFailure RestartPolicyType = "OnFailure"
