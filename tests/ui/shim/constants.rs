use flytekit::task;

const NONE: &str = "";
const KEY: &str = "primary_container_name";
const LARGE: u64 = u64::MAX;

#[task(shim(executor = "tools.Executor", image = "tools:1", task_type = NONE))]
fn no_type();

#[task(shim(executor = "tools.Executor", image = "tools:1", config(KEY = "a")))]
fn settings();

#[task(shim(executor = "tools.Executor", image = "tools:1", custom = { "times": LARGE }))]
fn large();

fn main() {}
