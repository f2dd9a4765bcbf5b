"""Tasks whose inputs are in files."""

import os
from dataclasses import dataclass
from typing import List, Optional

from flytekit import task
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile
from google.protobuf.struct_pb2 import Struct


@dataclass
class Report:
    title: str
    file: FlyteFile


def text(file: FlyteFile) -> str:
    with open(file) as opened:
        return opened.read()


@task
def join(files: List[FlyteFile], report: Report, note: Optional[FlyteFile] = None) -> str:
    """The content of the files."""
    parts = [*files, report.file, *filter(None, [note])]
    return " ".join([report.title, *map(text, parts)])


@task
def tree(folder: FlyteDirectory) -> List[str]:
    found = []
    for at, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(at, name), folder) for name in names]
    return sorted(found)


@task
def length(data: bytes) -> int:
    return len(data)


@task
def keys(options: Struct, more: int = 1) -> int:
    return len(options.fields) + more
