"""Usage: runs.py BINARY REPORT

Runs tasks of the binary like containers of Flyte: with files, and with the args of their own templates. Their
twins run in flytekit, with the same `inputs.pb`. Writes the differences to the file REPORT, as JSON (flytekit
logs to stdout):

{"values": {CASE: [PROBLEM, …]}, "offloaded": {CASE: [PROBLEM, …]}, "errors": {CASE: [PROBLEM, …]}}
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from pprint import pformat
from typing import Any, Dict, List, Optional
from unittest.mock import patch

import msgpack
from flyteidl.admin.task_pb2 import TaskSpec
from flyteidl.core.errors_pb2 import ErrorDocument
from flyteidl.core.literals_pb2 import Literal as LiteralProto
from flyteidl.core.literals_pb2 import LiteralMap
from flytekit import FlyteContextManager
from flytekit.bin.entrypoint import _dispatch_execute, setup_execution
from flytekit.core.type_engine import TypeEngine
from flytekit.models.core.errors import ContainerError
from flytekit.models.core.errors import ErrorDocument as ErrorDocumentModel
from flytekit.models.core.execution import ExecutionError
from flytekit.models.literals import Binary, Literal, LiteralCollection, LiteralOffloadedMetadata, Scalar
from flytekit.models.literals import LiteralMap as LiteralMapModel
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from oracle import MODULES, twins
from fixture import data, time

TWINS = twins(*MODULES)
DEADLINE = 600


@dataclass
class Case:
    """A run of a task.

    Inputs are encoded with the types of the twin unless `types` has others; functions are given a
    folder for files, and make a literal themselves. With `error` the run fails: with this code, kind
    and origin. It has the variables `env` in its environment.
    """

    name: str
    task: str
    inputs: Dict[str, Any]
    types: Dict[str, type] = field(default_factory=dict)
    error: tuple = ()
    env: Dict[str, str] = field(default_factory=dict)

    @property
    def twin(self):
        return TWINS.get(self.task)

    def literal_map(self, folder):
        types = {**(self.twin.python_interface.inputs if self.twin else {}), **self.types}
        literals = {
            name: value(folder) if callable(value) else encoded(value, types.get(name, type(value)))
            for name, value in self.inputs.items()
        }
        return LiteralMapModel(literals)


def encoded(value, python_type):
    context = FlyteContextManager.current_context()
    return TypeEngine.to_literal(context, value, python_type, TypeEngine.to_literal_type(python_type))


def msgpacked(value):
    """A literal in the backend's form of a dataclass's attribute."""
    return lambda _: Literal(Scalar(binary=Binary(msgpack.packb(value), tag="msgpack")))


def generic(value):
    """A literal in the form of older SDKs and of the console."""
    return lambda _: Literal(Scalar(generic=ParseDict(value, Struct())))


def offloaded(value, python_type):
    """A literal in a file of its own."""

    def literal(folder):
        path = folder / f"{len(os.listdir(folder))}.pb"
        path.write_bytes(encoded(value, python_type).to_flyte_idl().SerializeToString())
        return Literal(offloaded_metadata=LiteralOffloadedMetadata(str(path), path.stat().st_size))

    return literal


def collection(*literals):
    """A list of literals that functions make."""
    return lambda folder: Literal(collection=LiteralCollection([literal(folder) for literal in literals]))


UTC = timezone.utc
WEST = timezone(timedelta(hours=-5, minutes=-30))
POINT = datetime(2024, 1, 2, 3, 4, 5, 678901, UTC)
LAST = datetime(9999, 12, 30, 21, 59, 59, 999999, UTC)


def times(at, naive, day, took):
    return {"at": at, "naive": naive, "day": day, "took": took}


SHIFT = time.Shift(
    POINT,
    datetime(2024, 1, 2),
    date(2024, 2, 29),
    timedelta(seconds=-0.1),
    LAST,
    [timedelta(microseconds=1), timedelta(days=400)],
    {"a": date.min, "b": date.max},
    {"a": 1, "b": [None, {"c": 2.5}]},
    12.5,
)
OTHER_SHIFT = time.Shift(
    POINT, datetime.min, date.min, timedelta(0), None, [], {}, {}, 0.0, timedelta(seconds=90), POINT
)
GENERIC_SHIFT = """{
    "at": "2024-01-02T03:04:05.678901+00:00", "local": "2024-01-02T03:04:05", "day": "2024-02-29",
    "took": 90, "ended": null, "breaks": [0.000001], "holidays": {"a": "0001-01-01"},
    "notes": {"a": 2.5}, "wage": 7
}"""

NAN = math.nan
TINY = 5e-324
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
    Case("times", "fixture.time.times", times(POINT, POINT, date(2024, 2, 29), timedelta(seconds=-1.5))),
    Case("times of 1970", "fixture.time.times", times(EPOCH, EPOCH, EPOCH.date(), timedelta(0))),
    Case(
        "first times",
        "fixture.time.times",
        times(datetime.min, datetime.min, date.min, timedelta(seconds=-315_576_000_000)),
    ),
    Case(
        "last times",
        "fixture.time.times",
        times(LAST, datetime.max, date.max, timedelta(seconds=315_576_000_000)),
    ),
    Case(
        "times before 1970, of other offsets",
        "fixture.time.times",
        times(
            datetime(1969, 12, 31, 20, 0, 0, 1, WEST),
            datetime(1812, 6, 24, 12),
            date(1969, 12, 31),
            timedelta(days=-1, microseconds=1),
        ),
    ),
    Case("the day of a point in time", "fixture.time.times", times(POINT, POINT, POINT, timedelta(1)), {"day": datetime}),
    Case(
        "times of attributes",
        "fixture.time.times",
        times(
            msgpacked("2024-01-02T23:04:05.678901-05:30"),
            msgpacked("2024-01-02 03:04"),
            msgpacked("2024-02-29"),
            msgpacked(90.000001),
        ),
    ),
    Case("clock", "fixture.time.clock", {"at": POINT, "took": timedelta(days=400, microseconds=1)}),
    Case("zoned", "fixture.time.zoned", {"at": POINT.astimezone(WEST)}),
    Case(
        "chrono",
        "fixture.time.chrono",
        {"at": POINT, "offset": POINT, "naive": datetime.max, "day": date.min, "took": timedelta(seconds=-0.000001)},
    ),
    Case(
        "containers of times",
        "fixture.time.containers",
        {"points": [POINT, EPOCH], "lengths": {"a": timedelta(1)}, "day": date(2024, 1, 2), "took": None},
    ),
    Case(
        "times inside objects",
        "fixture.time.inside_objects",
        {
            "points": dict(enumerate([POINT, EPOCH, LAST, datetime.min.replace(tzinfo=UTC)])),
            "naive": dict(enumerate([datetime.min, datetime.max, datetime(2024, 1, 2, 3, 4, 5, 100_000)])),
            "days": dict(enumerate([date.min, date.max, date(2024, 2, 29), date(1900, 3, 1)])),
            "lengths": dict(enumerate(timedelta(microseconds=sign * (7**n // 3)) for n in range(20) for sign in (1, -1))),
        },
    ),
    Case("times in dataclasses", "fixture.time.shifts", {"shift": SHIFT, "more": [OTHER_SHIFT]}),
    Case(
        "a dataclass of an older SDK",
        "fixture.time.shifts",
        {"shift": generic({**json.loads(GENERIC_SHIFT), "unknown": [1, {}]}), "more": []},
    ),
    Case("an offloaded dataclass", "fixture.time.shifts", {"shift": offloaded(SHIFT, time.Shift), "more": []}),
    Case("a point in time of a union", "fixture.time.unions", {"when": POINT, "more": [date(2024, 2, 29), timedelta(1), None]}),
    Case("a length of time of a union", "fixture.time.unions", {"when": timedelta(seconds=-1.5), "more": []}),
    Case("an offloaded union", "fixture.time.unions", {"when": offloaded(date(1970, 1, 1), time.When), "more": []}),
    Case("hashed", "fixture.objects.hashed", {"value": 5, "values": [0, -1]}),
    Case(
        "an object",
        "fixture.objects.object",
        {"value": {"a": None, "b": [1, -2.5, 2**64 - 1, -(2**63), {"x": True}], "c": {}, "d": "ä" * 40, "e": [[]] * 20}},
    ),
    Case("an empty object", "fixture.objects.object", {"value": {}}),
    Case("an object of an older SDK", "fixture.objects.object", {"value": generic({"a": [1, {"b": "c"}, None, 2.5]})}),
    Case("objects", "fixture.objects.objects", {"values": [{"a": 1}, {}], "perhaps": {"b": 1.0}}),
    Case("no objects", "fixture.objects.objects", {"values": [], "perhaps": None}),
    Case("by number", "fixture.objects.by_number", {"value": {-1: "a", 0: "", 2**40: "b"}}),
    Case(
        "offloaded inputs",
        "fixture.values.scalars",
        {"i": offloaded(7, int), "f": offloaded(1, int), "b": offloaded(True, bool), "s": offloaded("x" * 1000, str)},
    ),
    Case(
        "offloaded elements",
        "fixture.values.lists",
        {
            "ints": offloaded([1, 2], List[int]),
            "floats": collection(offloaded(1.5, float), offloaded(2.5, float)),
            "bools": [],
            "texts": collection(offloaded("x", str), lambda _: encoded("y", str)),
        },
    ),
    Case(
        "offloaded options",
        "fixture.values.options",
        {
            "i": offloaded(3, Optional[int]),
            "f": offloaded(None, Optional[float]),
            "b": offloaded(False, bool),
            "s": offloaded("x", Optional[str]),
            "ints": offloaded([1], List[int]),
            "texts": None,
        },
    ),
]

OFFLOADING = {"_F_L_MIN_SIZE_MB": "1"}
LARGE = {"length": 100_000, "text": "é\n\"🎉 zwölf", "numbers": [0.0, -0.0, 1.5, 1e16, 1e-5, 1 / 3, NAN, math.inf, 5e-324]}

OFFLOADED = [
    Case("large outputs", "fixture.objects.large", LARGE, env=OFFLOADING),
    Case("small outputs", "fixture.objects.large", {**LARGE, "length": 10}, env=OFFLOADING),
    Case("a large output in one file", "fixture.values.scalars", {"i": 0, "f": 0.0, "b": True, "s": "x" * 2**21}),
]

HOME = data.Place("Zürich", 47.5, -8.25)
AWAY = data.Place("", math.inf, -0.0)
PAINTED = data.Painted(data.Color.BLUE, None, [data.Color.RED], {"a": data.Color.GREEN, "b": data.Color.RED})
CIRCLE = data.Circle(1.5)
RECTANGLE = data.Rectangle(2.0, TINY)
STARTED = data.Started("started", "me")
ENDED = data.EndedWell("ended_well", "")
LOST = data.Lost("lost")

JOURNEY = data.Journey(
    2**63 - 1,
    HOME,
    AWAY,
    ["somewhere"] * 20,
    {"": 0.5, "b": 1e300, "ß": NAN},
    {-(2**63): "least", -1: "", 300: "x" * 300},
    [(1, "one"), (-32, "y" * 40)],
    True,
)

VALUES += [
    Case("a dataclass", "fixture.data.journey", {"journey": JOURNEY}),
    Case(
        "a dataclass of little",
        "fixture.data.journey",
        {"journey": data.Journey(0, AWAY, None, [], {}, {}, [], False)},
    ),
    Case("a dataclass that is changed", "fixture.data.moved", {"place": HOME, "north": 0.25}),
    Case("defaults", "fixture.data.settings", {"settings": data.Settings("x")}),
    Case(
        "no defaults",
        "fixture.data.settings",
        {"settings": data.Settings("x", 2**32 - 1, 0.5, True, "p", -7, HOME, data.Color.GREEN, ["a", ""])},
    ),
    Case("defaults of an older type", "fixture.data.settings", {"settings": data.OldSettings("x")}, {"settings": data.OldSettings}),
    Case("renamed fields", "fixture.data.renamed", {"value": data.CamelCased("x", 3)}),
    Case("no fields", "fixture.data.nothing", {"value": data.Nothing()}),
    Case("a wrapped number", "fixture.data.wrapped", {"warm": 21.5, "more": [0.0, -1.5]}),
    Case("an enum", "fixture.data.colors", {"color": data.Color.BLUE, "maybe": None, "several": []}),
    Case(
        "enums",
        "fixture.data.colors",
        {"color": data.Color.RED, "maybe": data.Color.GREEN, "several": list(data.Color)},
    ),
    Case("text for an enum", "fixture.data.colors", {"color": "red", "maybe": None, "several": []}, {"color": str}),
    Case("a dataclass of enums", "fixture.data.painted", {"value": PAINTED}),
    Case(
        "a dataclass of one enum",
        "fixture.data.painted",
        {"value": data.Painted(data.Color.RED, data.Color.RED, [], {})},
    ),
    Case(
        "unions",
        "fixture.data.unions",
        {"number": 3, "shape": CIRCLE, "maybe": None, "perhaps": None, "shapes": [AWAY, RECTANGLE, HOME, CIRCLE]},
    ),
    Case(
        "other unions",
        "fixture.data.unions",
        {"number": "3", "shape": HOME, "maybe": RECTANGLE, "perhaps": False, "shapes": []},
    ),
    Case(
        "unions of a list",
        "fixture.data.unions",
        {"number": -1, "shape": RECTANGLE, "maybe": AWAY, "perhaps": [1, -1], "shapes": [CIRCLE]},
    ),
    Case(
        "bare values for unions",
        "fixture.data.unions",
        {"number": 3, "shape": CIRCLE, "maybe": RECTANGLE, "perhaps": [], "shapes": [CIRCLE, RECTANGLE]},
        {"number": int, "shape": data.Circle, "maybe": data.Rectangle, "perhaps": List[int]},
    ),
    Case(
        "an enum of a union",
        "fixture.data.unions",
        {"number": "", "shape": CIRCLE, "maybe": None, "perhaps": data.Color.GREEN, "shapes": []},
    ),
    Case("a dataclass of unions", "fixture.data.drawing", {"value": data.Drawing(3, [CIRCLE, AWAY], RECTANGLE, True)}),
    Case("a dataclass of other unions", "fixture.data.drawing", {"value": data.Drawing("", [], None, None)}),
    Case("a dataclass of lists in unions", "fixture.data.drawing", {"value": data.Drawing(0, [HOME], HOME, [7])}),
    Case("tags", "fixture.data.events", {"event": STARTED, "log": data.Log([STARTED, LOST, ENDED], LOST)}),
    Case("other tags", "fixture.data.events", {"event": LOST, "log": data.Log([], None)}),
    Case("tags of equal fields", "fixture.data.events", {"event": ENDED, "log": data.Log([ENDED], STARTED)}),
]

FINAL = ContainerError.Kind.NON_RECOVERABLE
RECOVERABLE = ContainerError.Kind.RECOVERABLE
USER = ExecutionError.ErrorKind.USER
SYSTEM = ExecutionError.ErrorKind.SYSTEM

ERRORS = [
    Case("user error", "fixture.failing.user_error", {"text": "no"}, error=("USER:RuntimeError", FINAL, USER)),
    Case("recoverable", "fixture.failing.recoverable", {"text": "later"}, error=("USER:Recoverable", RECOVERABLE, USER)),
    Case("several lines", "fixture.failing.user_error", {"text": "a\nb\n\nc"}, error=("USER:RuntimeError", FINAL, USER)),
    # Cases without a twin in flytekit, or with another code (there, a mistyped input is the system's fault).
    Case("panic", "fixture.broken.panics", {"text": "ä"}, {"text": str}, error=("USER:Panic", FINAL, USER)),
    Case("missing input", "fixture.broken.panics", {}, error=("USER:BadInput", FINAL, USER)),
    Case("mistyped input", "fixture.broken.panics", {"text": 3}, {"text": int}, error=("USER:BadInput", FINAL, USER)),
]


class Rust:
    """The binary, started like the backend's containers."""

    def __init__(self, binary, **env):
        self.binary = binary
        self.env = {**os.environ, **env}

    @cache
    def args(self, task):
        described = subprocess.run(
            [self.binary, "describe", task, "--format", "pb"], check=True, capture_output=True, timeout=DEADLINE
        )
        return list(TaskSpec.FromString(described.stdout).template.container.args)

    def execute(self, task, inputs, prefix, env={}):
        rendered = {
            "{{.input}}": str(inputs),
            "{{.outputPrefix}}": str(prefix),
            "{{.rawOutputDataPrefix}}": str(prefix / "raw"),
            "{{.checkpointOutputPrefix}}": str(prefix / "raw" / "_flytecheckpoints"),
            "{{.prevCheckpointPrefix}}": '""',
        }
        _, *args = [rendered.get(arg, arg) for arg in self.args(task)]
        ended = subprocess.run(
            [self.binary, *args], capture_output=True, timeout=DEADLINE, text=True, env={**self.env, **env}
        )
        if ended.returncode != 0:
            raise AssertionError(f"exit code {ended.returncode}: {ended.stderr}")


