"""Runs the file of a run in the driver of a cluster, and ends with it: driver.py FILE PARAMETERS...

A driver that spark-submit has started does not end while a Spark Connect server runs in it. On Databricks, a
run ends with its file.
"""

import runpy
import sys
import traceback

from pyspark import SparkContext


def main():
    del sys.argv[0]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
        return 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    return 1


def exit_jvm(status):
    context = SparkContext._active_spark_context
    if context is not None:
        # The connection to the JVM breaks.
        context._jvm.java.lang.System.exit(status)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        exit_jvm(status)
    except Exception:
        pass
    sys.exit(status)
