use flytekit::task;

#[task(generic_spark(application_type = scala, main_class = "Main", application = "/opt/app.jar"))]
fn lower_case();

#[task(generic_spark(application_type = Rust, main_class = "Main", application = "/opt/app.jar"))]
fn unknown();

#[task(generic_spark(application_type = "Scala", main_class = "Main", application = "/opt/app.jar"))]
fn quoted();

fn main() {}
