use flytekit::declare::Json;
use flytekit::task;

const JOB: &[(&str, Json<'static>)] = &[("existing_cluster_id", Json::String("c"))];

#[task(databricks(databricks_conf = {
    "new_cluster": {
        "spark_version": "17.3.x-scala2.13",
        "num_worker": 2,
        "num_workers": "2",
        "custom_tags": { "team": 1 },
    },
    "timeout_seconds": 1.5,
    "tasks": [],
    "idempotency_token": "a",
}))]
fn keys() {}

#[task(databricks(run_name = "a", databricks_conf = JOB))]
fn constant() {}

#[task(databricks(existing_cluster_id = "c", run_name = "a", databricks_conf = { "run_name": "b" }))]
fn twice() {}

#[task(databricks(databricks_conf = yaml("existing_cluster_id: c\nrun_name: 3")))]
fn in_yaml() {}

fn main() {}
