use flytekit::task;

struct Executor;

// The error points at the name of the executor.
#[task(shim(executor = Executor, image = "tools:1"))]
fn no_executor();

// An executor can fail, so the function has to return a `Result`.
#[task(shim(executor = "tools.Executor", image = "tools:1"))]
fn unfailing() -> i64;

#[task(shim(executor = "tools.Executor", image = "tools:1"))]
fn no_flyte_type(input: Executor) -> flytekit::Result<i64>;

fn main() {}
