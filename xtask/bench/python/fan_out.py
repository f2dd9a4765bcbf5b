"""The dynamic task that `bench dynamic` runs with pyflyte-execute; run as a program, it writes the inputs of both
tasks and the settings of their registration.

usage: fan_out.py FOLDER
"""

import base64
import gzip
import sys
from pathlib import Path
from typing import List

from flytekit import dynamic, task
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine


@task
def double(n: int) -> int:
    return 2 * n


@task
def total(numbers: List[int]) -> int:
    return sum(numbers)


@dynamic
def fan_out(n: int) -> int:
    return total(numbers=[double(n=i) for i in range(n - 1)])


def main(folder: Path) -> None:
    def write(name, values, types):
        inputs = TypeEngine.dict_to_literal_map(FlyteContextManager.current_context(), values, types)
        folder.joinpath(name).write_bytes(inputs.to_flyte_idl().SerializeToString())

    write("nodes.pb", {"n": 1_000}, {"n": int})
    write("elements.pb", {"n": list(range(10_000))}, {"n": List[int]})
    settings = SerializationSettings(
        project="p",
        domain="d",
        version="v",
        image_config=ImageConfig(default_image=Image("default", "registry/default", "tag")),
    )
    # Not compressed, as registration writes them for small programs.
    stored = gzip.compress(gzip.decompress(base64.b64decode(settings.serialized_context)), compresslevel=0, mtime=0)
    folder.joinpath("settings").write_bytes(base64.b64encode(stored))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
