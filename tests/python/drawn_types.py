"""Usage: drawn_types.py BINARY SEED REPORT

Compares drawn types and values of them with flytekit: BINARY prints the types in Python, their literal types
in Rust, and the literals that it reads and writes. Rust must read each form that flytekit reads, as the same
value, and write it as flytekit does. Writes to the file REPORT, as JSON:

{"types": {TYPE: [PROBLEM, …]}, "values": {TYPE: [PROBLEM, …]}, "forms": {FORM: COUNT}}
"""

import base64
import contextlib
import importlib
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from copy import deepcopy
from dataclasses import MISSING, dataclass, fields, is_dataclass
from difflib import unified_diff
from functools import cached_property
from pathlib import Path
from pprint import pformat
from random import Random
from typing import Any, Callable

import msgpack
import pandas as pd
import pyarrow as pa
from drawing import Draw
from flyteidl.core.literals_pb2 import Binary, Literal, Scalar
from flyteidl.core.types_pb2 import LiteralType
from flytekit import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as LiteralModel
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile
from google.protobuf.json_format import MessageToDict
from mashumaro.codecs.msgpack import MessagePackEncoder

CONTEXT = FlyteContextManager.current_context()
DEADLINE = 600
# Values that flytekit itself cannot write, with parts of its errors.
NOT_WRITTEN = [
    # flytekit looks for one variant that can hold the value, and finds several.
    "Ambiguous choice of variant",
    # In a dataclass, flytekit treats every value of a union as one of the first variant that is a list or a
    # dict.
    "object has no attribute 'items'",
    "object is not iterable",
    # Inside of a dataclass, flytekit leaves every value of a union as it is if one of the variants needs no
    # change.
    "can not serialize",
    # If that happens in a variant, no variant is left.
    "Cannot convert from",
]
NOT_BY_FLYTEKIT = "not written by flytekit"
# Types whose values are files that a task's run writes; they are compared where tasks run.
IN_FILES = [bytes, pd.DataFrame, pa.Table]
EXTREMES = ["empty", "least", "most", None, None, None, None, None]
# A mistake usually shows in many values, so only this number of failures is shown for each type.
SHOWN = 2


