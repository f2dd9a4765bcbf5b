"""Usage: dataframes.py BINARY SERVER REPORT

Passes data frames between flytekit and tasks of the binary, on SERVER, which is "sail" or "spark".
flytekit writes Rust's inputs with pandas, Arrow and its Spark plugin, and reads Rust's outputs with all three.
Writes the problems to the file REPORT, as JSON: {CASE: [PROBLEM, …]}
"""

import datetime
import json
import os
import platform
import sys
import tempfile
import traceback
import zipfile
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated, List

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
from flyteidl.core.errors_pb2 import ErrorDocument
from flyteidl.core.literals_pb2 import LiteralMap
from flytekit import FlyteContextManager, StructuredDataset, kwtypes
from flytekit.bin.entrypoint import setup_execution
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import LiteralMap as LiteralMapModel
from pyspark.sql import DataFrame, SparkSession
from runs import Rust

# Each column's type, and its values. The first column identifies rows.
SCALARS = {
    "id": (pa.int64(), [0, 1, 2]),
    "i8": (pa.int8(), [-128, None, 127]),
    "i16": (pa.int16(), [-(2**15), None, 2**15 - 1]),
    "i32": (pa.int32(), [-(2**31), None, 2**31 - 1]),
    "i64": (pa.int64(), [-(2**63), None, 2**63 - 1]),
    "f32": (pa.float32(), [0.5, None, float("inf")]),
    "f64": (pa.float64(), [-0.1, None, 1e308]),
    "text": (pa.string(), ["", None, "zwölf 十二 🎉\n"]),
    "with space and.dot": (pa.string(), ["a", None, "b"]),
    "truth": (pa.bool_(), [True, None, False]),
    "bytes": (pa.binary(), [b"", None, b"\x00\xff"]),
    "day": (pa.date32(), [datetime.date(1969, 12, 31), None, datetime.date(2024, 2, 29)]),
    "price": (pa.decimal128(12, 3), [Decimal("-1.250"), None, Decimal("123456789.001")]),
    "moment": (
        pa.timestamp("us", tz="UTC"),
        [datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, datetime.timezone.utc), None]
        + [datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)],
    ),
    "local": (pa.timestamp("us"), [datetime.datetime(2024, 1, 2, 3, 4, 5, 678901), None, datetime.datetime(1999, 1, 1)]),
}
NESTED = {
    "id": (pa.int64(), [0, 1, 2]),
    "list": (pa.list_(pa.int64()), [[1, None, 3], None, []]),
    "struct": (
        pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))]),
        [{"a": 1, "b": ["x"]}, None, {"a": None, "b": []}],
    ),
    "map": (pa.map_(pa.string(), pa.float64()), [[("k", 1.5)], None, []]),
}
# Types that pandas has; a missing integer turns its column into floats.
PANDAS = {name: SCALARS[name] for name in ["id", "f64", "text", "with space and.dot", "bytes", "day", "price", "local"]}
SALES = {
    "id": (pa.int64(), [0, 1]),
    "more": (pa.int64(), [5, 6]),
    "tags": (pa.list_(pa.string()), [["new"], []]),
    "customer name": (pa.string(), ["Ada", None]),
    "amount": (pa.float64(), [1.5, 2.5]),
}
SALE = ["id", "amount", "customer name", "tags"]
SALE_TYPES = kwtypes(**{"id": int, "amount": float, "customer name": str, "tags": List[str]})

# The types as which flytekit reads a table.
READERS = (pa.Table, pd.DataFrame, DataFrame)


def table(columns, rows=None):
    return pa.table({name: pa.array(values[:rows], ty) for name, (ty, values) in columns.items()})


def rows(table):
    """The rows of an Arrow table, sorted, because writers may change their order."""
    if "moment" in table.column_names:
        # Spark writes timestamps in its old format (INT96), without their zone, which is UTC.
        at = table.column_names.index("moment")
        table = table.set_column(at, "moment", table["moment"].cast(SCALARS["moment"][0]))
    return sorted(table.to_pylist(), key=lambda row: row["id"])


def columns_of(frame):
    return frame.column_names if isinstance(frame, pa.Table) else list(frame.columns)


@contextmanager
def sail(folder):
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    remote = f"sc://127.0.0.1:{server.listening_address[1]}"
    # flytekit's plugin requests the session on a thread of its own.
    os.environ["SPARK_REMOTE"] = remote
    session = SparkSession.builder.remote(remote).getOrCreate()
    yield remote, session
    session.stop()
    server.stop()


