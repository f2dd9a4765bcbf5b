use std::time::Duration;

use flytekit::prelude::*;

const TEXT: &str = "3";
const NUMBER: u32 = 3;
const SMALL: Resources = Resources::new();

#[task(retries = TEXT)]
fn retries() {}

#[task(timeout = NUMBER)]
fn timeout() {}

#[task(interruptible = TEXT)]
fn interruptible() {}

#[task(name = NUMBER)]
fn name() {}

#[task(requests(cpu = NUMBER))]
fn quantity() {}

#[task(requests = TEXT)]
fn requests() {}

#[task(cache = TEXT)]
fn cache() {}

#[task(secrets(TEXT))]
fn secret() {}

#[task(accelerator = TEXT)]
fn accelerator() {}

#[task(env("A" = NUMBER))]
fn env() {}

#[task(timeout = Duration::from_secs(NUMBER))]
fn duration() {}

#[task(pod_template(spec = { "priority": SMALL }))]
fn json() {}

fn main() {}
