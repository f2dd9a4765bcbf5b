use flytekit::task;

#[task(labels("my team" = "data", "team" = "two words"), annotations("/owner" = "any text will do"))]
fn of_the_task() {}

#[task(labels("team" = "a", "team" = "b"), annotations("a" = "", "a" = ""))]
fn twice() {}

#[task(pod_template(labels("a b" = "c d"), annotations("e f" = "")))]
fn of_the_pod() {}

fn main() {}