class Rust:
    """The binary: literal types, and literals read and written again."""

    def __init__(self, binary):
        self.binary = binary

    def run(self, *args, given=b""):
        ended = subprocess.run([self.binary, *args], input=given, capture_output=True, timeout=DEADLINE)
        if ended.returncode != 0:
            raise SystemExit(f"{self.binary} {args}: {ended.returncode}: {ended.stderr.decode()}")
        return ended.stdout

    def module(self, name):
        """Types in Python, and tasks, whose modules flytekit finds by their files."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / f"{name}.py").write_bytes(self.run(name))
            sys.path.insert(0, folder)
            module = importlib.import_module(name)
            sys.path.remove(folder)
        return module

    def names(self):
        return self.run("names").decode().splitlines()

    def literal_types(self):
        found = self.run("types")
        while found:
            literal_type, found = counted(found)
            yield LiteralType.FromString(literal_type)

    def again(self, cases):
        """The literal, or the error, for each case."""
        frames = (struct.pack("<II", case.of.index, len(case.given)) + case.given for case in cases)
        found = self.run("again", given=b"".join(frames))
        while found:
            succeeded = found[0]
            answer, found = counted(found[1:])
            yield (Literal.FromString(answer), None) if succeeded else (None, answer.decode())


def counted(found):
    (length,) = struct.unpack_from("<I", found)
    return found[4 : 4 + length], found[4 + length :]


@dataclass
class Drawn:
    """A type, in Python."""

    index: int
    name: str
    python: Any
    draw: Callable

    def __post_init__(self):
        self.python = type(None) if self.python is None else self.python

    @cached_property
    def literal_type_model(self):
        return TypeEngine.to_literal_type(self.python)

    @property
    def literal_type(self):
        return self.literal_type_model.to_flyte_idl()

    def write(self, value):
        # flytekit returns a literal that it wrote before, even if the environment has changed.
        TypeEngine._LITERAL_CACHE.clear()
        return TypeEngine.to_literal(CONTEXT, value, self.python, self.literal_type_model).to_flyte_idl()

    def read(self, literal):
        return TypeEngine.to_python_value(CONTEXT, LiteralModel.from_flyte_idl(literal), self.python)

    def write_msgpack(self, value):
        return binary(MessagePackEncoder(self.python).encode(value))


@dataclass
class Case:
    """A value in a form that flytekit reads, and the literal in which it writes that value."""

    of: Drawn
    form: str
    value: Any
    given: bytes
    written: Literal


def binary(value):
    return Literal(scalar=Scalar(binary=Binary(value=value, tag="msgpack")))


# ---- the forms that a value can have

IN_STRUCTS = "as flytekit wrote it once, in structs"


def forms(of, value, written):
    """The literals that flytekit may read as the value."""
    yield "as flytekit writes it", written
    old = in_environment("FLYTE_USE_OLD_DC_FORMAT", "true", lambda: of.write(value))
    if old != written:
        yield IN_STRUCTS, old
    with contextlib.suppress(TypeError):
        yield "as msgpack", of.write_msgpack(value)
    yield "without the tags of unions", changed(written, bare)
    yield "with integers for floats", changed(written, whole_numbers)
    yield "with integers for floats", packed(written, with_integers)
    yield "with fields in another order", packed(written, backwards)
    yield "with texts for the keys of maps", packed(written, with_texts_for_keys)
    if is_object(value):
        needed = [field.name for field in fields(value) if not has_default(field)]
        yield "with an unknown field", packed(written, lambda it: {"unknown": [{}, None], **it, "": 1})
        yield "without the fields that have a default", packed(written, lambda it: {name: it[name] for name in
        needed})


def in_environment(name, text, call):
    os.environ[name] = text
    try:
        return call()
    finally:
        del os.environ[name]


def changed(literal, change):
    """A copy in which each literal was changed, the inner ones first."""
    copy = Literal()
    copy.CopyFrom(literal)
    inner = {
        "collection": lambda: copy.collection.literals,
        "map": lambda: copy.map.literals.values(),
    }.get(copy.WhichOneof("value"), list)()
    if copy.scalar.HasField("union"):
        inner = [copy.scalar.union.value]
    for literal in inner:
        literal.CopyFrom(changed(literal, change))
    return change(copy)


def bare(literal):
    return literal.scalar.union.value if literal.scalar.HasField("union") else literal


def whole_numbers(literal):
    number = literal.scalar.primitive
    if number.WhichOneof("value") == "float_value" and is_whole(number.float_value):
        number.integer = int(number.float_value)
    return literal


def packed(literal, change):
    """A copy in which the content of msgpack was changed."""

    def repack(literal):
        if literal.scalar.HasField("binary"):
            literal.scalar.binary.value = msgpack.packb(change(unpacked(literal.scalar.binary.value)))
        return literal

    return changed(literal, repack)


def unpacked(value):
    return msgpack.unpackb(value, strict_map_key=False)


def rewritten(it, leaf=lambda leaf: leaf, entries=lambda entries: entries):
    """A copy with other leaves, and with other entries of all maps."""
    match it:
        case dict():
            return dict(entries([(key, rewritten(item, leaf, entries)) for key, item in it.items()]))
        case list():
            return [rewritten(item, leaf, entries) for item in it]
    return leaf(it)


def backwards(it):
    return rewritten(it, entries=reversed)


def with_texts_for_keys(it):
    return rewritten(it, entries=lambda entries: [(str(key), item) for key, item in entries])


def with_integers(it):
    return rewritten(it, leaf=lambda leaf: int(leaf) if isinstance(leaf, float) and is_whole(leaf) else leaf)


def is_whole(number):
    return number.is_integer() and abs(number) < 2**53 and str(number) != "-0.0"


def same(one, other):
    """Whether two values are the same, and of the same type: NaN is, 1 and 1.0 are not."""
    if isinstance(one, (FlyteFile, FlyteDirectory)):
        return isinstance(other, (FlyteFile, FlyteDirectory)) and place(one) == place(other)
    if type(one) is not type(other):
        return False
    match one:
        case float():
            return struct.pack("<d", one) == struct.pack("<d", other)
        case list() | tuple():
            return len(one) == len(other) and all(map(same, one, other))
        case dict():
            return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if is_dataclass(one):
        return all(same(getattr(one, it.name), getattr(other, it.name)) for it in fields(one))
    return one == other


def place(one):
    """The place of a file, which is on this machine when it is read, and its metadata."""
    return one.remote_source or str(one.path), getattr(one, "metadata", None)


# ---- the comparisons


def type_problems(of, here):
    if of.literal_type != here:
        yield f"flytekit's type is {of.python}\n{diff(of.literal_type, here)}"


def draw_cases(of, random, count):
    """Values in each form that flytekit reads as the same value."""
    for value in draw_values(of, random):
        written = write(of, value)
        if written is None:
            count[NOT_BY_FLYTEKIT] += 1
            continue
        seen = []
        for form, literal in forms(of, value, written):
            given = literal.SerializeToString(deterministic=True)
            if given not in seen and (not seen or reads_as(of, literal, value)):
                seen.append(given)
                count[form] += 1
                yield Case(of, form, value, given, written)


def write(of, value):
    """The literal that flytekit writes, if it can write the value."""
    before = deepcopy(value)
    try:
        written = of.write(value)
    except Exception as error:
        if is_known(error):
            return None
        raise
    # Otherwise, it treated a dict as a list, and has written the dict's keys.
    return written if same(value, before) else None


def draw_values(of, random):
    for extreme in EXTREMES:
        value = of.draw(Draw(random, extreme))
        yield value
    if is_object(value):
        yield type(value)(**{it.name: getattr(value, it.name) for it in fields(value) if not has_default(it)})


def is_object(value):
    """flytekit's own dataclasses have their own forms."""
    return is_dataclass(value) and not type(value).__module__.startswith("flytekit")