def native_snappy(folder):
    """Java options that name snappy's library for glibc: by default, snappy takes musl's if the machine has one."""
    if not Path("/lib/ld-musl-x86_64.so.1").exists() or platform.libc_ver()[0] != "glibc":
        return ""
    jar = next((Path(pyspark.__file__).parent / "jars").glob("snappy-java-*.jar"))
    with zipfile.ZipFile(jar) as archive:
        library = Path(archive.extract("org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so", folder / "snappy"))
    return f"-Dorg.xerial.snappy.lib.path={library.parent} -Dorg.xerial.snappy.lib.name={library.name}"


@contextmanager
def spark(folder):
    """One JVM for both sides: flytekit uses it as in a cluster, Rust through Spark Connect."""
    settings = {
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": "0",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.extraJavaOptions": native_snappy(folder),
    }
    builder = SparkSession.builder.master("local[2]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    service = getattr(session._jvm.org.apache.spark.sql.connect.service, "SparkConnectService$")
    port = getattr(service, "MODULE$").bindingAddress().getPort()
    yield f"sc://127.0.0.1:{port}", session
    session.stop()


class Here:
    """flytekit with a folder for its raw data and a Spark session, as in a task."""

    def __init__(self, folder, session):
        self.folder = folder
        self.session = session

    @contextmanager
    def context(self):
        with setup_execution(str(self.folder / "here")) as context:
            state = context.execution_state
            parameters = state.user_space_params.builder().add_attr("SPARK_SESSION", self.session).build()
            builder = context.with_execution_state(state.with_params(user_space_params=parameters))
            with FlyteContextManager.with_context(builder) as context:
                yield context

    def write(self, values, types):
        with self.context() as context:
            literals = TypeEngine.dict_to_literal_map(context, values, types)
        path = Path(tempfile.mkdtemp(dir=self.folder)) / "inputs.pb"
        path.write_bytes(literals.to_flyte_idl().SerializeToString())
        return path

    def read(self, outputs, types):
        model = LiteralMapModel.from_flyte_idl(outputs)
        with self.context() as context:
            return TypeEngine.literal_map_to_kwargs(context, model, types)

    def read_all(self, outputs):
        """The output, read by each of flytekit's transformers."""
        return [self.read(outputs, {"o0": ty})["o0"] for ty in READERS]


class Cases:
    def __init__(self, rust, here, folder, server):
        self.rust, self.here, self.folder, self.server = rust, here, folder, server

    def run(self, task, inputs):
        prefix = Path(tempfile.mkdtemp(dir=self.folder))
        self.rust.execute(f"fixture.frames.{task}", inputs, prefix)
        error = prefix / "error.pb"
        if error.exists():
            raise AssertionError(ErrorDocument.FromString(error.read_bytes()).error.message)
        return LiteralMap.FromString((prefix / "outputs.pb").read_bytes()), prefix

    def fails(self, task, inputs, *words):
        try:
            self.run(task, inputs)
        except AssertionError as error:
            for word in words:
                assert word in str(error), f"{word!r} is not in {error}"
        else:
            raise AssertionError("it did not fail")

    def copied(self, columns, value, ty, rows_of=None):
        """A frame that Rust copies is equal, for each reader."""
        outputs, prefix = self.run("copy", self.here.write({"frame": value}, {"frame": ty}))
        dataset = outputs.literals["o0"].scalar.structured_dataset
        self.assert_layout(dataset, prefix)
        expected = rows(table(columns, rows_of))
        arrow, pandas, spark = self.here.read_all(outputs)
        assert arrow.column_names == list(columns), arrow.column_names
        assert rows(arrow) == expected, f"Arrow reads {rows(arrow)}\nnot {expected}"
        assert len(pandas) == len(expected) and list(pandas.columns) == list(columns), pandas
        assert spark.columns == list(columns) and spark.count() == len(expected), spark
        assert rows(spark.toArrow().select(["id"])) == [{"id": row["id"]} for row in expected]

    def assert_layout(self, dataset, prefix):
        ty = dataset.metadata.structured_dataset_type
        assert ty.format == "parquet", ty
        folder = Path(dataset.uri)
        assert folder.parent == prefix / "raw" and len(folder.name) == 32, folder
        int(folder.name, 16)
        files = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
        assert files and all(name.endswith(".parquet") for name in files), files

    def arrow_scalars(self):
        self.copied(SCALARS, table(SCALARS), pa.Table)

    def arrow_nested(self):
        self.copied(NESTED, table(NESTED), pa.Table)

    def pandas_scalars(self):
        self.copied(PANDAS, table(PANDAS).to_pandas(), pd.DataFrame)

    def spark_scalars(self):
        # Spark turns timestamps without a zone into points in time.
        columns = {name: column for name, column in SCALARS.items() if name != "local"}
        self.copied(columns, self.here.session.createDataFrame(table(columns)), DataFrame)

    def spark_nested(self):
        self.copied(NESTED, self.here.session.createDataFrame(table(NESTED)), DataFrame)

    def as_flytekit_writes(self):
        """The literal equals flytekit's, except for the place."""
        frame = self.here.session.createDataFrame(table(SALES))
        ours, _ = self.run("copy", self.here.write({"frame": frame}, {"frame": DataFrame}))
        theirs = LiteralMap.FromString(self.here.write({"o0": frame}, {"o0": DataFrame}).read_bytes())
        for outputs in (ours, theirs):
            outputs.literals["o0"].scalar.structured_dataset.uri = ""
        assert ours == theirs, f"{ours}\n{theirs}"

    def empty_input(self):
        inputs = self.here.write({"frame": table(SCALARS, 0)}, {"frame": pa.Table})
        outputs, _ = self.run("seen", inputs)
        values = self.here.read(outputs, {"rows": int, "columns": List[str]})
        assert values == {"rows": 0, "columns": list(SCALARS)}, values

    def empty_output(self):
        inputs = self.here.write({"frame": table(SCALARS)}, {"frame": pa.Table})
        if self.server == "sail":
            self.fails("without_rows", inputs, "o0: ", "a data frame without rows")
            return
        outputs, _ = self.run("without_rows", inputs)
        for value in self.here.read_all(outputs):
            assert columns_of(value) == list(SCALARS), value

    def declared_columns(self):
        types = {"sales": Annotated[pa.Table, SALE_TYPES]}
        outputs, _ = self.run("sales", self.here.write({"sales": table(SALES)}, types))
        columns = outputs.literals["o0"].scalar.structured_dataset.metadata.structured_dataset_type.columns
        assert [column.name for column in columns] == SALE, columns
        frame = self.here.session.createDataFrame(table(SALES))
        sale = {"o0": Annotated[DataFrame, SALE_TYPES]}
        theirs = LiteralMap.FromString(self.here.write({"o0": frame}, sale).read_bytes())
        assert list(columns) == list(
            theirs.literals["o0"].scalar.structured_dataset.metadata.structured_dataset_type.columns
        )
        for ty in READERS:
            value = self.here.read(outputs, {"o0": Annotated[ty, SALE_TYPES]})["o0"]
            assert columns_of(value) == SALE, value
        value = self.here.read(outputs, {"o0": pa.Table})["o0"]
        assert rows(value) == rows(table(SALES).select(SALE)), value

    def columns_of_the_literal(self):
        """Only the columns in the literal are read, as in flytekit."""
        types = {"frame": Annotated[pa.Table, kwtypes(amount=float)]}
        outputs, _ = self.run("seen", self.here.write({"frame": table(SALES)}, types))
        values = self.here.read(outputs, {"rows": int, "columns": List[str]})
        assert values == {"rows": 2, "columns": ["amount"]}, values

    def more_columns_are_kept(self):
        outputs, _ = self.run("promised", self.here.write({"frame": table(SALES)}, {"frame": pa.Table}))
        # The literal names the columns of the schema, so a reader of any columns gets these.
        assert self.here.read(outputs, {"o0": pa.Table})["o0"].column_names == SALE
        uri = outputs.literals["o0"].scalar.structured_dataset.uri
        assert sorted(pq.read_table(uri).column_names) == sorted(SALES)

    def missing_column_of_an_input(self):
        without = table(SALES).drop_columns(["amount"])
        inputs = self.here.write({"sales": without}, {"sales": pa.Table})
        words = ["input sales: there is no column `amount`", "`customer name` string", "the data frame has `id` bigint"]
        self.fails("sales", inputs, *words)

    def missing_column_of_an_output(self):
        without = table(SALES).drop_columns(["amount", "tags"])
        inputs = self.here.write({"frame": without}, {"frame": pa.Table})
        self.fails("promised", inputs, "o0: there is no column `amount`, there is no column `tags`")

    def mistyped_column(self):
        mistyped = table({**SALES, "amount": (pa.string(), ["1.5", "2.5"])})
        inputs = self.here.write({"sales": mistyped}, {"sales": pa.Table})
        self.fails("sales", inputs, "input sales: column `amount` is of type string", "`amount` double")

    def several(self):
        frames = [table(SALES), table(NESTED)]
        types = {"frames": List[pa.Table], "perhaps": type(None)}
        outputs, _ = self.run("several", self.here.write({"frames": frames, "perhaps": None}, types))
        values = self.here.read(outputs, {"o0": List[pa.Table], "o1": pa.Table | None})
        assert [rows(value) for value in values["o0"]] == [rows(frame) for frame in frames], values
        assert values["o1"] is None, values

        types = {"frames": List[pa.Table], "perhaps": pa.Table | None}
        outputs, _ = self.run("several", self.here.write({"frames": [], "perhaps": table(SALES)}, types))
        values = self.here.read(outputs, {"o0": List[pa.Table], "o1": pa.Table | None})
        assert values["o0"] == [] and rows(values["o1"]) == rows(table(SALES)), values

    def several_files(self):
        """A folder with several files is one table; hidden files are not part of it."""
        folder = self.folder / "several files"
        folder.mkdir()
        for name in ("00000", "00001", "part-2.parquet"):
            pq.write_table(table(SALES), folder / name)
        for name in ("_SUCCESS", "_metadata.json", ".00000.crc"):
            (folder / name).write_text("not a table")
        dataset = StructuredDataset(uri=f"file://{folder}", file_format="parquet")
        outputs, _ = self.run("seen", self.dataset(dataset))
        values = self.here.read(outputs, {"rows": int, "columns": List[str]})
        assert values == {"rows": 6, "columns": list(SALES)}, values

    def dataset(self, dataset):
        """Inputs with an existing table; flytekit would move a local one."""
        inputs = self.here.write({"frame": table(SALES)}, {"frame": pa.Table})
        literals = LiteralMap.FromString(inputs.read_bytes())
        literal = literals.literals["frame"].scalar.structured_dataset
        literal.uri = dataset.uri
        literal.metadata.structured_dataset_type.format = dataset.file_format
        inputs.write_bytes(literals.SerializeToString())
        return inputs

    def nothing_there(self):
        inputs = self.dataset(StructuredDataset(uri="/nowhere/to be/found", file_format="parquet"))
        self.fails("seen", inputs, "input frame: ", "/nowhere/to be/found")

    def not_parquet(self):
        frame = StructuredDataset(dataframe=table(PANDAS).to_pandas())
        inputs = self.here.write({"frame": frame}, {"frame": Annotated[StructuredDataset, "csv"]})
        self.fails("seen", inputs, 'input frame: expected a dataset in the format "parquet", found one in the format "csv"')

    def no_dataset(self):
        inputs = self.here.write({"frame": 3}, {"frame": int})
        self.fails("seen", inputs, "input frame: expected a structured dataset, found integer 3")

    def no_session(self):
        inputs = self.here.write({"frame": table(SALES)}, {"frame": pa.Table})
        self.fails("not_on_spark", inputs, "input frame: a data frame needs a Spark session", "#[task(spark(...))]")


def problems(case):
    try:
        case()
    except Exception:
        return [traceback.format_exc()]
    return []


def main():
    binary, server, report = sys.argv[1:]
    # The tests have chosen the server.
    for name in ("SPARK_REMOTE", "SPARK_HOME"):
        os.environ.pop(name, None)
    open_server = {"sail": sail, "spark": spark}[server]
    with tempfile.TemporaryDirectory() as folder, open_server(Path(folder)) as (remote, session):
        folder = Path(folder)
        cases = Cases(Rust(binary, SPARK_REMOTE=remote), Here(folder, session), folder, server)
        shared = {"run", "fails", "copied", "assert_layout", "dataset"}
        names = [name for name, member in vars(Cases).items() if callable(member) and name[0] != "_"]
        found = {name: problems(getattr(cases, name)) for name in names if name not in shared}
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
