use flytekit::prelude::*;

const LARGE: Resources = Resources::new().cpu("4").mem("8Gi");
const SMALL: Resources = Resources::new().cpu("1").mem("1Gi");
const MEM: &str = "1Gi";

#[task(requests = LARGE, limits = SMALL)]
fn constants() {}

#[task(requests(mem = "2Gi"), limits(mem = MEM))]
fn one_of_them() {}

#[task(requests = LARGE, limits(cpu = "2"))]
fn half_written() {}

fn main() {}
