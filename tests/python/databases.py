"""Usage: databases.py BINARY REPORT

Runs queries of SQLite with flytekit's own executor and with the task `query` of the binary, and compares
both results as flytekit reads them. Writes the problems to the file REPORT, as JSON: {CASE: [PROBLEM, …]}
"""

import json
import shutil
import sqlite3
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Optional

import pandas as pd
from flyteidl.core.errors_pb2 import ErrorDocument
from flyteidl.core.literals_pb2 import LiteralMap
from flytekit import kwtypes
from flytekit.bin.entrypoint import setup_execution
from flytekit.core.type_engine import TypeEngine
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task, SQLite3TaskExecutor
from flytekit.models.literals import LiteralMap as LiteralMapModel
from pandas.testing import assert_frame_equal
from runs import Rust

TABLES = """
create table t (i integer, r real, s text, b blob, d date, truth boolean);
insert into t values (1, 1.5, 'x', x'00ff', '2024-01-01', 1);
insert into t values (null, null, null, null, null, null);
insert into t values (9007199254740993, 2, 'zwölf 🎉', x'', 'no day', 0);
create table "odd ""name" ("a b" int, "größe" int, "" int, "select" int);
insert into "odd ""name" values (1, 2, 3, 4);
create table it_s (name text);
insert into it_s values ('it''s'), ('"quoted"'), ('plain');
"""
MANY = "with recursive n(n) as (select 1 union all select n + 1 from n where n < 200000) "

# Queries and their inputs, with equal results on both sides.
SAME = {
    "all types": ("select * from t", {}),
    "no missing values": ("select * from t where i is not null", {}),
    "one row": ("select * from t limit {{.inputs.number}}", {"number": 1}),
    "no rows": ("select i, r, s, b from t where false", {}),
    "only missing values": ("select i, r, s, b from t where i is null", {}),
    "several lines": ("select i\n\tfrom t -- a comment\n", {}),
    "odd names": ('select * from "odd ""name"', {}),
    "no table": ("select 1 as one, 'x' as x, 1.0 as f, null as missing", {}),
    "integers and floats": ("select i as v from t union all select r from t", {}),
    "spaces in places": ("select {{ .inputs.number }} + {{.Inputs.number}} as n", {"number": -5}),
    "a float": ("select {{.inputs.share}} as f, '{{.inputs.share}}' as s", {"share": 2.0}),
    "a name of a table": ("select * from {{.inputs.text}}", {"text": "it_s"}),
    "a text": ("select * from it_s where name = '{{.inputs.text}}'", {"text": "plain"}),
    "a doubled quote beside a place": ("select 'it''s {{.inputs.text}}' as s", {"text": "fine"}),
    "texts and binary data": ("select 'ö' as v union all select x'00'", {}),
    "binary data and texts": ("select x'00' as v union all select null union all select 'ö'", {}),
    "binary data late": (MANY + "select iif(n < 199999, 'ö', x'00') as v from n", {}),
    "a pragma": ("pragma table_info('t')", {}),
    "many rows": (MANY + "select n, n / 2.0 as half, 'row ' || n as s from n", {}),
    "floats late": (MANY + "select iif(n < 199999, n, n + 0.5) as v from n", {}),
    "values late": (MANY + "select iif(n < 199999, null, n) as v from n", {}),
    "many columns": ("select " + ", ".join(f"{n} as c{n}" for n in range(1000)), {}),
}

# Queries that both sides refuse, with words of Rust's message.
REFUSED = {
    "no such table": ("select * from nowhere", {}, "no such table: nowhere"),
    "no query": ("selct 1", {}, 'syntax error, at byte 0: `selct 1`'),
    "two statements": ("select 1; select 2", {}, "more than one statement"),
    "no columns": ("create table x (y)", {}, "no columns"),
    "numbers and texts": ("select 1 as v union all select 'x'", {}, "column `v` has"),
    "numbers and binary data": ("select 1 as v union all select x'00'", {}, "column `v` has"),
    "two columns of a name": ("select 1 as a, 2 as a", {}, "two columns with the name `a`"),
    "not in UTF-8": ("select cast(x'ff' as text) as t", {}, "not in UTF-8"),
    "no such input": ("select {{.inputs.more}}", {}, "no input `more`"),
    "an unused input": ("select 1", {"number": 1}, "it lacks `{{.inputs.number}}`"),
}


def fold(query):
    """Folds a query, as flytekit does when its task is created."""
    return SQLite3Task("folded", query, task_config=SQLite3Config("x")).query_template


