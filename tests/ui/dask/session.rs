use flytekit::prelude::*;

struct Other;

#[task(dask)]
fn another_session(other: &Other) {
    let _ = other;
}

#[task(dask)]
fn by_value(dask: DaskClient) {
    let _ = dask;
}

fn main() {}
