//! The common failures of Spark.

/// A kind of failure.
pub(super) struct FailureKind {
    /// The class or the text of such a failure contains one of these.
    pub(super) signs: &'static [&'static str],
    /// What happened, and what to do.
    pub(super) advice: &'static str,
    pub(super) fault: Fault,
}

/// Whose fault a failure is, and whether another try may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    User,
    /// The backend classifies a container that runs out of memory in this way, too.
    UserButTryAgain,
    System,
}

/// The common failures, the most specific first: an executor that was killed also lost its tasks.
pub(super) const KINDS: &[FailureKind] = &[
    FailureKind {
        signs: &[
            "exited with code 137",
            "exit code 137",
            "Exit status: 137",
            "exitCode 137",
            "OOMKilled",
            "beyond the 'PHYSICAL' memory limit",
            "exceeding memory limits",
        ],
        advice: "an executor was killed because it used more memory than allowed (exit code 137); raise `spark.executor.memory` or `spark.executor.memoryOverhead` in the task's `conf(...)`, or use more partitions",
        fault: Fault::UserButTryAgain,
    },
    FailureKind {
        signs: &["spark.driver.maxResultSize"],
        advice: "the result is too large to be collected in the driver; write it out or aggregate it, or raise `spark.driver.maxResultSize`",
        fault: Fault::User,
    },
    FailureKind {
        signs: &[
            "executor driver): java.lang.OutOfMemoryError",
            "[Unknown error] Java heap space",
            "[Unknown error] GC overhead limit exceeded",
            "Not enough memory to build and broadcast",
        ],
        advice: "the driver is out of memory; raise `spark.driver.memory` in the task's `conf(...)`, or collect and broadcast less",
        fault: Fault::User,
    },
    FailureKind {
        signs: &[
            "OutOfMemoryError",
            "exited with code 52",
            "exit code 52",
            "Java heap space",
            "GC overhead limit exceeded",
            "UNABLE_TO_ACQUIRE_MEMORY",
        ],
        advice: "an executor is out of memory; raise `spark.executor.memory` in the task's `conf(...)`, or use more partitions",
        fault: Fault::User,
    },
    FailureKind {
        signs: &[
            "ExecutorLostFailure",
            "ExecutorDeadException",
            "Executor heartbeat timed out",
            "Remote RPC client disassociated",
            "worker lost",
        ],
        advice: "an executor was lost while it worked; another try may succeed",
        fault: Fault::System,
    },
    FailureKind {
        signs: &["FetchFailed", "MetadataFetchFailedException"],
        advice: "an executor was lost with results that others needed; another try may succeed",
        fault: Fault::System,
    },
    FailureKind {
        signs: &[
            "SESSION_NOT_FOUND",
            "SESSION_CHANGED",
            "OPERATION_NOT_FOUND",
            "INVALID_CURSOR",
            "stopped SparkContext",
        ],
        advice: "the Spark Connect server no longer knows the session: it was restarted, or its application ended; another try may succeed",
        fault: Fault::System,
    },
    FailureKind {
        signs: &["SESSION_CLOSED"],
        advice: "the session was stopped before this; open another one with `flytekit::spark::new_spark_session`",
        fault: Fault::User,
    },
    FailureKind {
        signs: &[
            "OPERATION_CANCELED",
            "OPERATION_CANCELLED",
            "cancelled as part of",
            "SPARK_JOB_CANCELLED",
        ],
        advice: "the operation was cancelled",
        fault: Fault::User,
    },
    FailureKind {
        signs: &["Cannot run program", "PYTHON_VERSION_MISMATCH"],
        advice: "this needs Python where the executors run, but no suitable Python was found there; use an image that has it (and names it in `PYSPARK_PYTHON`), or do without a Python function",
        fault: Fault::User,
    },
    FailureKind {
        signs: &[
            "No FileSystem for scheme",
            "UnsupportedFileSystemException",
            "S3AFileSystem not found",
            "GoogleHadoopFileSystem not found",
        ],
        advice: "Spark has no support for the file system of this address; add its package with `spark.jars.packages`, use an image that has it, or for `s3://` write `s3a://`",
        fault: Fault::User,
    },
    FailureKind {
        signs: &[
            "Permission denied",
            "AccessControlException",
            "AccessDenied",
            "Access Denied",
            "403 Forbidden",
            "Status Code: 403",
            "INSUFFICIENT_PERMISSIONS",
        ],
        advice: "Spark lacks the permission to read or write there; check the rights of the executors' user or service account",
        fault: Fault::User,
    },
    FailureKind {
        signs: &[
            "PATH_NOT_FOUND",
            "FILE_NOT_EXIST",
            "FileNotFoundException",
            "No such file or directory",
        ],
        advice: "a file or folder does not exist; Spark looks for a path on the machines where Spark runs, not where the task's function runs",
        fault: Fault::User,
    },
];
