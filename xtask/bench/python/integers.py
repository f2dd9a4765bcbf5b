"""Decodes and encodes a list of integers with flytekit, and prints how long it took.

usage: integers.py write FILE LENGTH
       integers.py measure FILE ROUNDS
"""

import sys
import time
from pathlib import Path

from flyteidl.core import literals_pb2
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal

CONTEXT = FlyteContextManager.current_context()
TYPE = list[int]
LITERAL_TYPE = TypeEngine.to_literal_type(TYPE)


def decode(data: bytes) -> list[int]:
    literal = Literal.from_flyte_idl(literals_pb2.Literal.FromString(data))
    return TypeEngine.to_python_value(CONTEXT, literal, TYPE)


def encode(values: list[int]) -> bytes:
    literal = TypeEngine.to_literal(CONTEXT, values, TYPE, LITERAL_TYPE)
    return literal.to_flyte_idl().SerializeToString()


def write(file: Path, length: int) -> None:
    # Of both signs and all sizes: a varint takes from one byte to ten.
    values = [(-3) ** (i % 40) for i in range(length)]
    file.write_bytes(encode(values))


def measure(file: Path, rounds: int) -> None:
    data = file.read_bytes()
    for _ in range(rounds):
        started = time.perf_counter()
        again = encode(decode(data))
        print("flytekit", time.perf_counter() - started)
        assert again == data, "what flytekit encodes is not what it decoded"


if __name__ == "__main__":
    act = {"write": write, "measure": measure}[sys.argv[1]]
    act(Path(sys.argv[2]), int(sys.argv[3]))
