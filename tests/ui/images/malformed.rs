use flytekit::task;

#[task(container_image = "MyApp:1.0")]
fn upper_case() {}

#[task(container_image = "")]
fn empty() {}

#[task(container_image = "app:")]
fn no_tag() {}

#[task(container_image = "registry.example.com:port/app")]
fn no_port() {}

#[task(container_image = "app@sha256:12")]
fn short_digest() {}

#[task(container_image = "{{.image}}")]
fn template() {}

#[task(container_image = "https://registry.example.com/app")]
fn url() {}

fn main() {}
