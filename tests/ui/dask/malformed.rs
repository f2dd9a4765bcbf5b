use flytekit::task;

#[task(dask(workers(count = 0)))]
fn no_workers() {}

#[task(dask(scheduler(image = "Dask"), workers(image = "dask:")))]
fn images() {}

#[task(dask(
    scheduler(requests(cpu = "one")),
    workers(requests(mem = "2Gi"), limits(mem = "1Gi")),
))]
fn resources() {}

#[task(dask(scheduler = "tcp://127.0.0.1:8786", workers = 4))]
fn no_lists() {}

#[task(dask(workers(count = -1)))]
fn negative() {}

fn main() {}
