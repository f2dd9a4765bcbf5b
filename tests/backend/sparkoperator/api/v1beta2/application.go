package v1beta2

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SparkApplication is the operator's resource for a Spark application.
type SparkApplication struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec   SparkApplicationSpec   `json:"spec"`
	Status SparkApplicationStatus `json:"status,omitempty"`
}

// SparkApplicationList is needed to register the kind.
type SparkApplicationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []SparkApplication `json:"items"`
}

// SparkApplicationSpec has the members that Flyte's plugin sets.
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

// DeployMode is the place where the driver runs.
type DeployMode string

// DeployModeCluster is Flyte's choice: the driver is a separate pod.
const DeployModeCluster DeployMode = "cluster"

// Dependencies has no members here, because Flyte's plugin sets none. The empty object is written, too.
type Dependencies struct{}

// RestartPolicy configures the operator's own retries.
type RestartPolicy struct {
	Type                       RestartPolicyType `json:"type,omitempty"`
	OnSubmissionFailureRetries *int32            `json:"onSubmissionFailureRetries,omitempty"`
}

// RestartPolicyType is the kind of a RestartPolicy.
type RestartPolicyType string

// RestartPolicyOnFailure retries after failures; the policy has a number of retries for each kind of failure.
const RestartPolicyOnFailure RestartPolicyType = "OnFailure"
