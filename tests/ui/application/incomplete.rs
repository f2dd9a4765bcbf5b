use flytekit::task;

#[task(generic_spark)]
fn nothing();

#[task(generic_spark(application_type = Java, application = "/opt/app.jar"))]
fn no_class();

#[task(generic_spark(application_type = Python, main_class = "Main"))]
fn no_file();

#[task(generic_spark(application_type = Python, main_class = "Main", application = "/opt/app.py"))]
fn a_class();

fn main() {}
