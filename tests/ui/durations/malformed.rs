use flytekit::task;

#[task(timeout = "5 min")]
fn blank() {}

#[task(timeout = "90")]
fn no_unit() {}

#[task(timeout = "30m1h")]
fn out_of_order() {}

#[task(timeout = "")]
fn empty() {}

#[task(timeout = "1w")]
fn unknown_unit() {}

#[task(timeout = "99999999999999999999d")]
fn too_long() {}

fn main() {}
