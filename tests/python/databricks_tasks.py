"""Tasks on Databricks, with all kinds of configurations."""

import warnings

from flytekit import task
from flytekitplugins.spark import Databricks, DatabricksV2

CLUSTER = {"spark_version": "13.3.x-scala2.12", "node_type_id": "m5.xlarge", "num_workers": 2}
GIT = {"git_url": "https://example.com/repo", "git_provider": "gitLab", "git_branch": "main"}
NOTEBOOK = "/Users/somebody/notebook"

CONFIGURATIONS = {
    "new_cluster": DatabricksV2(
        spark_conf={"spark.x": "1"},
        databricks_conf={"run_name": "a run", "timeout_seconds": 3600, "max_retries": 1, "new_cluster": CLUSTER},
    ),
    "own_cluster": DatabricksV2(
        databricks_conf={
            "new_cluster": {
                **CLUSTER,
                "docker_image": {"url": "own/image:1"},
                "spark_conf": {"spark.y": "2"},
                "spark_env_vars": {"OWN": "1", "MODE": "own"},
            },
            "git_source": GIT,
            "python_file": "own/start.py",
        }
    ),
    "existing_cluster": DatabricksV2(databricks_conf={"existing_cluster_id": "1201-cluster"}),
    "both_clusters": DatabricksV2(databricks_conf={"existing_cluster_id": "1201-cluster", "new_cluster": CLUSTER}),
    "cluster_and_environment": DatabricksV2(
        databricks_conf={"existing_cluster_id": "1201-cluster", "environment_key": "left"}
    ),
    "serverless": DatabricksV2(databricks_conf={"run_name": "a run", "environment_key": "mine"}),
    "serverless_environments": DatabricksV2(
        databricks_conf={
            "environment_key": "mine",
            "environments": [
                {
                    "environment_key": "mine",
                    "spec": {"client": "3", "dependencies": ["pandas==2.2"], "environment_vars": {"MODE": "own"}},
                },
                {"environment_key": "other", "spec": {"client": "1"}},
            ],
        },
        databricks_service_credential_provider="provider",
    ),
    "serverless_other_environments": DatabricksV2(
        databricks_conf={"environments": [{"environment_key": "other", "spec": {"client": "2"}}]}
    ),
    "serverless_own_file": DatabricksV2(
        databricks_conf={"environment_key": "mine", "git_source": GIT, "python_file": "own/start.py"}
    ),
    "notebook": DatabricksV2(
        databricks_conf={"new_cluster": CLUSTER},
        notebook_path=NOTEBOOK,
        notebook_base_parameters={"day": "2026-01-31"},
    ),
    "notebook_existing": DatabricksV2(databricks_conf={"existing_cluster_id": "c"}, notebook_path=NOTEBOOK),
    "notebook_git": DatabricksV2(
        databricks_conf={"existing_cluster_id": "c", "git_source": GIT}, notebook_path="notebooks/one"
    ),
    "notebook_serverless": DatabricksV2(databricks_conf={"environment_key": "mine"}, notebook_path=NOTEBOOK),
    "no_compute": DatabricksV2(databricks_conf={"run_name": "a run"}),
    "wrong_auth_type": DatabricksV2(databricks_conf={"existing_cluster_id": "c"}, databricks_auth_type="magic"),
    "token_secret": DatabricksV2(databricks_conf={"existing_cluster_id": "c"}, databricks_token_secret="team-token"),
    "principal_beside_token": DatabricksV2(
        databricks_conf={"existing_cluster_id": "c"}, databricks_oauth_secret="team-oauth"
    ),
    "m2m": DatabricksV2(databricks_conf={"existing_cluster_id": "c"}, databricks_auth_type="oauth_m2m"),
    "m2m_secret": DatabricksV2(
        databricks_conf={"existing_cluster_id": "c"},
        databricks_auth_type="oauth_m2m",
        databricks_oauth_secret="team-oauth",
        databricks_client_id="ignored-for-the-secret",
    ),
    "oidc": DatabricksV2(databricks_conf={"existing_cluster_id": "c"}, databricks_auth_type="oidc_federation"),
    "oidc_audience": DatabricksV2(
        databricks_conf={"existing_cluster_id": "c"},
        databricks_auth_type="oidc_federation",
        databricks_client_id="of-file",
        databricks_oidc_audience="elsewhere",
    ),
}


def body(number: int) -> int:
    if number < 0:
        raise ValueError(f"{number} is negative")
    return number + 1


def void(number: int):
    if number < 0:
        raise ValueError(f"{number} is negative")


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    CONFIGURATIONS["older"] = Databricks(databricks_conf={"existing_cluster_id": "c"}, databricks_instance="of.the.task")


def made(function, configuration):
    return task(task_config=configuration, environment={"MODE": "flyte"}, container_image="registry/image:1")(function)


TASKS = {name: made(body, configuration) for name, configuration in CONFIGURATIONS.items()}
TASKS["void"] = made(void, CONFIGURATIONS["new_cluster"])
