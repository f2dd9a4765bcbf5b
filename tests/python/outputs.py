"""Prints outputs as flytekit reads them: outputs.py PREFIX [NAME=TYPE]..., as one JSON object."""

import json
import sys
import typing  # noqa: F401, for the types given

from flyteidl.core import literals_pb2
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import LiteralMap


def main():
    prefix, *variables = sys.argv[1:]
    types = {name: eval(python) for name, python in (it.split("=", 1) for it in variables)}
    with open(f"{prefix}/outputs.pb", "rb") as file:
        literals = LiteralMap.from_flyte_idl(literals_pb2.LiteralMap.FromString(file.read()))
    assert sorted(literals.literals) == sorted(types), (sorted(literals.literals), sorted(types))
    context = FlyteContextManager.current_context()
    print(json.dumps(TypeEngine.literal_map_to_kwargs(context, literals, types)))


main()
