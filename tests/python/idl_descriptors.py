"""Writes the descriptors of the official flyteidl package to stdout, as a FileDescriptorSet."""

import importlib
import pkgutil
import sys

import flyteidl
from google.protobuf.descriptor_pb2 import FileDescriptorSet

PACKAGES = ("flyteidl.core.", "flyteidl.admin.", "flyteidl.event.", "flyteidl.plugins.", "flyteidl.service.")


def main():
    files = FileDescriptorSet()
    for module in pkgutil.walk_packages(flyteidl.__path__, "flyteidl."):
        if module.name.startswith(PACKAGES) and module.name.endswith("_pb2"):
            descriptor = importlib.import_module(module.name).DESCRIPTOR
            descriptor.CopyToProto(files.file.add())
    sys.stdout.buffer.write(files.SerializeToString())


if __name__ == "__main__":
    main()
