"""Usage: files.py BINARY REPORT

Passes files, folders, bytes and tables between flytekit and tasks of the binary. flytekit writes the
inputs, and runs the tasks' twins on the same ones. The results are compared: the literals, except
for the random parts of places, and the content of these places. Writes the problems to the file REPORT, as JSON:
{CASE: [PROBLEM, …]}
"""

import json
import os
import pickle
import re
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgpack
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from dataframes import NESTED, PANDAS, SALES, SCALARS, table
from fixture.files import Document, Sales
from flyteidl.core.errors_pb2 import ErrorDocument
from flyteidl.core.literals_pb2 import Literal, LiteralMap
from flytekit import FlyteContextManager, StructuredDataset
from flytekit.core.type_engine import TypeEngine
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile
from oracle import twins
from runs import Rust, execute_here

TWINS = twins("fixture.files")
RANDOM = re.compile("[0-9a-f]{32}")
TEXTS = {"a.txt": "text", "deep/er/b c%20d.txt": "ä", "deep/empty": ""}


@dataclass
class Pickled:
    """Bytes in a pickle protocol, which need not be flytekit's."""

    value: Any
    protocol: int


def write_inputs(folder, inputs, types):
    context = FlyteContextManager.current_context()
    values = {name: value for name, value in inputs.items() if not isinstance(value, (Pickled, Literal))}
    literals = TypeEngine.dict_to_literal_map(context, values, types).to_flyte_idl()
    for name, value in inputs.items():
        if isinstance(value, Pickled):
            path = folder / f"{name}.pickle"
            path.write_bytes(pickle.dumps(value.value, value.protocol))
            literals.literals[name].scalar.blob.uri = str(path)
        elif isinstance(value, Literal):
            literals.literals[name].CopyFrom(value)
    path = folder / "inputs.pb"
    path.write_bytes(literals.SerializeToString())
    return path


def places(literal):
    """The blobs and tables in a literal."""
    if literal.HasField("collection"):
        for inner in literal.collection.literals:
            yield from places(inner)
    elif literal.scalar.HasField("union"):
        yield from places(literal.scalar.union.value)
    elif literal.scalar.HasField("blob"):
        yield literal.scalar.blob
    elif literal.scalar.HasField("structured_dataset"):
        yield literal.scalar.structured_dataset


def content(place):
    """The content of a place: the object of a pickle, the rows of a table, the bytes of files."""
    path = Path(place.uri)
    if place.DESCRIPTOR.name == "StructuredDataset":
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        tables = [pq.ParquetFile(file).read() for file in files]
        return pa.concat_tables(tables).replace_schema_metadata().to_pylist()
    if place.metadata.type.format == "PythonPickle":
        return pickle.loads(path.read_bytes())
    return content_at(path)


def content_at(path):
    if path.is_dir():
        return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    return path.read_bytes()


