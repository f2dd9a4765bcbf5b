"""The same sum without flytekit: spark_script.py LIMIT FILE."""

import sys

from pyspark.sql import SparkSession


def main(limit: int, file: str) -> None:
    spark = SparkSession.builder.getOrCreate()
    total = spark.sql(f"select sum(id) as total from range({limit})").collect()[0].total
    with open(file, "w") as output:
        output.write(str(total))
    spark.stop()


main(int(sys.argv[1]), sys.argv[2])
