//! The names of options in flytekit for Python, and of options that people look for in another list.

/// A name, the option that it means, and how to write that option within the attribute's parentheses.
type Other = (&'static str, &'static str, &'static str);

const OTHERS: &[Other] = &[
    ("annotation", "annotations", "annotations(…)"),
    ("applications_path", "application", "spark(application = …)"),
    (
        "cache_ignore_input_vars",
        "ignore_inputs",
        "cache(ignore_inputs(…))",
    ),
    ("cache_serialize", "serialize", "cache(serialize)"),
    ("cache_version", "version", "cache(version = …)"),
    ("conf", "conf", "spark(conf(…))"),
    ("count", "count", "dask(workers(count = …))"),
    ("cpu", "cpu", "requests(cpu = …)"),
    (
        "databricks_auth_type",
        "auth_type",
        "credentials(auth_type = …)",
    ),
    (
        "databricks_client_id",
        "client_id",
        "credentials(client_id = …)",
    ),
    (
        "databricks_instance",
        "instance",
        "databricks(instance = …)",
    ),
    (
        "databricks_oauth_secret",
        "oauth_secret",
        "credentials(oauth_secret = …)",
    ),
    (
        "databricks_oidc_audience",
        "oidc_audience",
        "credentials(oidc_audience = …)",
    ),
    (
        "databricks_oidc_token_file",
        "oidc_token_file",
        "credentials(oidc_token_file = …)",
    ),
    (
        "databricks_service_credential_provider",
        "service_credential_provider",
        "databricks(service_credential_provider = …)",
    ),
    (
        "databricks_token_secret",
        "token_secret",
        "credentials(token_secret = …)",
    ),
    ("databricks_v2", "databricks", "databricks(…)"),
    ("device", "device", "accelerator(device = …)"),
    ("driver_pod", "driver_pod", "spark(driver_pod(…))"),
    ("environment", "env", "env(…)"),
    (
        "ephemeral_storage",
        "ephemeral_storage",
        "requests(ephemeral_storage = …)",
    ),
    ("executor_path", "executor_path", "spark(executor_path = …)"),
    ("executor_pod", "executor_pod", "spark(executor_pod(…))"),
    (
        "existing_cluster_id",
        "existing_cluster_id",
        "databricks(existing_cluster_id = …)",
    ),
    ("gpu", "gpu", "requests(gpu = …)"),
    ("group_version", "version", "secrets(secret(version = …))"),
    ("hadoop_conf", "hadoop_conf", "spark(hadoop_conf(…))"),
    ("ignore_inputs", "ignore_inputs", "cache(ignore_inputs(…))"),
    ("main_class", "main_class", "generic_spark(main_class = …)"),
    ("mem", "mem", "requests(mem = …)"),
    ("memory", "mem", "requests(mem = …)"),
    ("mount_requirement", "mount", "secrets(secret(mount = …))"),
    ("new_cluster", "new_cluster", "databricks(new_cluster(…))"),
    (
        "notebook_base_parameters",
        "notebook",
        "notebook(parameters(…))",
    ),
    ("notebook_path", "notebook", "notebook(path = …)"),
    ("notebook_task", "notebook", "notebook(path = …)"),
    ("number_of_workers", "count", "dask(workers(count = …))"),
    ("partition", "partition", "accelerator(partition = …)"),
    ("pod_spec", "spec", "pod_template(spec = …)"),
    (
        "primary_container_name",
        "primary_container",
        "pod_template(primary_container = …)",
    ),
    ("scheduler", "scheduler", "dask(scheduler(…))"),
    ("secret", "secrets", "secrets(secret(…))"),
    ("secret_requests", "secrets", "secrets(secret(…))"),
    ("serialize", "serialize", "cache(serialize)"),
    ("spark_conf", "conf", "spark(conf(…))"),
    ("task_config", "", "spark(…)` or `dask(…)"),
    ("version", "version", "cache(version = …)"),
    ("workers", "workers", "dask(workers(…))"),
];

/// The suggestion for a name that is not among the choices: the intended choice, or the place of that option.
pub(crate) fn meant(name: &str, choices: &[&str]) -> Option<&'static str> {
    let (_, option, whole) = OTHERS.iter().find(|(other, _, _)| *other == name)?;
    Some(if choices.contains(option) {
        option
    } else {
        whole
    })
}

#[cfg(test)]
mod tests {
    use super::{OTHERS, meant};

    #[test]
    fn what_is_meant_is_a_choice_or_stands_elsewhere() {
        assert_eq!(meant("spark_conf", &["conf", "hadoop_conf"]), Some("conf"));
        assert_eq!(meant("spark_conf", &["retries"]), Some("spark(conf(…))"));
        assert_eq!(
            meant("applications_path", &["main_class", "application"]),
            Some("application")
        );
        assert_eq!(meant("gpu", &["retries"]), Some("requests(gpu = …)"));
        assert_eq!(meant("retires", &["retries"]), None);
    }

    #[test]
    fn names_are_there_once_and_in_order() {
        assert!(OTHERS.is_sorted_by(|one, next| one.0 < next.0));
    }
}
