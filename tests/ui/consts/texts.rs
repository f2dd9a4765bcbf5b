use std::time::Duration;

use flytekit::task;

const WRONG: &str = "Not Right";
const EMPTY: &str = "";
const NO_TIME: Duration = Duration::ZERO;

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

#[task(deprecated = EMPTY)]
fn deprecated() {}

#[task(pod_template_name = EMPTY)]
fn pod_template_name() {}

#[task(timeout = NO_TIME)]
fn timeout() {}

#[task(secrets(secret(group = EMPTY, key = "k")))]
fn group() {}

#[task(secrets(secret(group = "g", key = EMPTY)))]
fn key() {}

#[task(secrets(secret(group = "g", key = "k", env_var = WRONG)))]
fn variable() {}

#[task(pod_template(primary_container = WRONG))]
fn container() {}

fn main() {}
