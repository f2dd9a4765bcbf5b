use flytekit::task;

#[task(databricks(existing_cluster_id = "c", notebook(path = "/n")))]
fn with_a_body() -> i64 {
    1
}

#[task(databricks(existing_cluster_id = "c", notebook(path = "/n"), python_file = "/b.py"))]
fn both(rows: i64);

#[task(databricks(existing_cluster_id = "c", notebook(path = "n", parameters("a" = "1", "a" = "2"))))]
fn twice();

#[task(databricks(existing_cluster_id = "c"))]
fn without_a_body();

#[task(databricks(existing_cluster_id = "c"))]
async fn asynchronous() {}

#[task(databricks(existing_cluster_id = "c", git_source(git_url = "a.b", git_branch = "c", git_tag = "d")))]
fn of_a_repository() {}

#[task(databricks_v2(existing_cluster_id = "c"))]
fn by_flytekits_name() {}

fn main() {}
