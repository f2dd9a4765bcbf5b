//! A plain task, a Spark task and a task with named outputs.
fn main() {}
