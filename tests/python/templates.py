"""Usage: templates.py FROM TO

Checks that flytekit reads each flyteidl.admin.TaskSpec in the folder FROM, and writes it unchanged. Writes
flytekit's templates of the twins of the fixture's tasks into the folder TO, one TaskSpec per file, and
`accelerators.json`, the devices of flytekit's accelerators.
"""

import json
import sys
from pathlib import Path

from flyteidl.admin.task_pb2 import TaskSpec
from flytekit.extras import accelerators
from flytekit.models.task import TaskSpec as TaskSpecModel
from oracle import task_spec, twins


def read_again(path):
    spec = TaskSpec.FromString(path.read_bytes())
    again = TaskSpecModel.from_flyte_idl(spec).to_flyte_idl()
    if not spec.HasField("description"):
        # flytekit reads a missing description of its own raw containers, too.
        again.ClearField("description")
    if again != spec:
        sys.exit(f"flytekit reads {path.name} as\n{again}\nnot as\n{spec}")


def devices():
    return {
        name: value.to_flyte_idl().device
        for name, value in vars(accelerators).items()
        if isinstance(value, accelerators.BaseAccelerator)
    }


def main():
    from_folder, to_folder = map(Path, sys.argv[1:])
    for path in sorted(from_folder.iterdir()):
        read_again(path)
    for name, task in twins().items():
        (to_folder / f"{name}.pb").write_bytes(task_spec(task).SerializeToString())
    (to_folder / "accelerators.json").write_text(json.dumps(devices()))


if __name__ == "__main__":
    main()