def content_inside(value, known):
    """The same value inside of an object, whose places `known` makes comparable."""
    if isinstance(value, list):
        return [content_inside(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: known(member) if name in ("path", "uri") else content_inside(member, known)
        for name, member in value.items()
    }


def outputs(prefix):
    """The outputs without their random parts, and the content of their places."""
    error = prefix / "error.pb"
    if error.exists():
        raise AssertionError(ErrorDocument.FromString(error.read_bytes()).error.message)
    message = LiteralMap.FromString((prefix / "outputs.pb").read_bytes())
    contents = []

    def known(uri):
        return RANDOM.sub("RANDOM", uri.replace(str(prefix), "PREFIX"))

    def known_inside(uri):
        if "://" not in uri:
            contents.append(content_at(Path(uri)))
        return known(uri)

    for name in sorted(message.literals):
        binary = message.literals[name].scalar.binary
        if binary.value:
            binary.value = msgpack.packb(content_inside(msgpack.unpackb(binary.value), known_inside))
        for place in places(message.literals[name]):
            if "://" in place.uri:
                continue
            contents.append(content(place))
            place.uri = known(place.uri)
    return message, contents


class Cases:
    def __init__(self, rust, folder):
        self.rust, self.folder = rust, folder

    def run_rust(self, task, inputs, types={}):
        """The place of Rust's outputs; the inputs are beside it."""
        task = f"fixture.files.{task}"
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        inputs = write_inputs(folder, inputs, {**TWINS[task].python_interface.inputs, **types})
        self.rust.execute(task, inputs, folder / "rust")
        return folder / "rust"

    def run(self, task, inputs, types={}):
        """The outputs of both sides."""
        rust = self.run_rust(task, inputs, types)
        here = rust.with_name("here")
        execute_here(TWINS[f"fixture.files.{task}"], rust.with_name("inputs.pb"), here)
        return outputs(rust), outputs(here)

    def same(self, task, inputs, types={}):
        (ours, our_content), (theirs, their_content) = self.run(task, inputs, types)
        assert ours == theirs, f"Rust wrote\n{ours}\nflytekit wrote\n{theirs}"
        assert our_content == their_content, f"Rust wrote {our_content}\nflytekit wrote {their_content}"
        return ours, our_content

    def fails(self, task, inputs, *words, types={}):
        rust = self.run_rust(task, inputs, types)
        error = ErrorDocument.FromString((rust / "error.pb").read_bytes()).error.message
        for word in words:
            assert word in error, f"{word!r} is not in {error}"

    def scratch(self):
        return tempfile.mkdtemp(dir=self.folder)

    def file(self, name="file.txt", text="text\n"):
        path = Path(self.scratch()) / name
        path.write_text(text)
        return str(path)

    def texts(self):
        folder = Path(self.scratch()) / "texts"
        for name, text in TEXTS.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return str(folder)

    def remote_file(self):
        self.same("same_file", {"file": FlyteFile["csv"]("s3://bucket/a b%20c.csv")})

    def remote_file_of_another_format(self):
        ours, _ = self.same("same_file", {"file": FlyteFile["png"]("gs://bucket/a.png")}, {"file": FlyteFile["png"]})
        assert ours.literals["o0"].scalar.blob.metadata.type.format == "csv", ours

    def remote_file_with_metadata(self):
        self.same("same_file", {"file": FlyteFile["csv"]("s3://bucket/a.csv", metadata={"k": "v", "a": "b"})})

    def local_file(self):
        self.same("file_text", {"file": FlyteFile(self.file())})

    def local_file_of_an_attribute(self):
        """A local file in the form in which the backend passes on an attribute of a dataclass."""
        binary = Literal()
        binary.scalar.binary.tag = "msgpack"
        binary.scalar.binary.value = msgpack.packb({"path": self.file()})
        self.same("file_text", {"file": binary})
        binary.scalar.binary.value = msgpack.packb({"path": self.file(), "metadata": None})
        self.same("file_text", {"file": binary})
        generic = Literal()
        generic.scalar.generic.update({"path": self.file()})
        self.same("file_text", {"file": generic})

    def uploaded_file(self):
        for name in ("a.txt", "b c+ä"):
            _, (text,) = self.same("written_file", {"scratch": self.scratch(), "name": name, "text": "ä\n"})
            assert text == "ä\n".encode()

    def uploaded_file_with_a_percent_sign(self):
        """flytekit writes another place than the one to which it uploads."""
        ours = self.run_rust("written_file", {"scratch": self.scratch(), "name": "b%20c", "text": ""})
        message, _ = outputs(ours)
        assert message.literals["o0"].scalar.blob.uri == "PREFIX/raw/RANDOM/b%20c", message

    def streamed_file(self):
        # flytekit has no writer for local files; a file that it uploads is at the same place.
        self.same("streamed_file", {"text": "1,2\n" * 10_000})

    def file_with_metadata(self):
        ours, _ = self.same("described_file", {"scratch": self.scratch()})
        assert dict(ours.literals["o0"].metadata) == {"language": "Rust"}, ours

    def files_at_their_places(self):
        self.same("placed_files", {"scratch": self.scratch()})

    def remote_folder(self):
        self.same("same_folder", {"folder": FlyteDirectory("s3://bucket/a/b")})

    def local_folder(self):
        self.same("folder_texts", {"folder": FlyteDirectory(self.texts())})

    def uploaded_folder(self):
        _, (texts,) = self.same("written_folder", {"scratch": self.scratch(), "files": TEXTS})
        assert texts == {name: text.encode() for name, text in TEXTS.items()}

    def streamed_folder(self):
        self.same("streamed_folder", {"files": TEXTS})

    def perhaps(self):
        remote = {"file": FlyteFile("s3://bucket/a"), "folder": FlyteDirectory("s3://bucket/b")}
        self.same("perhaps", remote)
        self.same("perhaps", {"file": None, "folder": None})
        self.same("perhaps", remote, {"file": FlyteFile, "folder": FlyteDirectory})

    def no_file(self):
        folder = FlyteDirectory(self.texts())
        words = "input file: expected a file, found a folder at "
        self.fails("file_text", {"file": folder}, words, types={"file": FlyteDirectory})
        words = "input folder: expected a folder, found a file at "
        self.fails("folder_texts", {"folder": FlyteFile(self.file())}, words, types={"folder": FlyteFile})
        self.fails("file_text", {"file": 3}, "input file: expected a file, found integer 3", types={"file": int})

    def missing_file(self):
        gone = self.file()
        inputs = {"file": Literal()}
        inputs["file"].scalar.blob.uri = gone
        os.remove(gone)
        self.fails("file_text", inputs, f"cannot read {gone}")

    def bytes(self):
        for value in (b"", b"\x00\xff", bytes(255), bytes(256), bytes(range(256)) * 300, b"x" * 65_535, b"x" * 65_536):
            _, (ours,) = self.same("same_bytes", {"bytes": value})
            assert ours == value and type(ours) is bytes

    def bytes_of_every_protocol(self):
        for value in (b"", b"\x00\xff\n", b"x" * 300, b"x" * 70_000):
            for kind in (bytes, bytearray):
                for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
                    (_, (ours,)), _ = self.run("same_bytes", {"bytes": Pickled(kind(value), protocol)})
                    assert ours == value and type(ours) is bytes

    def several_bytes(self):
        self.same("several_bytes", {"bytes": [b"a", b""], "perhaps": b"b"})
        self.same("several_bytes", {"bytes": [], "perhaps": None})

    def other_pickles(self):
        class_of_tests = "something of `pathlib.PosixPath`"
        for value, what in [({1: 2}, "a `dict`"), ([b"a"], "a `list`"), ("a", "a `str`"), (Path("a"), class_of_tests)]:
            for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
                self.fails("same_bytes", {"bytes": Pickled(value, protocol)}, "input bytes: the pickle ", what)

    def objects(self):
        """Files, folders and tables inside dataclasses."""
        remote = Document(
            file=FlyteFile["csv"]("s3://bucket/a.csv"),
            folder=FlyteDirectory("s3://bucket/b"),
            bytes=b"\x00\xff",
            table=StructuredDataset(uri="s3://bucket/c", file_format="parquet"),
            more=[FlyteFile("s3://bucket/d"), FlyteFile("gs://bucket/e", metadata={"k": "v"})],
            perhaps=FlyteFile("s3://bucket/f"),
        )
        ours, _ = self.same("same_document", {"document": remote})
        value = msgpack.unpackb(ours.literals["o0"].scalar.binary.value)
        assert value["more"][1] == {"path": "gs://bucket/e", "metadata": {"k": "v"}}, value
        _, contents = self.same("written_document", {"scratch": self.scratch(), "table": remote.table})
        assert contents == [b"1,2", {"b": b"b"}, b"c"], contents

    def read_and_written(self, columns, value, ty):
        (ours, (rows,)), _ = self.run("copied_table", {"table": value}, {"table": ty})
        place = ours.literals["o0"].scalar.structured_dataset
        assert place.uri == "PREFIX/raw/RANDOM", place
        assert rows == table(columns).to_pylist(), rows

    def tables_of_arrow(self):
        for columns in (SCALARS, NESTED, SALES):
            self.read_and_written(columns, table(columns), pa.Table)
            self.same("copied_table", {"table": table(columns)})

    def tables_of_pandas(self):
        self.read_and_written(PANDAS, table(PANDAS).to_pandas(), pd.DataFrame)

    def table_without_rows(self):
        _, (rows,) = self.same("copied_table", {"table": table(SALES, 0)})
        assert rows == []

    def types_of_arrow(self):
        """Arrow types, also those without a Parquet type."""
        value = pa.table(
            {
                "category": pa.array(["a", None, "b"]).dictionary_encode(),
                "long": pa.array(["a", None, "b"], pa.large_string()),
                "moment": pa.array([1, None, 2], pa.timestamp("ns", tz="Europe/Zurich")),
                "duration": pa.array([1, None, 2], pa.duration("us")),
                "unsigned": pa.array([0, None, 2**64 - 1], pa.uint64()),
            }
        )
        rust = self.run_rust("copied_table", {"table": value})
        outputs = LiteralMap.FromString((rust / "outputs.pb").read_bytes())
        written = pq.read_table(outputs.literals["o0"].scalar.structured_dataset.uri)
        assert written.schema.equals(value.schema) and written.equals(value), written

    def every_compression(self):
        for compression in ("none", "snappy", "zstd", "gzip", "lz4", "brotli"):
            folder = Path(self.scratch()) / "table"
            folder.mkdir()
            pq.write_table(table(SALES), folder / "part", compression=compression, row_group_size=1)
            dataset = StructuredDataset(uri=str(folder), file_format="parquet")
            (_, (rows,)), _ = self.run("copied_table", {"table": dataset}, {"table": StructuredDataset})
            assert rows == table(SALES).to_pylist(), rows

    def several_files(self):
        """Several files, as Spark writes them; hidden files are not part of the table."""
        folder = Path(self.scratch()) / "table"
        folder.mkdir()
        for name in ("part-00000-x.snappy.parquet", "part-00001-x.snappy.parquet"):
            pq.write_table(table(SALES), folder / name)
        for name in ("_SUCCESS", ".part-00000-x.snappy.parquet.crc"):
            (folder / name).write_text("")
        uri = Literal()
        uri.scalar.structured_dataset.uri = str(folder)
        (_, (rows,)), _ = self.run("copied_table", {"table": uri})
        assert rows == table(SALES).to_pylist() * 2, rows

    def declared_columns(self):
        for types in ({}, {"sales": pa.Table}):
            _, (rows,) = self.same("sales", {"sales": table(SALES)}, types)
            assert list(rows[0]) == list(Sales), rows

    def declared_columns_in_other_layouts(self):
        """Parts of a table with the layouts of different writers; Rust reads the declared types."""
        texts = pa.list_(pa.string())
        parts = [
            {
                "id": pa.array([1], pa.int32()),
                "amount": pa.array([0.5], pa.float32()),
                "customer name": pa.array(["a"]).dictionary_encode(),
                "tags": pa.array([["x"]], pa.large_list(pa.large_string())),
            },
            {
                "id": pa.array([2], pa.uint64()),
                "amount": pa.array([2], pa.int64()),
                "customer name": pa.nulls(1),
                "tags": pa.array([[]], texts),
            },
            {
                "id": pa.array([3], pa.decimal128(9, 0)),
                "amount": pa.nulls(1),
                "customer name": pa.array(["c"], pa.string_view()),
                "tags": pa.nulls(1),
            },
        ]
        folder = Path(self.scratch()) / "table"
        folder.mkdir()
        for number, part in enumerate(parts):
            pq.write_table(pa.table(part), folder / f"part-{number}")
        dataset = StructuredDataset(uri=str(folder), file_format="parquet")
        rust = self.run_rust("sales", {"sales": dataset}, {"sales": StructuredDataset})
        outputs = LiteralMap.FromString((rust / "outputs.pb").read_bytes())
        written = pq.read_table(outputs.literals["o0"].scalar.structured_dataset.uri)
        assert written.schema.types == [pa.int64(), pa.float64(), pa.string(), texts], written.schema
        assert written.to_pydict() == {
            "id": [1, 2, 3],
            "amount": [0.5, 2.0, None],
            "customer name": ["a", None, "c"],
            "tags": [["x"], [], None],
        }, written
        large = {**parts[1], "id": pa.array([2**63], pa.uint64())}
        pq.write_table(pa.table(large), folder / "part-3")
        words = ("column `id` is of type UInt64 and cannot be read as Int64", "part-3", "9223372036854775808")
        self.fails("sales", {"sales": dataset}, *words, types={"sales": StructuredDataset})

    def columns_of_the_literal(self):
        types = {"table": Annotated[pa.Table, {"amount": float, "id": int}]}
        _, (rows,) = self.same("copied_table", {"table": table(SALES)}, types)
        assert list(rows[0]) == ["amount", "id"], rows

    def wrong_columns(self):
        without = table(SALES).drop_columns(["amount"])
        words = "there is no column `amount`; expected `id` Int64, "
        self.fails("sales", {"sales": without}, words, types={"sales": pa.Table})
        mistyped = table({**SALES, "amount": (pa.string(), ["1.5", "2.5"])})
        self.fails("sales", {"sales": mistyped}, "column `amount` is of type Utf8", types={"sales": pa.Table})

    def table_that_is_passed_on(self):
        plain = StructuredDataset(uri="s3://bucket/table", file_format="parquet")
        self.same("same_table", {"table": plain})
        self.same("same_table", {"table": StructuredDataset(uri="s3://bucket/table", file_format="csv")})
        self.same("same_table", {"table": plain}, {"table": Annotated[StructuredDataset, Sales]})
        self.same("same_sales", {"sales": plain})
        self.same("same_sales", {"sales": plain}, {"sales": StructuredDataset})

    def table_at_a_place(self):
        self.same("table_at", {"uri": "s3://bucket/table"})
        folder = Path(self.scratch()) / "table"
        folder.mkdir()
        pq.write_table(table(SALES), folder / "00000")
        (_, ours), (_, theirs) = self.run("table_at", {"uri": str(folder)})
        assert ours == theirs == [table(SALES).to_pylist()], ours

    def no_table(self):
        csv = StructuredDataset(dataframe=table(PANDAS).to_pandas())
        types = {"table": Annotated[StructuredDataset, "csv"]}
        self.fails("copied_table", {"table": csv}, 'expected a dataset in the format "parquet"', types=types)
        words = "input table: expected a structured dataset, found integer 3"
        self.fails("copied_table", {"table": 3}, words, types={"table": int})


def problems(case):
    try:
        case()
    except Exception:
        return [traceback.format_exc()]
    return []


def main():
    binary, report = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        # The twins write into the working directory.
        os.chdir(folder)
        cases = Cases(Rust(binary), Path(folder))
        shared = {"run", "run_rust", "same", "fails", "scratch", "file", "texts", "read_and_written"}
        names = [name for name, member in vars(Cases).items() if callable(member) and name[0] != "_"]
        found = {name: problems(getattr(cases, name)) for name in names if name not in shared}
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
