"""Starts a task that flytekit registered: flytekit's own program, in the driver's Python."""

import sys

from flytekit.bin import entrypoint

COMMANDS = {
    "pyflyte-execute": entrypoint.execute_task_cmd,
    "pyflyte-fast-execute": entrypoint.fast_execute_task_cmd,
    "pyflyte-map-execute": entrypoint.map_execute_task_cmd,
}

name, *words = sys.argv[1:]
COMMANDS[name](words)
