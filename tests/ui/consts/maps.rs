use flytekit::task;

const ENV: &[(&str, &str)] = &[("A", "1"), ("A B", "1")];
const LABELS: &[(&str, &str)] = &[("team", "two words")];

#[task(env = ENV)]
fn env() {}

#[task(labels = LABELS)]
fn labels() {}

#[task(annotations = ENV)]
fn annotations() {}

fn main() {}
