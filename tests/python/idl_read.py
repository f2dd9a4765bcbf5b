"""Reads one message from stdin and writes its bytes to stdout.

Usage: idl_read.py text|json FULL_NAME
"""

import sys

from flyteidl.admin import task_pb2  # noqa: F401 (puts its messages, and what they use, in the pool)
from google.protobuf import descriptor_pool, json_format, message_factory, text_format

READERS = {"text": text_format.Parse, "json": json_format.Parse}


def main():
    form, name = sys.argv[1:]
    descriptor = descriptor_pool.Default().FindMessageTypeByName(name)
    message = message_factory.GetMessageClass(descriptor)()
    READERS[form](sys.stdin.buffer.read().decode(), message)
    sys.stdout.buffer.write(message.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
