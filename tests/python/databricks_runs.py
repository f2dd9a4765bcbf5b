"""Tasks on Databricks that are run, too."""

import flytekit
from flytekit import task
from flytekitplugins.spark import DatabricksV2


def sum_below(number):
    if number < 0:
        raise ValueError(f"{number} is negative")
    spark = flytekit.current_context().spark_session
    return spark.range(number).groupBy().sum().first()[0]


@task(task_config=DatabricksV2(databricks_conf={"new_cluster": {"num_workers": 1}}), container_image="registry/image:1")
def total(number: int) -> int:
    return sum_below(number)


@task(task_config=DatabricksV2(databricks_conf={"environment_key": "mine"}), container_image="registry/image:1")
def total_serverless(number: int) -> int:
    return sum_below(number)
