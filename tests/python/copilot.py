"""Plays Flyte's copilot, which is not available as a module: moves the data of raw containers.

Usage: copilot.py [FLAG...] download --from-remote URI --to-local-dir DIR ...
       copilot.py [FLAG...] sidecar --from-local-dir DIR --to-output-prefix URI --to-raw-output URI --interface BASE64 ...

It supports the values of the tests, and local files. `copilot.sh` starts the second command when it gets a
signal.
"""

import base64
import json
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

from flyteidl.core import errors_pb2, interface_pb2, literals_pb2, types_pb2
from google.protobuf.json_format import Parse


def path(uri):
    return Path(uri.removeprefix("file://"))


def download(flags):
    folder = path(flags["--to-local-dir"])
    folder.mkdir(parents=True, exist_ok=True)
    inputs = literals_pb2.LiteralMap.FromString(path(flags["--from-remote"]).read_bytes())
    values = {name: put(literal, folder / name) for name, literal in inputs.literals.items()}
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    if flags["--format"] == "JSON":
        (folder / "inputs.json").write_text(json.dumps(values))


def put(literal, file):
    if literal.WhichOneof("value") == "collection":
        file.mkdir()
        return [put(item, file / str(index)) for index, item in enumerate(literal.collection.literals)]
    primitive = literal.scalar.primitive
    value = getattr(primitive, primitive.WhichOneof("value"))
    if primitive.HasField("datetime"):
        value = value.ToJsonString()
    file.write_text(str(value))
    return value


def sidecar(flags):
    interface = interface_pb2.TypedInterface.FromString(base64.b64decode(flags["--interface"]))
    if not interface.outputs.variables:
        return
    prefix = path(flags["--to-output-prefix"])
    prefix.mkdir(parents=True, exist_ok=True)
    try:
        outputs = upload(interface.outputs.variables, path(flags["--from-local-dir"]), path(flags["--to-raw-output"]))
        (prefix / "outputs.pb").write_bytes(outputs.SerializeToString())
    except Exception as problem:
        error = errors_pb2.ContainerError(
            code="OutputUploadFailed", message=str(problem), kind=errors_pb2.ContainerError.RECOVERABLE
        )
        # The real copilot writes the error there, where Flyte does not look for it.
        (prefix / "errors.pb").write_bytes(errors_pb2.ErrorDocument(error=error).SerializeToString())


def upload(variables, folder, raw):
    if (folder / "_ERROR").exists():
        raise ValueError(f"User Error: {(folder / '_ERROR').read_text()}")
    outputs = literals_pb2.LiteralMap()
    for name, variable in variables.items():
        file = folder / name
        if not file.exists():
            [file] = folder.glob(f"{name}.*")
        if variable.type.HasField("blob"):
            blob(outputs.literals[name].scalar.blob, file, raw / name)
        else:
            simple(outputs.literals[name].scalar, variable.type.simple, file.read_text().strip(" \n\t"))
    return outputs


def blob(literal, file, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.is_dir():
        to.mkdir()
        # The real copilot also skips the folders below.
        for one in file.rglob("*"):
            if one.is_file():
                shutil.copy(one, to / one.name)
        literal.metadata.type.dimensionality = types_pb2.BlobType.MULTIPART
    else:
        shutil.copy(file, to)
    literal.uri = str(to)


def simple(scalar, kind, text):
    primitive = scalar.primitive
    if kind == types_pb2.STRUCT:
        Parse(text, scalar.generic)
    elif kind == types_pb2.INTEGER:
        primitive.integer = int(text)
    elif kind == types_pb2.FLOAT:
        primitive.float_value = float(text)
    elif kind == types_pb2.BOOLEAN:
        primitive.boolean = {"T": True, "true": True, "false": False}[text]
    elif kind == types_pb2.DATETIME:
        primitive.datetime.FromDatetime(datetime.fromisoformat(text))
    elif kind == types_pb2.DURATION:
        hours, _, rest = text.removesuffix("s").partition("h")
        minutes, _, seconds = rest.partition("m")
        length = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
        primitive.duration.FromTimedelta(length)
    else:
        primitive.string_value = text


def main():
    arguments = iter(sys.argv[1:])
    command = next(it for it in arguments if it in ("download", "sidecar"))
    flags = dict(zip(arguments, arguments, strict=True))
    {"download": download, "sidecar": sidecar}[command](flags)


if __name__ == "__main__":
    main()
