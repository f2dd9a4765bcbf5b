"""Usage: dynamic_jobs.py TO

Runs flytekit's entrypoint for the dynamic tasks of `dynamics.py`, with two inputs each, and puts their files
into TO/NAME/N. TO/settings has the value of `_F_SS_C` in their containers. Templates are in TO/NAME.pb.
"""

import os
import sys
from pathlib import Path

import dynamics
from flytekit.bin.entrypoint import execute_task_cmd
from flytekit.core.python_function_task import PythonFunctionTask
from flytekit.models.literals import LiteralMap, Literal, Primitive, Scalar
from oracle import SETTINGS, task_spec


def main():
    folder = Path(sys.argv[1])
    folder.joinpath("settings").write_text(SETTINGS.serialized_context)
    os.environ["_F_SS_C"] = SETTINGS.serialized_context
    os.environ["FLYTE_INTERNAL_TASK_VERSION"] = SETTINGS.version
    tasks = [
        it
        for it in vars(dynamics).values()
        if isinstance(it, PythonFunctionTask) and it.name.startswith("dynamics.")
    ]
    for task in tasks:
        folder.joinpath(f"{task.name}.pb").write_bytes(task_spec(task).SerializeToString())
    for task in tasks:
        for n in (0, 4):
            place = folder / task.name / str(n)
            place.mkdir(parents=True)
            given = LiteralMap({"n": Literal(scalar=Scalar(primitive=Primitive(integer=n)))})
            inputs = place / "inputs.pb"
            inputs.write_bytes(given.to_flyte_idl().SerializeToString())
            # A task keeps the graph of its first run, so each run has a process, as in Flyte.
            process = os.fork()
            if process == 0:
                execute(task, inputs, place, folder)
                os._exit(0)
            assert os.waitpid(process, 0)[1] == 0, task.name


def execute(task, inputs, place, folder):
    arguments = ["--inputs", str(inputs), "--output-prefix", str(place), "--raw-output-data-prefix", str(folder / "raw")]
    resolver = ["--resolver", "flytekit.core.python_auto_container.default_task_resolver"]
    found = ["--", "task-module", "dynamics", "task-name", task.name.rpartition(".")[2]]
    execute_task_cmd.main(arguments + resolver + found, standalone_mode=False)


if __name__ == "__main__":
    main()
