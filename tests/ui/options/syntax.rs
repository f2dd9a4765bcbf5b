use flytekit::task;

#[task(retries 3)]
fn no_equals_sign() {}

#[task(retries =)]
fn no_value() {}

#[task(retries = 3 timeout = 5)]
fn no_comma() {}

#[task(env("A" "1"))]
fn a_pair_without_equals_sign() {}

#[task(env("A" =))]
fn a_pair_without_value() {}

fn main() {
    no_equals_sign();
    no_value();
    no_comma();
}