def execute_here(twin, inputs, prefix, env={}):
    """Runs the twin like pyflyte-execute."""
    os.mkdir(prefix)
    with patch.dict(os.environ, env), setup_execution(str(prefix / "raw")) as context:
        _dispatch_execute(context, lambda: twin, str(inputs), str(prefix))


def outputs(prefix, twin):
    """The outputs in flytekit: as bytes and a message, and as Python's values, sorted."""
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


def offloading_problems(case, rust, here):
    files = sorted(path.name for path in here.iterdir() if path.is_file())
    left = sorted(path.name for path in rust.iterdir())
    if left != files:
        yield f"Rust left {left}, flytekit {files}"
        return
    if len(files) != (6 if case.inputs is LARGE else 1):
        yield f"both left {files}"
    for name in files:
        kind = LiteralMap if name == "outputs.pb" else LiteralProto
        messages = [kind.FromString((prefix / name).read_bytes()) for prefix in (rust, here)]
        # The places of offloaded literals have the same length.
        wrote, expected = (it.SerializeToString(deterministic=True).replace(b"/rust/", b"/here/") for it in messages)
        if wrote != expected:
            yield f"{name} of Rust is\n{messages[0]}\nof flytekit\n{messages[1]}"[:10_000]


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
        (folder / "in").mkdir()
        inputs.write_bytes(case.literal_map(folder / "in").to_flyte_idl().SerializeToString())
        rust.execute(case.task, inputs, folder / "rust", case.env)
        if case.twin:
            execute_here(case.twin, inputs, folder / "here", case.env)
        return list(check(case, folder / "rust", folder / "here"))


def main():
    binary, report = sys.argv[1:]
    rust = Rust(binary)
    found = {
        "values": {case.name: problems(case, rust, value_problems) for case in VALUES},
        "offloaded": {case.name: problems(case, rust, offloading_problems) for case in OFFLOADED},
        "errors": {case.name: problems(case, rust, error_problems) for case in ERRORS},
    }
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
