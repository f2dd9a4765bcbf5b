use flytekit::task;

#[task(pod_template(spec = 3))]
fn no_object() {}

#[task(pod_template(spec = "{}"))]
fn text() {}

#[task(pod_template(spec("hostNetwork" = true)))]
fn pairs() {}

#[task(pod_template(spec = { hostNetwork: true }))]
fn key_without_quotes() {}

#[task(pod_template(spec = { "hostNetwork" = true }))]
fn equals_sign() {}

#[task(pod_template(spec = { "hostNetwork": 'y' }))]
fn no_json() {}

#[task(pod_template(spec = { "priority": 9007199254740993 }))]
fn inexact() {}

#[task(pod_template(spec = { "priority": 1e400 }))]
fn infinite() {}

#[task(pod_template(spec = { "priority": 18446744073709551616 }))]
fn too_large() {}

#[task(pod_template(spec = { "a": 1, "b": { "c": 1, "c": 2 }, "a": 2 }))]
fn twice() {}

#[task(pod_template(spec = { "a": 1 "b": 2 }))]
fn no_comma() {}

fn main() {}
