"""Random values of types, including extreme ones."""

import math
import struct
import sys
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from enum import EnumMeta
from typing import Annotated, Union, get_args, get_origin, get_type_hints

from flytekit import StructuredDataset
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile

INTEGERS = [0, 1, -1, -32, -33, 127, 128, -128, -129, 255, 256, 2**15, 2**16, 2**31, 2**32, 2**53 + 1]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.1, math.inf, -math.inf, math.nan, 5e-324, sys.float_info.max, 2.0**53]
TEXTS = ["", "a", "\0", "null", "1", "zwölf 十二 🎉", "\"'\\\n\t", "x" * 31, "ä" * 16, "x" * 255, "x" * 256]
LENGTHS = [0, 1, 2, 3, 15, 16]


class Draw:
    """One random value: `extreme` is "empty", "least" or "most" for a value with such parts; otherwise the parts are random."""

    def __init__(self, random, extreme=None):
        self.random = random
        self.extreme = extreme
        # The number of items that may still be drawn, in all lists and maps of the value.
        self.left = 60
        self.depth = 0

    def pick(self, empty, least, most, draw):
        picked = {"empty": empty, "least": least, "most": most}
        return picked[self.extreme] if self.extreme else draw()

    def choose(self, items):
        return self.pick(items[0], items[0], items[-1], lambda: self.random.choice(items))

    def none(self):
        return None

    def boolean(self):
        return self.choose([False, True])

    def integer(self, least, most):
        def draw():
            edges = [edge for edge in (least, most, *INTEGERS) if least <= edge <= most]
            return self.random.choice([self.random.randint(least, most), self.random.choice(edges)])

        return self.pick(0, least, most, draw)

    def float(self):
        def draw():
            return self.random.choice([self.random.uniform(-1e6, 1e6), self.random.choice(FLOATS)])

        return self.pick(0.0, -sys.float_info.max, sys.float_info.max, draw)

    def short_float(self):
        """A float that fits into four bytes."""
        largest = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
        return struct.unpack("<f", struct.pack("<f", max(-largest, min(largest, self.float()))))[0]

    def text(self):
        def draw():
            length = self.random.randint(0, 12)
            drawn = "".join(self.random.choice("abzÄß€漢🎉 _-.0") for _ in range(length))
            return self.random.choice([drawn, self.random.choice(TEXTS)])

        return self.pick("", "", "\U0010ffff" * 9, draw)

    def naive(self):
        """A point in time without a zone: Rust's types reach from the first of these to the last."""
        first, last = datetime(1, 1, 1), datetime(9999, 12, 30, 21, 59, 59, 999_999)

        def draw():
            drawn = first + (last - first) * self.random.random()
            whole = drawn.replace(microsecond=0)
            return self.random.choice([drawn, whole, datetime(1969, 12, 31, 23, 59, 59, 1), datetime(2024, 2, 29)])

        return self.pick(datetime(1970, 1, 1), first, last, draw)

    def datetime(self):
        return self.naive().replace(tzinfo=timezone.utc)

    def date(self):
        return self.naive().date()

    def duration(self, least):
        """A duration of up to ten thousand years, of either sign if `least` is negative."""
        longest = timedelta(days=3_650_000)

        def draw():
            drawn = longest * self.random.random()
            short = timedelta(microseconds=self.random.randint(0, 10**10))
            signs = [1, -1] if least < 0 else [1]
            return self.random.choice(signs) * self.random.choice([drawn, short, timedelta(seconds=1.5)])

        return self.pick(timedelta(), least * longest, longest, draw)

    def json(self):
        def value():
            leaves = [self.none, self.boolean, self.text, self.finite, lambda: self.integer(-(2**63), 2**64 - 1)]
            branches = [self.json, lambda: self.list(value)]
            return self.random.choice(leaves if self.depth > 2 else leaves + branches)()

        return self.map(self.text, value)

    def finite(self):
        drawn = self.float()
        return drawn if math.isfinite(drawn) else 0.5

    def bytes(self):
        def draw():
            return self.random.choice([self.random.randbytes(self.random.randint(1, 300)), b"\0", b"\xff" * 256])

        return self.pick(b"", b"", b"\xff" * 40, draw)

    def file(self, of):
        """A file in another place, which is passed on as it is."""
        metadata = {} if self.extreme else {"metadata": self.random.choice([None, {"owner": "ä"}])}
        return of(self.uri(), **metadata)

    def directory(self, of):
        return of(self.uri())

    def uri(self):
        return self.choose(["s3://bucket/x", "s3://bucket/a b/%20/ä.csv", "gs://b/c", "https://host/path?q=1#f"])

    def optional(self, some):
        return None if self.extreme == "empty" or self.random.random() < 0.3 else some()

    def one_of(self, *variants):
        return self.choose(variants)()

    def length(self):
        wanted = self.pick(0, 1, 2, lambda: self.random.choice(LENGTHS if self.depth == 0 else LENGTHS[:4]))
        length = min(wanted, self.left)
        self.left -= length
        return length

    def list(self, item):
        length = self.length()
        self.depth += 1
        items = [item() for _ in range(length)]
        self.depth -= 1
        return items

    def map(self, key, value):
        length = self.length()
        self.depth += 1
        # Rust's keys are sorted, or it sorts them.
        entries = {key: value() for key in sorted({key() for _ in range(length)})}
        self.depth -= 1
        return entries

    def of(self, python):
        """A value of any type, within the range of each Rust type with this twin."""
        args = get_args(python)
        match get_origin(python):
            case origin if origin is Union:
                return self.one_of(*(lambda arg=arg: self.of(arg) for arg in args))
            case origin if origin is list:
                return self.list(lambda: self.of(args[0]))
            case origin if origin is tuple:
                return tuple(self.of(arg) for arg in args)
            case origin if origin is dict:
                return self.map(lambda: self.of(args[0]), lambda: self.of(args[1]))
        if get_origin(python) is Annotated:
            return self.of(args[0])
        if isinstance(python, type) and issubclass(python, FlyteFile):
            return self.file(python)
        if isinstance(python, type) and issubclass(python, FlyteDirectory):
            return self.directory(python)
        if python is StructuredDataset:
            return StructuredDataset(uri=self.uri())
        if is_dataclass(python):
            hints = get_type_hints(python)
            return python(**{field.name: self.of(hints[field.name]) for field in fields(python)})
        if isinstance(python, EnumMeta):
            return self.choose(list(python))
        return {
            None: self.none,
            type(None): self.none,
            bool: self.boolean,
            int: lambda: self.integer(0, 127),
            float: self.short_float,
            str: self.text,
            datetime: self.datetime,
            date: self.date,
            timedelta: lambda: self.duration(0),
            dict: self.json,
            bytes: self.bytes,
        }[python]()
