"""Queries through PySpark's own Connect client, timed as `spark_client` times them.

usage: SPARK_REMOTE=sc://… spark_client.py ROWS
"""

import os
import sys
import time

from pyspark.sql import SparkSession


def timed(name, work):
    started = time.perf_counter()
    result = work()
    print(name, time.perf_counter() - started)
    return result


def first():
    # PySpark sends a token without TLS only to a host of this name.
    remote = os.environ["SPARK_REMOTE"].replace("127.0.0.1", "localhost")
    spark = SparkSession.builder.remote(remote).create()
    assert len(spark.sql("select 1").collect()) == 1
    return spark


def main(rows: int) -> None:
    spark = timed("first", first)
    timed("next", lambda: spark.sql("select 2").collect())
    numbers = f"select id, id * 0.5d as half from range({rows})"
    table = timed("arrow", lambda: spark.sql(numbers).toArrow())
    assert table.num_rows == rows
    del table
    collected = timed("rows", lambda: spark.sql(numbers).collect())
    assert len(collected) == rows
    spark.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]))
