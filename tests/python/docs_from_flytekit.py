"""Compares the page for users of flytekit with flytekit's own signatures.

    docs_from_flytekit.py PAGE REPORT

The report has the problems of each section of the page.
"""

import inspect
import json
import re
import sys
import types
from pathlib import Path

import flytekit
from flytekit.core.context_manager import ExecutionParameters
from flytekit.core.node import Node
from flytekit.extras.sqlite3.task import SQLite3Task
from flytekitplugins.dask import Dask, Scheduler, WorkerGroup
from flytekitplugins.spark import DatabricksV2, Spark

# Objects that are not names of flytekit itself.
ELSEWHERE = {
    "Node.with_overrides": Node.with_overrides,
    "LaunchPlan.get_or_create": flytekit.LaunchPlan.get_or_create,
    "ContainerTask": flytekit.ContainerTask.__init__,
    "SQLite3Task": SQLite3Task.__init__,
    "Spark": Spark,
    "DatabricksV2": DatabricksV2,
    "Dask": Dask,
    "WorkerGroup": WorkerGroup,
    "Scheduler": Scheduler,
}

# Classes whose methods and properties are compared, not the parameters of their constructors.
BY_MEMBERS = {"Checkpoint": flytekit.Checkpoint, "ExecutionParameters": ExecutionParameters}

# Parameters without a meaning of their own.
PASSED_ON = {"self", "args", "kwargs", "_task_function", "_workflow_function"}

# Sections that have a text in place of a table, and the section for all other names.
WITHOUT_TABLE = {"dynamic", "ImageSpec", "Types"}
OTHERS = "Other names"

CODE = re.compile(r"`([^`]+)`")


def sections(page: str) -> dict[str, list[str]]:
    """The names in the first column of each section's table."""
    found: dict[str, list[str]] = {}
    for part in page.split("\n## ")[1:]:
        head, _, text = part.partition("\n")
        rows = [line for line in text.splitlines() if line.startswith("| `")]
        found[head.strip().strip("`")] = [CODE.findall(row)[0] for row in rows]
    return found


def members(name: str) -> set[str]:
    """The names that the section with this name must describe."""
    if name in BY_MEMBERS:
        return {member for member in dir(BY_MEMBERS[name]) if not member.startswith("_")}
    entity = ELSEWHERE.get(name) or getattr(flytekit, name)
    return set(inspect.signature(entity).parameters) - PASSED_ON


def public_names() -> set[str]:
    """flytekit's names, without its modules and those that it imports."""
    names = {name for name in dir(flytekit) if not name.startswith("_")}
    names = {name for name in names if not isinstance(getattr(flytekit, name), types.ModuleType)}
    # Helpers for flytekit's own imports.
    return names - {"lazy_module", "entry_points"}


def problems(page: str) -> dict[str, list[str]]:
    found = sections(page)
    report = {}
    for name, told in found.items():
        if name in WITHOUT_TABLE or name == OTHERS:
            continue
        wanted = members(name)
        report[name] = [f"untold: {it}" for it in sorted(wanted - set(told))]
        report[name] += [f"gone: {it}" for it in sorted(set(told) - wanted)]
    wanted = {name for name in public_names() if name not in found}
    told = set(found[OTHERS])
    report[OTHERS] = [f"untold: {it}" for it in sorted(wanted - told)]
    report[OTHERS] += [f"gone: {it}" for it in sorted(told - wanted)]
    return report


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(problems(Path(sys.argv[1]).read_text())))
