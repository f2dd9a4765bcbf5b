"""The task that `bench execute` runs with pyflyte-execute; run as a program, it writes its inputs.

usage: noop.py FILE
"""

import sys
from pathlib import Path

from flytekit import task
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine


@task
def noop(n: int) -> int:
    return n


def main(file: Path) -> None:
    inputs = TypeEngine.dict_to_literal_map(
        FlyteContextManager.current_context(), {"n": 7}, noop.python_interface.inputs
    )
    file.write_bytes(inputs.to_flyte_idl().SerializeToString())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
