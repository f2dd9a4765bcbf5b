"""The twin of `spark_app.total`, for flytekit's Spark plugin."""

import flytekit
from flytekit import task
from flytekitplugins.spark import Spark


@task(task_config=Spark())
def total(limit: int) -> int:
    spark = flytekit.current_context().spark_session
    return spark.sql(f"select sum(id) as total from range({limit})").collect()[0].total
