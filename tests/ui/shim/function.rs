use flytekit::task;

struct Session;

#[task(shim(executor = "tools.Executor", image = "tools:1"))]
fn body() -> flytekit::Result<i64> {
    Ok(1)
}

#[task(shim(executor = "tools.Executor", image = "tools:1"))]
async fn asynchronous();

#[task(shim(executor = "tools.Executor", image = "tools:1"))]
fn session(session: &Session);

#[task(dask, shim(executor = "tools.Executor", image = "tools:1"))]
fn two_engines();

// Although the task is refused, its function exists.
fn main() -> flytekit::Result<()> {
    session(&Session)?;
    Ok(())
}
