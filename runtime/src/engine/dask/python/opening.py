"""Begins with the work that needs no Dask, because the import of Dask takes most of the time of a start.

This is the second part of the script (see `frames.py`).
"""

import concurrent.futures
import contextlib
import fcntl
import gc
import hashlib
import os
import sys
import threading


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def in_thread(function, *arguments):
    """The result of a function. The thread that calls the function does not keep the process alive."""
    result = concurrent.futures.Future()

    def run():
        try:
            result.set_result(function(*arguments))
        except Exception as error:
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result


def widen(pipe):
    """Enlarges the buffer of a pipe, if the system supports that."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


class Opening:
    """The pipes to the job runner, and its first frame."""

    def __init__(self, stdin, stdout):
        widen(stdin)
        widen(stdout)
        self.stdin = os.fdopen(stdin, "rb")
        self.stdout = os.fdopen(stdout, "wb")
        try:
            self.options, _ = read_frame(self.stdin)
        except (EOFError, OSError, ValueError):
            self.options = {"op": "close"}
        self.sha256 = None
        if self.options.get("address"):  # other workers than those in this process
            self.sha256 = in_thread(sha256_of, self.options["own"])


# Dask imports these two if they are there. The job runner does not need them, and they take a third of the
# time of the import.
UNNEEDED = ("numpy", "jinja2")


def hide_unneeded():
    sys.modules.update((name, None) for name in UNNEEDED if name not in sys.modules)


def show_unneeded():
    for name in UNNEEDED:
        if name in sys.modules and sys.modules[name] is None:
            del sys.modules[name]


if __name__ == "__main__":
    OPENING = Opening(*PIPES)
    gc.disable()  # imports create many objects, and little garbage
    hide_unneeded()
