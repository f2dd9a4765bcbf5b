package v1beta2

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SparkApplicationStatus is the operator's status of an application.
type SparkApplicationStatus struct {
	SparkApplicationID        string                   `json:"sparkApplicationId,omitempty"`
	SubmissionID              string                   `json:"submissionID,omitempty"`
	LastSubmissionAttemptTime metav1.Time              `json:"lastSubmissionAttemptTime,omitempty"`
	TerminationTime           metav1.Time              `json:"terminationTime,omitempty"`
	DriverInfo                DriverInfo               `json:"driverInfo"`
	AppState                  ApplicationState         `json:"applicationState,omitempty"`
	ExecutorState             map[string]ExecutorState `json:"executorState,omitempty"`
	ExecutionAttempts         int32                    `json:"executionAttempts,omitempty"`
	SubmissionAttempts        int32                    `json:"submissionAttempts,omitempty"`
}

// DriverInfo locates the driver.
type DriverInfo struct {
	WebUIServiceName    string `json:"webUIServiceName,omitempty"`
	WebUIAddress        string `json:"webUIAddress,omitempty"`
	WebUIPort           int32  `json:"webUIPort,omitempty"`
	WebUIIngressName    string `json:"webUIIngressName,omitempty"`
	WebUIIngressAddress string `json:"webUIIngressAddress,omitempty"`
	PodName             string `json:"podName,omitempty"`
}

// ApplicationState is the state of an application, with its error.
type ApplicationState struct {
	State        ApplicationStateType `json:"state"`
	ErrorMessage string               `json:"errorMessage,omitempty"`
}

// ApplicationStateType is a state of an application.
type ApplicationStateType string

const (
	ApplicationStateNew              ApplicationStateType = ""
	ApplicationStateSubmitted        ApplicationStateType = "SUBMITTED"
	ApplicationStateRunning          ApplicationStateType = "RUNNING"
	ApplicationStateCompleted        ApplicationStateType = "COMPLETED"
	ApplicationStateFailed           ApplicationStateType = "FAILED"
	ApplicationStateFailedSubmission ApplicationStateType = "SUBMISSION_FAILED"
)

// ExecutorState is a state of an executor.
type ExecutorState string
