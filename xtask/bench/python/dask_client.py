"""Calls through Dask's own client, timed as `dask_client` times them.

usage: dask_client.py ADDRESS
"""

import time

STARTED = time.perf_counter()

import sys

import numpy
from distributed import Client, as_completed

WORKERS = 2
# Each item is a task for the scheduler: as many items as `dask_client` has would take an hour.
ITEMS = 4_000
BATCHES = 60
NUMBERS = 2 << 20


def double(n):
    return 2 * n


def echo(batch):
    return batch


def timed(name, work, parts=1):
    started = time.perf_counter()
    result = work()
    print(name, (time.perf_counter() - started) / parts)
    return result


def mapped(client, count):
    doubled = client.gather(client.map(double, range(count), pure=False))
    assert sum(doubled) == count * (count - 1)


def gigabyte(client):
    """Keeps as many batches under way as `dask_client`, so that neither is short of memory."""
    rows, sent = 0, 0
    batches = as_completed(with_results=True)
    while sent < BATCHES or batches.count():
        while sent < BATCHES and batches.count() < 2 * WORKERS + 2:
            batches.add(client.submit(echo, numpy.arange(NUMBERS), pure=False))
            sent += 1
        _, batch = next(batches)
        rows += len(batch)
    assert rows == BATCHES * NUMBERS


def main(address):
    client = Client(address)
    assert client.submit(double, 21, pure=False).result() == 42
    print("first", time.perf_counter() - STARTED)
    client.wait_for_workers(WORKERS, 30)
    mapped(client, 100)

    # An item is a task, and so is a chunk of one item.
    timed("item", lambda: mapped(client, ITEMS), ITEMS)
    timed("chunk", lambda: mapped(client, ITEMS // 2), ITEMS // 2)
    timed("gigabyte", lambda: gigabyte(client))
    client.close()


if __name__ == "__main__":
    main(sys.argv[1])