def has_default(it):
    return not (it.default is MISSING and it.default_factory is MISSING)


def is_known(error):
    # For a value that fits no variant, the error of its serializer has only the value.
    only_the_value = type(error) is ValueError and not isinstance(error.args[0], str)
    return only_the_value or any(known in str(error) for known in NOT_WRITTEN)


def reads_as(of, literal, value):
    try:
        return same(of.read(literal), value)
    except Exception:  # whatever flytekit says when it cannot read something
        return False


def value_problem(case, again, error):
    if error is not None:
        return f"Rust does not read {case.form}: {error}\n{shown_case(case)}"
    written = case.written
    if case.form == IN_STRUCTS:
        # Numbers are floats there, even if a union could have them as integers.
        again, written = (packed(it, with_integers) for it in (again, written))
    if again.SerializeToString(deterministic=True) != written.SerializeToString(deterministic=True):
        return f"Rust reads {case.form}, and writes something else\n{shown_case(case)}\n{diff(written, again)}"
    return None


def shown_case(case):
    given = pformat(readable(Literal.FromString(case.given)), width=110)
    return f"value: {case.value!r:.2000}\nof: {case.of.python}\nread: {given:.3000}"


def readable(message):
    """The message as JSON, with the content of msgpack."""

    def unpack(it):
        match it:
            case {"tag": "msgpack", "value": value}:
                return {"msgpack": unpacked(base64.b64decode(value))}
            case dict():
                return {key: unpack(item) for key, item in it.items()}
            case list():
                return [unpack(item) for item in it]
        return it

    return unpack(MessageToDict(message))


def diff(theirs, ours):
    theirs, ours = (pformat(readable(it), width=110).splitlines() for it in (theirs, ours))
    return "\n".join(unified_diff(theirs, ours, "flytekit", "Rust", lineterm="", n=3))


def main():
    binary, seed, report = sys.argv[1:]
    rust = Rust(binary)
    types = rust.module("drawn").TYPES + [
        (python, lambda draw, python=python: draw.of(python)) for _, python in rust.module("page").ROWS
    ]
    drawn = [Drawn(index, name, *it) for index, (name, it) in enumerate(zip(rust.names(), types))]
    random = Random(int(seed))
    types = {it.name: list(type_problems(it, here)) for it, here in zip(drawn, rust.literal_types())}
    count = Counter()
    cases = [case for it in drawn if it.python not in IN_FILES for case in draw_cases(it, random, count)]
    values = {it.name: [] for it in drawn}
    for case, (again, error) in zip(cases, rust.again(cases), strict=True):
        problem = value_problem(case, again, error)
        if problem and len(values[case.of.name]) < SHOWN:
            values[case.of.name].append(problem)
    Path(report).write_text(json.dumps({"types": types, "values": values, "forms": count}))


if __name__ == "__main__":
    main()
