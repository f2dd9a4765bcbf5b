"""Values of each family of types, made, passed on and checked in Python and in Rust by turns.

The tasks in Rust are those of `tests/src/bin/runs/values.rs`.
"""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Union, get_type_hints

import pyarrow as pa
from flytekit import StructuredDataset, task, workflow
from flytekit.core.reference import get_reference_entity
from flytekit.models.core.identifier import ResourceType
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import CSVFile, FlyteFile


@dataclass
class Place:
    name: str
    height: float
    tags: List[str]


class Color(Enum):
    RED = "red"
    GREEN = "green"


class All(NamedTuple):
    whole: int
    real: float
    flag: bool
    text: str
    several: List[int]
    by_name: Dict[str, float]
    by_number: Dict[int, str]
    maybe: Optional[int]
    nothing: Optional[int]
    place: Place
    color: Color
    number: Union[int, str]
    moment: datetime
    day: date
    span: timedelta
    anything: dict
    file: FlyteFile
    csv: CSVFile
    folder: FlyteDirectory
    table: StructuredDataset
    data: bytes


MOMENT = datetime(2026, 1, 31, 12, 30, 0, 250_000, timezone.utc)
PLACE = Place("Brocken", 1141.2, ["windy"])
ROWS = pa.table({"id": [1, 2], "name": ["one", "two"]})


VALUES = get_type_hints(All)


def in_rust(name, inputs, outputs):
    place = "flytesnacks", "development", f"runs.values.{name}", "v1"
    return get_reference_entity(ResourceType.TASK, *place, inputs, outputs)


made_in_rust = in_rust("made", {}, VALUES)
passed_on_in_rust = in_rust("passed_on", VALUES, VALUES)
checked_in_rust = in_rust("checked", VALUES, {"o0": str})


@task
def made() -> All:
    Path("a file.txt").write_text("text")
    Path("numbers.csv").write_text("1,2")
    os.makedirs("folder/below")
    for name in ("top", "below/leaf"):
        Path("folder", name).write_text(name)
    return All(
        whole=-7,
        real=0.5,
        flag=True,
        text="é",
        several=[1, 2],
        by_name={"a": 1.5},
        by_number={3: "three"},
        maybe=4,
        nothing=None,
        place=PLACE,
        color=Color.GREEN,
        number="five",
        moment=MOMENT,
        day=MOMENT.date(),
        span=timedelta(seconds=90),
        anything={"list": [1, "two"], "none": None},
        file=FlyteFile("a file.txt"),
        csv=CSVFile("numbers.csv"),
        folder=FlyteDirectory("folder"),
        table=StructuredDataset(dataframe=ROWS),
        data=b"\x00\xff",
    )


@task
def passed_on(
    whole: int,
    real: float,
    flag: bool,
    text: str,
    several: List[int],
    by_name: Dict[str, float],
    by_number: Dict[int, str],
    maybe: Optional[int],
    nothing: Optional[int],
    place: Place,
    color: Color,
    number: Union[int, str],
    moment: datetime,
    day: date,
    span: timedelta,
    anything: dict,
    file: FlyteFile,
    csv: CSVFile,
    folder: FlyteDirectory,
    table: StructuredDataset,
    data: bytes,
) -> All:
    """Passes values on; files, folders and tables are copied."""
    Path("copy.txt").write_text(Path(file).read_text())
    return All(
        whole,
        real,
        flag,
        text,
        several,
        by_name,
        by_number,
        maybe,
        nothing,
        place,
        color,
        number,
        moment,
        day,
        span,
        anything,
        FlyteFile("copy.txt"),
        csv,
        FlyteDirectory(str(folder)),
        StructuredDataset(dataframe=table.open(pa.Table).all()),
        data,
    )


@task
def checked(
    whole: int,
    real: float,
    flag: bool,
    text: str,
    several: List[int],
    by_name: Dict[str, float],
    by_number: Dict[int, str],
    maybe: Optional[int],
    nothing: Optional[int],
    place: Place,
    color: Color,
    number: Union[int, str],
    moment: datetime,
    day: date,
    span: timedelta,
    anything: dict,
    file: FlyteFile,
    csv: CSVFile,
    folder: FlyteDirectory,
    table: StructuredDataset,
    data: bytes,
) -> str:
    """Fails unless the values are the ones that `made` returns."""
    assert (whole, real, flag, text) == (-7, 0.5, True, "é")
    assert (several, by_name, by_number) == ([1, 2], {"a": 1.5}, {3: "three"})
    assert (maybe, nothing, place, color) == (4, None, PLACE, Color.GREEN)
    assert (number, moment, day) == ("five", MOMENT, MOMENT.date())
    assert (span, anything) == (timedelta(seconds=90), {"list": [1, "two"], "none": None})
    with csv.open("r") as opened:
        assert (Path(file).read_text(), opened.read()) == ("text", "1,2")
    folder.download()
    assert Path(folder, "below/leaf").read_text() == "below/leaf"
    assert table.open(pa.Table).all() == ROWS, table.open(pa.Table).all()
    assert data == b"\x00\xff"
    return "as they were made"


def named(promises):
    return dict(zip(VALUES, promises))


@workflow
def through_rust() -> str:
    return checked(**named(passed_on_in_rust(**named(made()))))


@workflow
def through_python() -> str:
    return checked_in_rust(**named(passed_on(**named(made_in_rust()))))
