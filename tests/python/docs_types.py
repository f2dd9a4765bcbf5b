"""Usage: docs_types.py BINARY PAGE REPORT

Checks the docs' PAGE about types against flytekit and against BINARY, which has the page's types and tasks
compiled in: the names that the table gives Flyte's types, the interfaces of the tasks that the page shows in
both languages, and the known differences. Writes to the file REPORT, as JSON:

{"names": {ROW: [PROBLEM, …]}, "tasks": {TASK: [PROBLEM, …]}, "differences": {DIFFERENCE: [PROBLEM, …]}}
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

import msgpack
from drawn_types import Case, Drawn, Rust, binary, diff
from flyteidl.core.literals_pb2 import Literal
from flyteidl.admin.task_pb2 import TaskSpec
from flyteidl.core.types_pb2 import BlobType, LiteralType, SimpleType
from google.protobuf import text_format
from oracle import task_spec

SIMPLE = {
    SimpleType.NONE: "none",
    SimpleType.INTEGER: "integer",
    SimpleType.FLOAT: "float",
    SimpleType.STRING: "string",
    SimpleType.BOOLEAN: "boolean",
    SimpleType.DATETIME: "datetime",
    SimpleType.DURATION: "duration",
    SimpleType.STRUCT: "struct",
}


def name(literal_type: LiteralType) -> str:
    """The name of a type in the table, in which `T` stands for any type."""
    if literal_type.metadata.fields["title"].string_value == "T":
        return "`T`"
    match literal_type.WhichOneof("type"):
        case "simple":
            return SIMPLE[literal_type.simple]
        case "collection_type":
            return f"collection of {name(literal_type.collection_type)}"
        case "map_value_type":
            return f"map of {name(literal_type.map_value_type)}"
        case "union_type":
            return "union of " + " and ".join(map(name, literal_type.union_type.variants))
        case "blob":
            blob = literal_type.blob
            many = "multipart " if blob.dimensionality == BlobType.MULTIPART else ""
            return f"{many}blob" + (f" of format {blob.format}" if blob.format else "")
        case "structured_dataset_type":
            columns = [column.name for column in literal_type.structured_dataset_type.columns]
            return "structured dataset" + (" with columns" if columns else "")
        case "enum_type":
            return "enum"
        case other:
            return other


def name_problems(written, literal_type):
    if name(literal_type) != written:
        yield f"the table calls it “{written}”, but it is “{name(literal_type)}”"


def task_problems(rust, function, twin):
    if twin is None:
        yield "there is no such task in Python"
        return
    here = TaskSpec.FromString(rust.run("describe", f"types.page.{function}", "--format", "pb"))
    there = task_spec(twin)
    for side in ("inputs", "outputs"):
        ours, theirs = (getattr(spec.template.interface, side).variables for spec in (here, there))
        if ours.keys() != theirs.keys():
            yield f"the {side} are {sorted(ours)} in Rust, and {sorted(theirs)} in Python"
            continue
        for variable in ours:
            if ours[variable].type != theirs[variable].type:
                yield f"{variable}:\n{diff(theirs[variable].type, ours[variable].type)}"


# ---- the known differences


@dataclass
class Number:
    it: int


@dataclass
class Share:
    it: float


@dataclass
class Text:
    it: str


@dataclass
class Maybe:
    it: Optional[int]


Lists = Union[List[int], List[str]]


class Refused(str):
    """A part of the error of a refusal."""


def literal(text):
    return text_format.Parse(text, Literal())


def float_value(number):
    return literal(f"scalar {{ primitive {{ float_value: {number} }} }}")


def packed(value):
    return binary(msgpack.packb(value))


NO_NUMBERS = literal(
    """scalar { union {
    type { collection_type { simple: INTEGER } structure { tag: "Typed List" } }
    value { collection { } }
} }"""
)


@dataclass
class Reads:
    """The result of reading a literal: flytekit's value, and the literal that Rust writes again."""

    rust: str
    python: Any
    literal: Literal
    here: Any
    there: Any

    def found(self, of, again):
        return attempt(lambda: of.read(self.literal)), again(self.literal)


@dataclass
class Writes:
    """The result of writing a value: flytekit's literal, and Rust's.

    Rust has the value from `literal`, or from flytekit's.
    """

    rust: str
    python: Any
    value: Any
    here: Any
    there: Any
    literal: Any = None

    def found(self, of, again):
        written = attempt(lambda: of.write(self.value))
        return written, again(self.literal or written)


def attempt(call):
    try:
        return call()
    except Exception as error:  # any error of flytekit
        return Refused(f"{type(error).__name__}: {error}")


# By their names on the page.
DIFFERENCES = {
    "Numbers are not truncated": [
        Reads("int", int, float_value(2.7), 2, Refused("float")),
        Reads("Number", Number, packed({"it": 1.5}), Number(1), Refused("float")),
    ],
    "Text is not parsed": [
        Reads("Number", Number, packed({"it": "7"}), Number(7), Refused("string")),
        Reads("Text", Text, packed({"it": 7}), Text("7"), Refused("integer")),
    ],
    "A field comes once": [
        Reads("Number", Number, binary(b"\x82\xa2it\x01\xa2it\x02"), Number(2), Refused("twice")),
    ],
    "Options may be missing": [
        Reads("Maybe", Maybe, packed({}), Refused("MissingField"), packed({"it": None})),
    ],
    "Floats may be whole": [
        Reads("float", float, packed(1), Refused("AssertionError"), float_value(1)),
        Writes("Share", Share, Share(1), packed({"it": 1}), packed({"it": 1.0})),
    ],
    "Variants are known": [Writes("Lists", Lists, [], Refused("Ambiguous"), NO_NUMBERS, literal=NO_NUMBERS)],
    "Maps are sorted": [
        Writes("Dict[int, int]", Dict[int, int], {2: 0, 1: 0}, packed({2: 0, 1: 0}), packed({1: 0, 2: 0})),
    ],
}


def difference_problems(case, rust, names):
    of = Drawn(names.index(case.rust), case.rust, case.python, None)

    def again(given):
        ((answer, error),) = rust.again([Case(of, "", None, given.SerializeToString(), given)])
        return Refused(error) if answer is None else answer

    here, there = case.found(of, again)
    for side, expected, found in [("flytekit", case.here, here), ("Rust", case.there, there)]:
        refused = isinstance(found, Refused) and isinstance(expected, Refused) and expected in found
        if not refused and found != expected:
            yield f"{case}: {side} gives {found!r}"


def page_problems(documented):
    if sorted(documented) != sorted(DIFFERENCES):
        yield f"the page has {documented}, but the known differences are {[*DIFFERENCES]}"


def main():
    binary, page, report = sys.argv[1:]
    rust = Rust(binary)
    module = rust.module("page")
    drawn = len(rust.module("drawn").TYPES)
    types = list(rust.literal_types())[drawn:]
    names = rust.names()
    documented = re.findall(r"^- \*\*(.+)\.\*\*", Path(page).read_text(), re.MULTILINE)
    functions = [task["name"].removeprefix("types.page.") for task in json.loads(rust.run("list", "--json"))]
    found = {
        "names": {
            name: list(name_problems(written, literal_type))
            for name, literal_type, (written, _) in zip(names[drawn:], types, module.ROWS)
        },
        "tasks": {it: list(task_problems(rust, it, vars(module).get(it))) for it in functions},
        "differences": {
            name: [problem for case in cases for problem in difference_problems(case, rust, names)]
            for name, cases in DIFFERENCES.items()
        },
    }
    found["differences"]["those of the page"] = list(page_problems(documented))
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
