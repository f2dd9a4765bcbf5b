"""Writes the input of `bench shim`: tasks of flytekit's `SQLite3Task` and their database.

usage: queries.py FOLDER

Writes `numbers.db`, and a template and inputs for each query, in the folders `start` and `rows`.
"""

import sqlite3
import sys
from collections import OrderedDict
from pathlib import Path

from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from flytekit.tools.translator import get_serializable

ROWS = 1_000_000
NUMBERS = f"""
create table numbers (n integer, half real, name text);
insert into numbers
    with recursive t(n) as (select 1 union all select n + 1 from t where n < {ROWS})
    select n, n / 2.0, 'number ' || n from t;
"""
QUERIES = {"start": "select 1 as one", "rows": "select n, half, name from numbers"}
SETTINGS = SerializationSettings(
    project="p",
    domain="d",
    version="v",
    image_config=ImageConfig(default_image=Image("default", "registry/default", "tag")),
)


def main(folder: Path) -> None:
    database = folder / "numbers.db"
    with sqlite3.connect(database) as connection:
        connection.executescript(NUMBERS)
    for name, query in QUERIES.items():
        task = SQLite3Task(name, query, task_config=SQLite3Config(str(database)))
        spec = get_serializable(OrderedDict(), SETTINGS, task).to_flyte_idl()
        (folder / name).mkdir()
        (folder / name / "task.pb").write_bytes(spec.template.SerializeToString())
        (folder / name / "inputs.pb").write_bytes(b"")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
