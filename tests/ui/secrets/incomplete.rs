use flytekit::task;

#[task(secrets(secret(key = "password")))]
fn no_group() {}

#[task(secrets(secret(group = "db")))]
fn no_key() {}

#[task(secrets(secret, secret()))]
fn neither() {}

#[task(secrets(secret(group = "", key = "", version = "")))]
fn empty() {}

fn main() {}
