"""Frames: the messages on the pipes between Rust and Python.

A frame is the length of a header, the length of a body, the header (JSON) and the body. Bodies are the
Rust program's own: nothing in Python looks into them, unpickles or evaluates them.

This is the first of four parts of one script, which the Rust program of a Dask task (the job runner)
starts with `python -c`. `opening.py` follows, then `worker.py` and `runner.py`; each uses the parts before
it:

    job runner (Rust) <-pipes-> runner.py <-Dask-> worker.py <-pipes-> worker processes (Rust)
"""

import json
import mmap
import os
import struct
import sys


def take_pipes():
    """Moves the pipes away from standard input and output, which are for all other code that reads and
    prints in this process: modules, also those in Dask's configuration, and programs that it starts."""
    stdin, stdout = os.dup(0), os.dup(1)  # not inherited by programs
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return stdin, stdout


# Before anything else is imported.
PIPES = take_pipes() if __name__ == "__main__" else None

# `python -c` looks for modules in the working directory first, where a file may be called `dask.py`.
sys.path = [folder for folder in sys.path if folder]

LENGTHS = "<IQ"  # the formats of the lengths of a header and of a body
PIPE_SIZE = 1 << 20  # Linux's limit for all users; large bodies need fewer turns
LONGEST_HEADER = 1 << 26
LARGE_BODY = 1 << 20
LARGEST_BODY = 1 << 46  # nearly the address space of a process
SPARE_SIZE = 256 << 20
SPARE = []


def read_exactly(pipe, size):
    """The next `size` bytes of a pipe; EOFError if the pipe ends before."""
    view, filled = memory(size), 0
    while filled < size:
        count = pipe.readinto(view[filled:])
        if not count:
            raise EOFError("the pipe has ended")
        filled += count
    return view


def memory(size):
    """A view of this much memory. A size may be false: large memory comes from the system, which provides it
    when it is written to. To fill fresh memory costs more than the copy into it, so the latest memory is
    used again."""
    if size < LARGE_BODY:
        return memoryview(bytearray(size))
    if size > LARGEST_BODY:
        raise ValueError("not a frame, but other output")
    large = spare_memory(size) or fresh_memory(size)
    SPARE.append(large)
    while sum(map(len, SPARE)) > SPARE_SIZE:
        del SPARE[:1]
    return memoryview(large)[:size]


def spare_memory(size):
    """Takes memory that no view refers to out of `SPARE`. Other threads do the same."""
    for _ in range(len(SPARE)):
        try:
            large = SPARE.pop(0)
        except IndexError:
            break
        if size <= len(large) <= 2 * size and is_free(large):
            return large
        SPARE.append(large)
    return None


def is_free(large):
    """Whether no view refers to the memory: otherwise it cannot be resized, not even to its own size."""
    try:
        large.resize(len(large))
    except Exception:  # a BufferError, or others where a system resizes nothing
        return False
    return True


def fresh_memory(size):
    large = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        large.madvise(mmap.MADV_HUGEPAGE)
    except (AttributeError, OSError):
        pass  # there is no such advice
    return large


def read_frame(pipe):
    header_size, body_size = struct.unpack(LENGTHS, read_exactly(pipe, struct.calcsize(LENGTHS)))
    if header_size > LONGEST_HEADER:
        raise ValueError("not a frame, but other output")
    header = json.loads(bytes(read_exactly(pipe, header_size)))
    return header, read_exactly(pipe, body_size)


def write_frame(pipe, header, parts=()):
    encoded = json.dumps(header).encode()
    size = sum(len(part) for part in parts)
    pipe.write(struct.pack(LENGTHS, len(encoded), size) + encoded)
    for part in parts:
        pipe.write(part)
