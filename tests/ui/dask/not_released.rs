use flytekit::task;

#[task(dask(
    scheduler(image = "ghcr.io/dask/dask:2026.1.0", requests(cpu = "1", mem = "1Gi")),
    workers(count = 4, limits(cpu = "2", mem = "4Gi")),
))]
fn estimate_pi() -> f64 {
    3.0
}

fn main() {}
