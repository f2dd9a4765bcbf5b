use flytekit::task;

struct Executor;

// What is no executor is said at its name.
#[task(shim(executor = Executor, image = "tools:1"))]
fn no_executor();

// What runs in place of the function can fail.
#[task(shim(executor = "tools.Executor", image = "tools:1"))]
fn unfailing() -> i64;

#[task(shim(executor = "tools.Executor", image = "tools:1"))]
fn no_flyte_type(input: Executor) -> flytekit::Result<i64>;

fn main() {}
