use flytekit::prelude::*;

#[task(dask)]
async fn asynchronous(dask: &DaskClient) {
    let _ = dask;
}

fn main() {}
