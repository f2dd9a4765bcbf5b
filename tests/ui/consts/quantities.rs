use flytekit::prelude::*;

const MEM: &str = "2Gb";
const HALF: &str = "500m";
const BAD: Resources = Resources::new().cpu("two");

#[task(requests(mem = MEM))]
fn text() {}

#[task(limits = BAD)]
fn resources() {}

#[task(requests(gpu = HALF))]
fn share_of_a_gpu() {}

#[task(shared_memory = MEM)]
fn shared_memory() {}

fn main() {}
