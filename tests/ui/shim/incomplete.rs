use flytekit::task;

#[task(shim)]
fn nothing();

#[task(shim(image = "tools:1"))]
fn no_executor();

#[task(shim(executor = "tools.Executor"))]
fn no_image();

fn main() {}
