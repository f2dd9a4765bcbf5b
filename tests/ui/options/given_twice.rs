use flytekit::task;

#[task(retries = 1, name = "a", retries = 2)]
fn twice() {}

#[task(retries = 1, retries = 2, retries = 3)]
fn thrice() {}

#[task(cache(version = "1", version = "2"), spark(conf("spark.a" = "1"), conf("spark.b" = "2")))]
fn inside_of_options() {}

fn main() {}
