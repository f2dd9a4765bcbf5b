"""Usage: runs.py BINARY REPORT

Runs tasks of the binary as containers of Flyte would: with files, and with the args of their own
templates. Their twins run in flytekit, on the same `inputs.pb`. Writes what differs to the file REPORT, as JSON (flytekit
logs to stdout):

{"values": {CASE: [PROBLEM, …]}, "errors": {CASE: [PROBLEM, …]}}
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from pprint import pformat
from typing import Any, Dict, List

from flyteidl.admin.task_pb2 import TaskSpec
from flyteidl.core.errors_pb2 import ErrorDocument
from flyteidl.core.literals_pb2 import LiteralMap
from flytekit import FlyteContextManager
from flytekit.bin.entrypoint import _dispatch_execute, setup_execution
from flytekit.core.type_engine import TypeEngine
from flytekit.models.core.errors import ContainerError
from flytekit.models.core.errors import ErrorDocument as ErrorDocumentModel
from flytekit.models.core.execution import ExecutionError
from flytekit.models.literals import LiteralMap as LiteralMapModel
from oracle import MODULES, twins

TWINS = twins(*MODULES)
DEADLINE = 60


@dataclass
class Case:
    """A run of a task.

    Inputs are encoded with the types of the twin unless `types` has others. With `error` the run
    fails: with this code, kind and origin.
    """

    name: str
    task: str
    inputs: Dict[str, Any]
    types: Dict[str, type] = field(default_factory=dict)
    error: tuple = ()

    @property
    def twin(self):
        return TWINS.get(self.task)

    def literal_map(self):
        types = {**(self.twin.python_interface.inputs if self.twin else {}), **self.types}
        return TypeEngine.dict_to_literal_map(FlyteContextManager.current_context(), self.inputs, types)


NAN = math.nan
TINY = 5e-324
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]

VALUES = [
    Case("plain", "fixture.declared.plain", {"a": 1, "b": 2}),
    Case("scalars", "fixture.values.scalars", {"i": 7, "f": 1.5, "b": True, "s": "text"}),
    Case("zeros", "fixture.values.scalars", {"i": 0, "f": 0.0, "b": False, "s": ""}),
    Case("least", "fixture.values.scalars", {"i": -(2**63), "f": -math.inf, "b": False, "s": "\0"}),
    Case("greatest", "fixture.values.scalars", {"i": 2**63 - 1, "f": math.inf, "b": True, "s": "\U0010ffff"}),
    Case("signs", "fixture.values.scalars", {"i": -1, "f": -0.0, "b": True, "s": "zwölf 十二 🎉\n\t\"'\\"}),
    Case("no number", "fixture.values.scalars", {"i": 2**31, "f": NAN, "b": True, "s": " " * 300}),
    Case("tiny and long", "fixture.values.scalars", {"i": 127, "f": TINY, "b": True, "s": "é" * 100_000}),
    Case("an integer for a float", "fixture.values.scalars", {"i": 1, "f": 3, "b": True, "s": ""}, {"f": int}),
    Case("integers", "fixture.values.integers", dict(zip(INTEGERS, range(1, 9)))),
    Case(
        "least integers",
        "fixture.values.integers",
        dict(zip(INTEGERS, [-(2**7), -(2**15), -(2**31), -(2**63), 0, 0, 0, 0])),
    ),
    Case(
        "greatest integers",
        "fixture.values.integers",
        # Flyte has no integers above those of 64 bits with a sign.
        dict(zip(INTEGERS, [2**bits - 1 for bits in (7, 15, 31, 63, 8, 16, 32, 63)])),
    ),
    Case("short float", "fixture.values.short_float", {"x": 0.1}),
    Case("infinite short float", "fixture.values.short_float", {"x": math.inf}),
    Case("none", "fixture.values.none", {"nothing": None}),
    Case("empty lists", "fixture.values.lists", {"ints": [], "floats": [], "bools": [], "texts": []}),
    Case(
        "lists",
        "fixture.values.lists",
        {
            "ints": [0, -1, 2**63 - 1],
            "floats": [0.0, -0.0, 1e308, NAN],
            "bools": [False, True],
            "texts": ["", "a", "ä"],
        },
    ),
    Case(
        "long lists",
        "fixture.values.lists",
        {
            "ints": list(range(-500, 500)),
            "floats": [n / 7 for n in range(1000)],
            "bools": [n % 3 == 0 for n in range(1000)],
            "texts": [str(n) * (n % 50) for n in range(300)],
        },
    ),
    Case("empty maps", "fixture.values.maps", {"hashed": {}, "sorted": {}}),
    Case(
        "maps",
        "fixture.values.maps",
        {"hashed": {"": 0, "b": 1, "a": 2, "ß": 3}, "sorted": {"z": [], "a": [1.0, math.inf], "🎉": [NAN]}},
    ),
    Case("a large map", "fixture.values.maps", {"hashed": {f"key{n}": n for n in range(500)}, "sorted": {}}),
    Case("nothing", "fixture.values.options", dict.fromkeys(["i", "f", "b", "s", "ints", "texts"])),
    Case(
        "something",
        "fixture.values.options",
        {"i": 3, "f": 0.5, "b": False, "s": "", "ints": [1, 2], "texts": {"k": "v"}},
    ),
    Case(
        "something bare",
        "fixture.values.options",
        {"i": 3, "f": 0.5, "b": False, "s": "x", "ints": [], "texts": {}},
        {"i": int, "f": float, "b": bool, "s": str, "ints": List[int], "texts": Dict[str, str]},
    ),
    Case(
        "nothing bare",
        "fixture.values.options",
        dict.fromkeys(["i", "f", "b", "s", "ints", "texts"]),
        dict.fromkeys(["i", "f", "b", "s", "ints", "texts"], type(None)),
    ),
    Case("nothing nested", "fixture.values.nested", {"value": {}}),
    Case(
        "nested",
        "fixture.values.nested",
        {"value": {"a": [{}, {"x": None, "y": []}], "b": [], "c": [{"z": [1, None, -1]}]}},
    ),
    Case("named", "fixture.values.named", {"values": [3.0, -1.5, 2.25]}),
    Case("named without a mean", "fixture.values.named", {"values": []}),
    Case("void", "fixture.values.void", {"text": "x"}),
    Case("asynchronous", "fixture.values.asynchronous", {"text": "olleh"}),
]

FINAL = ContainerError.Kind.NON_RECOVERABLE
RECOVERABLE = ContainerError.Kind.RECOVERABLE
USER = ExecutionError.ErrorKind.USER
SYSTEM = ExecutionError.ErrorKind.SYSTEM

ERRORS = [
    Case("user error", "fixture.failing.user_error", {"text": "no"}, error=("USER:RuntimeError", FINAL, USER)),
    Case("recoverable", "fixture.failing.recoverable", {"text": "later"}, error=("USER:Recoverable", RECOVERABLE, USER)),
    Case("several lines", "fixture.failing.user_error", {"text": "a\nb\n\nc"}, error=("USER:RuntimeError", FINAL, USER)),
    # What flytekit has no twin for, or another code (a mistyped input is the system's fault there).
    Case("panic", "fixture.broken.panics", {"text": "ä"}, {"text": str}, error=("USER:Panic", FINAL, USER)),
    Case("missing input", "fixture.broken.panics", {}, error=("USER:BadInput", FINAL, USER)),
    Case("mistyped input", "fixture.broken.panics", {"text": 3}, {"text": int}, error=("USER:BadInput", FINAL, USER)),
]


class Rust:
    """The binary, started as the backend starts containers."""

    def __init__(self, binary, **env):
        self.binary = binary
        self.env = {**os.environ, **env}

    @cache
    def args(self, task):
        described = subprocess.run(
            [self.binary, "describe", task, "--format", "pb"], check=True, capture_output=True, timeout=DEADLINE
        )
        return list(TaskSpec.FromString(described.stdout).template.container.args)

    def execute(self, task, inputs, prefix):
        rendered = {
            "{{.input}}": str(inputs),
            "{{.outputPrefix}}": str(prefix),
            "{{.rawOutputDataPrefix}}": str(prefix / "raw"),
            "{{.checkpointOutputPrefix}}": str(prefix / "raw" / "_flytecheckpoints"),
            "{{.prevCheckpointPrefix}}": '""',
        }
        _, *args = [rendered.get(arg, arg) for arg in self.args(task)]
        ended = subprocess.run([self.binary, *args], capture_output=True, timeout=DEADLINE, text=True, env=self.env)
        if ended.returncode != 0:
            raise AssertionError(f"exit code {ended.returncode}: {ended.stderr}")


def execute_here(twin, inputs, prefix):
    """The twin, as pyflyte-execute runs it."""
    os.mkdir(prefix)
    with setup_execution(str(prefix / "raw")) as context:
        _dispatch_execute(context, lambda: twin, str(inputs), str(prefix))


def outputs(prefix, twin):
    """The outputs as flytekit sees them: as bytes and a message, and as Python's values, sorted."""
    message = LiteralMap.FromString((prefix / "outputs.pb").read_bytes())
    values = TypeEngine.literal_map_to_kwargs(
        FlyteContextManager.current_context(), LiteralMapModel.from_flyte_idl(message), twin.python_interface.outputs
    )
    return message.SerializeToString(deterministic=True), message, pformat(values)


