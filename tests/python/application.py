"""Usage: application.py --text TEXT MORE… | --wait FILE | --fail CODE

A Spark application: prints its arguments and Spark's settings as JSON, waits for its end, or fails.
"""

import json
import os
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession


def echo():
    spark = SparkSession.builder.getOrCreate()
    settings = spark.sparkContext.getConf()
    keys = ("spark.master", "spark.app.name", "spark.hadoop.example.key")
    said = {
        "args": sys.argv[1:],
        "conf": {key: settings.get(key) for key in keys},
        "count": spark.range(10).count(),
    }
    print("SAID", json.dumps(said), flush=True)
    spark.stop()


def wait(file):
    SparkSession.builder.getOrCreate()
    # The file is renamed, so that readers only see the complete file.
    written = Path(file + ".new")
    written.write_text(f"{os.getpid()} {os.getppid()}")
    written.rename(file)
    time.sleep(3600)


def fail(code):
    print("on its standard output")
    if code:
        sys.exit(code)
    raise ValueError("the reason")


def main():
    match sys.argv[1:]:
        case ["--wait", file]:
            wait(file)
        case ["--fail", code]:
            fail(int(code))
        case _:
            echo()


if __name__ == "__main__":
    main()
