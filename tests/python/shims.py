"""Usage: shims.py BINARY REPORT

Starts the containers of tasks that flytekit registers for `SQLite3Task`, with the binary and with flytekit's
own `pyflyte-execute`, and compares their files. Writes the problems to the file REPORT, as JSON:
{CASE: [PROBLEM, …]}
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Optional

import pandas as pd
from flyteidl.admin.task_pb2 import TaskSpec
from flyteidl.core.errors_pb2 import ErrorDocument
from flyteidl.core.literals_pb2 import LiteralMap
from flytekit import TaskMetadata, kwtypes
from flytekit.bin.entrypoint import setup_execution
from flytekit.core.type_engine import TypeEngine
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from flytekit.models.literals import LiteralMap as LiteralMapModel
from flytekit.types.schema import FlyteSchema
from oracle import task_spec
from pandas.testing import assert_frame_equal

DEADLINE = 600
FLYTEKIT = Path(sys.executable).parent / "pyflyte-execute"
TABLES = """
create table tracks (id integer, title text, seconds real);
insert into tracks values (1, 'Thunderstruck', 292.5), (2, 'Zombie', 1), (3, null, null);
"""

THEIRS = ["env", f"PATH={FLYTEKIT.parent}:{os.environ['PATH']}"]
TWIN = "select id, title from tracks where id <= {{.inputs.most}} and title = '{{.inputs.title}}'"

# Queries, the types and values of their inputs, and the columns that their outputs declare.
SAME = {
    "all rows": ("select * from tracks", {}, None),
    "inputs": (
        TWIN,
        {"most": (int, 2), "title": (str, "Zombie")},
        kwtypes(id=int, title=str),
    ),
    "an optional input": (
        "select id from tracks where seconds > {{.inputs.least}}",
        {"least": (Optional[float], 1.5)},
        None,
    ),
}

# Queries that both sides refuse, with words of Rust's message.
REFUSED = {
    "bad SQL": ("select * from nowhere", {}, None, "no such table: nowhere"),
    "an input without a place": ("select 1 as one", {"more": (int, 1)}, None, "it lacks `{{.inputs.more}}`"),
}

# Queries that only Rust refuses, because it checks the declared columns.
STRICTER = {
    "a column that is not there": (
        "select id from tracks", {}, kwtypes(id=int, title=str), "no column `title`, which the task's output declares"
    ),
    "texts for numbers": ("select title from tracks", {}, kwtypes(title=int), "`title` is Utf8"),
}


class Cases:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.database = folder / "music.db"
        connection = sqlite3.connect(self.database)
        connection.executescript(TABLES)
        connection.close()

    def template(self, query, inputs, columns):
        types = {name: ty for name, (ty, _) in inputs.items()}
        task = SQLite3Task(
            "twin",
            query,
            inputs=types,
            task_config=SQLite3Config(str(self.database)),
            output_schema_type=FlyteSchema[columns] if columns else None,
        )
        return task_spec(task).template

    def run(self, program, query, inputs, columns):
        return self.run_template(program, self.template(query, inputs, columns), inputs)

    def run_template(self, program, template, inputs):
        """The outputs of a process with the container's args, or its error."""
        place = Path(tempfile.mkdtemp(dir=self.folder))
        (place / "task.pb").write_bytes(template.SerializeToString())
        values = {name: value for name, (_, value) in inputs.items()}
        types = {name: ty for name, (ty, _) in inputs.items()}
        with setup_execution(str(place / "raw")) as context:
            literals = TypeEngine.dict_to_literal_map(context, values, types).to_flyte_idl()
        (place / "inputs.pb").write_bytes(literals.SerializeToString())
        rendered = {
            "{{.input}}": place / "inputs.pb",
            "{{.outputPrefix}}": place / "outputs",
            "{{.rawOutputDataPrefix}}": place / "raw",
            "{{.taskTemplatePath}}": place / "task.pb",
        }
        args = [str(rendered.get(arg, arg)) for arg in template.container.args]
        ended = subprocess.run(
            [*program, *args], capture_output=True, timeout=DEADLINE, text=True, cwd=self.folder
        )
        assert ended.returncode == 0, ended.stderr
        error = place / "outputs" / "error.pb"
        if error.exists():
            return None, ErrorDocument.FromString(error.read_bytes()).error
        return LiteralMap.FromString((place / "outputs" / "outputs.pb").read_bytes()), None

    def ours(self, *case):
        return self.run([self.binary], *case)

    def theirs(self, *case):
        return self.run(THEIRS, *case)

    def frame(self, outputs):
        with setup_execution(str(self.folder / "raw")) as context:
            model = LiteralMapModel.from_flyte_idl(outputs)
            return TypeEngine.literal_map_to_kwargs(context, model, {"results": pd.DataFrame})["results"]

    def same(self, *case):
        self.are_same(self.ours(*case), self.theirs(*case))

    def are_same(self, ours, theirs):
        (ours, our_error), (theirs, their_error) = ours, theirs
        assert our_error is None and their_error is None, f"{our_error}\n{their_error}"
        frame = self.frame(theirs)
        assert_frame_equal(self.frame(ours), frame)
        for outputs in (ours, theirs):
            outputs.literals["results"].scalar.structured_dataset.uri = ""
        assert ours == theirs, f"{ours}\n{theirs}"
        return frame

    def refused(self, *case):
        *case, words = case
        (_, our_error), (_, their_error) = self.ours(*case), self.theirs(*case)
        assert their_error is not None
        assert their_error.kind == their_error.RECOVERABLE, their_error
        self.said(our_error, words)

    def stricter(self, *case):
        *case, words = case
        self.said(self.ours(*case)[1], words)

    def twin(self):
        """The template of Rust's twin equals flytekit's, except for the differences listed here."""
        ours = self.declared("twin")
        theirs = task_spec(
            SQLite3Task(
                "twin",
                TWIN,
                inputs=kwtypes(most=int, title=str),
                task_config=SQLite3Config("music.db"),
                container_image="registry/default:tag",
                metadata=TaskMetadata(retries=2),
                # flytekit cannot serialize a task's environment if the settings have none.
            )
        )
        template = theirs.template
        # Values of the registration, and of the SDK.
        for field in ("project", "domain", "version"):
            template.id.ClearField(field)
        template.metadata.runtime.flavor = "rust"
        template.container.env.add(key="MODE", value="test")
        # flytekit's older type of tables, which flytekit's own values do not have either.
        results = template.interface.outputs.variables["results"].type
        assert results.HasField("schema"), results
        results.structured_dataset_type.SetInParent()
        assert ours == theirs, f"{ours}\n{theirs}"

    def exchanged(self):
        """flytekit's executor and ours run the template of Rust's twin."""
        template = self.declared("twin").template
        inputs = {"most": (int, 2), "title": (str, "Zombie")}
        ours, theirs = (self.run_template(it, template, inputs) for it in ([self.binary], THEIRS))
        frame = self.are_same(ours, theirs)
        assert list(frame["id"]) == [2]
        here = subprocess.run(
            [self.binary, "run", "twin", "--most", "2", "--title", "Zombie", "--json"],
            capture_output=True,
            timeout=DEADLINE,
            text=True,
            cwd=self.folder,
        )
        assert here.returncode == 0, here.stderr
        table = pd.read_parquet(json.loads(here.stdout)["results"])
        assert_frame_equal(table, frame)

    def declared(self, task):
        described = subprocess.run(
            [self.binary, "describe", task, "--format", "pb"], check=True, capture_output=True, timeout=DEADLINE
        )
        return TaskSpec.FromString(described.stdout)

    @staticmethod
    def said(error, words):
        assert error is not None and words in error.message, error
        # The error is the user's fault, and final; defaults are not written.
        assert error.code.startswith("USER:") and error.kind == error.NON_RECOVERABLE, error


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
        found = {name: problems(cases.same, *case) for name, case in SAME.items()}
        found |= {name: problems(cases.refused, *case) for name, case in REFUSED.items()}
        found |= {name: problems(cases.stricter, *case) for name, case in STRICTER.items()}
        found |= {case.__name__: problems(case) for case in (cases.twin, cases.exchanged)}
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
