use flytekit::task;
use flytekit::declare::Resources;

const NONE: u32 = 0;
const IMAGE: &str = "Dask";
const SMALL: Resources = Resources::new().cpu("1");
const LARGE: Resources = Resources::new().cpu("2");

#[task(dask(workers(count = NONE)))]
fn no_workers() {}

#[task(dask(scheduler(image = IMAGE)))]
fn image() {}

#[task(dask(workers(requests = LARGE, limits = SMALL)))]
fn limits() {}

#[task(dask(scheduler(requests(cpu = "2"), limits = SMALL)))]
fn limits_of_a_literal() {}

#[task(dask(workers(requests = LARGE, limits(cpu = "1"))))]
fn literal_limits() {}

fn main() {}
