"""Templates of tasks on Databricks, as flytekit registers them: databricks_templates.py FOLDER writes NAME.pb."""

import sys
from pathlib import Path

import databricks_runs
from databricks_tasks import TASKS
from oracle import task_spec


def main():
    folder = Path(sys.argv[1])
    runs = {name: getattr(databricks_runs, name) for name in ("total", "total_serverless")}
    for name, task in (TASKS | runs).items():
        (folder / f"{name}.pb").write_bytes(task_spec(task).template.SerializeToString())


main()
