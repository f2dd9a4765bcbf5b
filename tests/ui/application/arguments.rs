use flytekit::task;

#[task(generic_spark(application_type = R, application = "/opt/app.R", args("--rows", row)))]
fn misspelt(rows: i64);

#[task(generic_spark(application_type = R, application = "/opt/app.R", args(rows)))]
fn no_inputs();

#[task(generic_spark(application_type = R, application = "/opt/app.R", args("--a", a)))]
fn unused(a: i64, b: i64);

#[task(generic_spark(application_type = R, application = "/opt/app.R"))]
fn all_unused(a: i64);

#[task(generic_spark(application_type = R, application = "/opt/app.R", args(3, a + 1, "{{.input}}", a)))]
fn kinds(a: i64);

#[task(generic_spark(application_type = R, application = "/opt/app.R", args = ARGS))]
fn not_a_list();

fn main() {}
