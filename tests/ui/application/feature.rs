// The cases here are built without the feature `spark`.
use flytekit::task;

#[task(generic_spark(application_type = R, application = "/opt/app.R", args(a)))]
fn application(a: i64);

fn main() {}
