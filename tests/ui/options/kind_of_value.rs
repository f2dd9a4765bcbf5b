use flytekit::task;

#[task(
    name = 3,
    retries = "3",
    timeout = true,
    interruptible = "yes",
    deprecated,
    requests(cpu = true, mem),
    shared_memory = false,
    accelerator = 3,
    container_image("app:1"),
    pod_template_name = 'a',
    env("WORKERS" = 3, 4 = "A", "A" = true),
    secrets(secret(group = 1, key = "k", mount = "file"), "db"),
)]
fn of_the_wrong_kind() {}

#[task(retries = -1, timeout = -5)]
fn negative() {}

#[task(retries = 4294967296, timeout = 18446744073709551616)]
fn too_large() {}

#[task(retries = 1.5, timeout = 0.5)]
fn fractions() {}

#[task(resources(cpu = ("1",), mem = ("1Gi", "2Gi", "3Gi"), gpu = ("1", true)))]
fn no_pair() {}

#[task(cache(version = 1.0, serialize = "yes"))]
fn of_the_cache() {}

#[task(engine = "Ray", crate = "flytekit", config)]
fn not_a_path() {}

#[task(engine(Ray))]
fn a_list() {}

#[task(dask(workers(count = "4")))]
fn count() {}

fn main() {}
