"""Decodes and encodes values of each family with flytekit, and prints how long it took.

usage: values.py write FOLDER
       values.py measure FOLDER ROUNDS
"""

import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Dict, List, Optional

from flyteidl.core import literals_pb2
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal


@dataclass
class Place:
    latitude: float
    longitude: float


@dataclass
class Record:
    id: int
    label: str
    place: Place
    samples: List[float]
    note: Optional[str]


def record(i):
    note = "checked" if i % 3 == 0 else None
    return Record(i, f"station {i}", Place(i / 7, -i / 9), [i / (n + 1) for n in range(i % 8)], note)


START = datetime(2024, 1, 1, tzinfo=timezone.utc)

# Of both signs and all sizes: a varint takes from one byte to ten.
FAMILIES = {
    "integers": (List[int], lambda: [(-3) ** (i % 40) for i in range(1_000_000)]),
    "floats": (List[float], lambda: [i / 7 for i in range(100_000)]),
    "texts": (List[str], lambda: ["x" * (i % 40) for i in range(100_000)]),
    "options": (List[Optional[int]], lambda: [i if i % 3 else None for i in range(100_000)]),
    "times": (List[datetime], lambda: [START + timedelta(microseconds=i * 7919) for i in range(100_000)]),
    "maps": (Dict[str, int], lambda: {f"key {i}": i for i in range(100_000)}),
    "records": (List[Record], lambda: [record(i) for i in range(20_000)]),
}


def encode(values, python_type):
    context = FlyteContextManager.current_context()
    literal_type = TypeEngine.to_literal_type(python_type)
    literal = TypeEngine.to_literal(context, values, python_type, literal_type)
    return literal.to_flyte_idl().SerializeToString(deterministic=True)


def decode(data, python_type):
    context = FlyteContextManager.current_context()
    literal = Literal.from_flyte_idl(literals_pb2.Literal.FromString(data))
    return TypeEngine.to_python_value(context, literal, python_type)


def write(folder):
    for name, (python_type, values) in FAMILIES.items():
        (folder / f"{name}.pb").write_bytes(encode(values(), python_type))


def measure(folder, rounds):
    for name, (python_type, values) in FAMILIES.items():
        data = (folder / f"{name}.pb").read_bytes()
        for _ in range(rounds):
            started = time.perf_counter()
            read = decode(data, python_type)
            decoded = time.perf_counter()
            again = encode(read, python_type)
            encoded = time.perf_counter()
            print(f"{name}-decode-python", decoded - started)
            print(f"{name}-encode-python", encoded - decoded)
            assert read == values() and len(again) == len(data), f"flytekit's {name} differ"


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        measure(Path(sys.argv[2]), int(sys.argv[3]))
