use flytekit::task;

const WRONG: &str = "Not Right";
const EMPTY: &str = "";

#[task(name = WRONG)]
fn name() {}

#[task(container_image = WRONG)]
fn container_image() {}

#[task(env(WRONG = "1"))]
fn env() {}

#[task(labels("team" = WRONG))]
fn label() {}

#[task(annotations(WRONG = ""))]
fn annotation() {}

#[task(cache(version = EMPTY))]
fn version() {}

#[task(deprecated = EMPTY, pod_template_name = EMPTY)]
fn empty() {}

#[task(secrets(secret(group = EMPTY, key = EMPTY, env_var = WRONG)))]
fn secret() {}

#[task(pod_template(primary_container = WRONG))]
fn container() {}

fn main() {}