def value_problems(case, rust, here):
    left = sorted(path.name for path in rust.iterdir())
    if left != ["outputs.pb"]:
        yield f"Rust left {left}: {error(rust).message if 'error.pb' in left else ''}"
        return
    (bytes_rust, message_rust, values_rust), (bytes_here, message_here, values_here) = (
        outputs(prefix, case.twin) for prefix in (rust, here)
    )
    if bytes_rust != bytes_here:
        yield f"Rust wrote\n{message_rust}\nflytekit wrote\n{message_here}"
    if values_rust != values_here:
        yield f"read again, Rust's outputs are {values_rust}, flytekit's {values_here}"
    if not case.twin.python_interface.outputs and (rust / "outputs.pb").stat().st_size:
        yield "no outputs are not an empty file"


def error(prefix):
    document = ErrorDocument.FromString((prefix / "error.pb").read_bytes())
    return ErrorDocumentModel.from_flyte_idl(document).error


def error_problems(case, rust, here):
    left = sorted(path.name for path in rust.iterdir())
    if left != ["error.pb"]:
        yield f"Rust left {left}"
        return
    sides = [("Rust", error(rust))] + ([("flytekit", error(here))] if case.twin else [])
    for side, it in sides:
        found = (it.code, it.kind, it.origin)
        if found != case.error:
            yield f"{side}'s code, kind and origin are {found}"
        trace, _, message = it.message.partition("\nMessage:\n\n")
        if not trace.startswith("Trace:\n\n    ") or not message.startswith("    "):
            yield f"{side}'s message is not a trace and a message: {it.message!r}"
        text = case.inputs.get("text")
        if isinstance(text, str) and text.partition("\n")[0] not in message:
            yield f"{side}'s message does not say what happened: {it.message!r}"
        if it.timestamp.seconds < 1_700_000_000:
            yield f"{side}'s time is {it.timestamp}"


def problems(case, rust, check):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        inputs = folder / "inputs.pb"
        inputs.write_bytes(case.literal_map().to_flyte_idl().SerializeToString())
        rust.execute(case.task, inputs, folder / "rust")
        if case.twin:
            execute_here(case.twin, inputs, folder / "here")
        return list(check(case, folder / "rust", folder / "here"))


def main():
    binary, report = sys.argv[1:]
    rust = Rust(binary)
    found = {
        "values": {case.name: problems(case, rust, value_problems) for case in VALUES},
        "errors": {case.name: problems(case, rust, error_problems) for case in ERRORS},
    }
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
