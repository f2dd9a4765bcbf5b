use flytekit::task;

#[task(shim(executor = "Executor", image = "Tools", task_type = ""))]
fn several();

#[task(shim(executor = 3, image = "tools:1"))]
fn no_name();

#[task(shim(executor = "tools.Executor", image = "tools:1", custom("times" = 3)))]
fn no_object();

#[task(shim(
    executor = "tools.Executor",
    image = "tools:1",
    config("primary_container_name" = "a", "key" = "1", "key" = "2"),
))]
fn settings();

#[task(shim(executor = "tools.Executor", image = "tools:1", costum = { "times": 3 }))]
fn misspelt();

#[task(shim(executor = "tools.Executor", image = "tools:1"), container_image = "tools:2")]
fn two_images();

fn main() {}
