"""Uses the parts of Spark that most tests use: the JVM archives the classes that it has loaded."""

import sys

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as RemoteSession

spark = SparkSession.builder.getOrCreate()
service = getattr(spark._jvm.org.apache.spark.sql.connect.service, "SparkConnectService$")
port = getattr(service, "MODULE$").localPort()
remote = RemoteSession.builder.remote(f"sc://127.0.0.1:{port}").create()
table = f"{sys.argv[1]}/table"
remote.createDataFrame([(n, str(n)) for n in range(9)], "n long, s string").write.parquet(table)
remote.read.parquet(table).createOrReplaceTempView("t")
remote.sql("SELECT s, max(a.n), collect_list(b.n) FROM t a JOIN t b USING (s) GROUP BY s ORDER BY s").collect()
try:
    remote.sql("SELECT * FROM nowhere").collect()
except AnalysisException:
    pass
remote.stop()
spark.stop()
