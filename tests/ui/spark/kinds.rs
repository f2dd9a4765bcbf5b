use flytekit::task;

#[task(spark(conf(
    "spark.dynamicAllocation.enabled" = "yes",
    "spark.executor.heartbeatInterval" = "10 s",
    "spark.network.timeout" = "1.5h",
    "spark.locality.wait" = "3sec",
    "spark.memory.fraction" = "half",
    "spark.executor.memoryOverheadFactor" = "10%",
    "spark.sql.shuffle.partitions" = "0",
    "spark.executor.instances" = "99999999999",
    "spark.sql.autoBroadcastJoinThreshold" = "10Mi",
    "spark.sql.storeAssignmentPolicy" = "lax",
    "spark.kubernetes.container.image.pullPolicy" = "always",
)))]
fn values() {}

#[task(spark(conf(
    "spark.my.library.enabled" = "yes",
    "spark.master" = "local[2]",
    "spark.sql.ansi.enabled" = "TRUE",
    "spark.kubernetes.executor.podNamePrefix" = 3,
)))]
fn others() {}

fn main() {}