class Cases:
    def __init__(self, binary, folder):
        self.rust, self.folder = Rust(binary), folder
        self.database = folder / "a.db"
        connection = sqlite3.connect(self.database)
        connection.executescript(TABLES)
        connection.close()

    def theirs(self, query, inputs, uri, compressed):
        types = kwtypes(**{name: type(value) for name, value in inputs.items()})
        config = SQLite3Config(uri=str(uri), compressed=compressed)
        task = SQLite3Task("twin", query, inputs=types, task_config=config)
        frame = SQLite3TaskExecutor().execute_from_model(task.task_template, **inputs)
        return self.written({"o0": frame}, {"o0": pd.DataFrame})

    def ours(self, query, inputs, uri, compressed):
        values = {"template": fold(query), "uri": str(uri), "compressed": compressed}
        types = {"template": str, "uri": str, "compressed": bool}
        for name, ty in {"number": int, "share": float, "text": str}.items():
            values[name], types[name] = inputs.get(name), Optional[ty]
        path = self.folder / "inputs.pb"
        path.write_bytes(self.written(values, types).SerializeToString())
        prefix = Path(tempfile.mkdtemp(dir=self.folder))
        self.rust.execute("query", path, prefix)
        error = prefix / "error.pb"
        if error.exists():
            raise AssertionError(ErrorDocument.FromString(error.read_bytes()).error)
        return LiteralMap.FromString((prefix / "outputs.pb").read_bytes())

    def written(self, values, types):
        with setup_execution(str(self.folder / "raw")) as context:
            return TypeEngine.dict_to_literal_map(context, values, types).to_flyte_idl()

    def frame(self, outputs):
        with setup_execution(str(self.folder / "raw")) as context:
            model = LiteralMapModel.from_flyte_idl(outputs)
            return TypeEngine.literal_map_to_kwargs(context, model, {"o0": pd.DataFrame})["o0"]

    def same(self, query, inputs, uri=None, compressed=False):
        uri = uri or self.database
        theirs = self.theirs(query, inputs, uri, compressed)
        ours = self.ours(query, inputs, uri, compressed)
        assert_frame_equal(self.frame(ours), self.frame(theirs))
        for outputs in (ours, theirs):
            outputs.literals["o0"].scalar.structured_dataset.uri = ""
        assert ours == theirs, f"{ours}\n{theirs}"

    def refused(self, query, inputs, words, uri=None, compressed=False):
        uri = uri or self.database
        for run in (self.theirs, self.ours):
            try:
                run(query, inputs, uri, compressed)
            except Exception as error:
                said = str(error)
            else:
                raise AssertionError(f"{run} did not fail")
        assert words in said, said
        self.is_final_and_of_the_user(said)

    @staticmethod
    def is_final_and_of_the_user(said):
        # Defaults are not written.
        assert 'code: "USER' in said and "kind: RECOVERABLE" not in said and "origin: SYSTEM" not in said, said

    def archive(self, form):
        folder = self.folder / form
        folder.mkdir()
        shutil.copy(self.database, folder / "a.db")
        uri = shutil.make_archive(str(self.folder / f"archive {form}"), form, folder)
        self.same("select * from t", {}, uri, True)
        shutil.copy(self.database, folder / "b.db")
        uri = shutil.make_archive(str(self.folder / f"two {form}"), form, folder)
        self.refused("select * from t", {}, "must hold only one file", uri, True)

    def no_database(self):
        path = self.folder / "text"
        path.write_text("no database " * 100)
        self.refused("select * from t", {}, "file is not a database", path)
        self.refused("select * from t", {}, "nowhere.db", self.folder / "nowhere.db")
        self.refused("select * from t", {}, "not an archive", path, True)

    def only_read(self):
        """Refuses statements that flytekit would execute on a copy, or on other files."""
        for query in ("delete from t returning i", f"attach '{self.folder}/other.db' as other"):
            try:
                self.ours(query, {}, self.database, False)
            except AssertionError as error:
                self.is_final_and_of_the_user(str(error))
            else:
                raise AssertionError(f"{query} did not fail")
        assert not (self.folder / "other.db").exists()

    def quotes(self):
        """A quote in a value does not end a string, although it does in flytekit."""
        for text in ("it's", '"quoted"', "plain' or '1' = '1"):
            outputs = self.ours("select * from it_s where name = '{{.inputs.text}}'", {"text": text}, self.database, False)
            expected = [text] if " or " not in text else []
            assert list(self.frame(outputs)["name"]) == expected, text


def problems(case, *arguments):
    try:
        case(*arguments)
    except Exception:
        return [traceback.format_exc()]
    return []


def main():
    binary, report = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        cases = Cases(binary, Path(folder))
        found = {name: problems(cases.same, *arguments) for name, arguments in SAME.items()}
        found |= {name: problems(cases.refused, *arguments) for name, arguments in REFUSED.items()}
        found |= {form: problems(cases.archive, form) for form in ("zip", "tar", "gztar", "bztar", "xztar")}
        for case in (cases.no_database, cases.only_read, cases.quotes):
            found[case.__name__] = problems(case)
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
