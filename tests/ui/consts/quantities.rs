use flytekit::prelude::*;

const MEM: &str = "2Gb";
const BAD: Resources = Resources::new().cpu("two");

#[task(requests(mem = MEM))]
fn text() {}

#[task(limits = BAD)]
fn resources() {}

#[task(shared_memory = MEM)]
fn shared_memory() {}

fn main() {}
