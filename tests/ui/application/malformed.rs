use flytekit::task;

#[task(generic_spark(
    application_type = Scala,
    main_class = "org/example/Main.class",
    application = "app.jar",
    conf("spark.executor.memory" = "4Gi", "memory" = "4g"),
    hadoop_conf("endpoint" = "x"),
))]
fn several();

#[task(generic_spark(application_type = Java, main_class = "1a", application = "/opt/app.py"))]
fn of_java();

#[task(generic_spark(application_type = Python, application = "/opt/app.jar"))]
fn of_python();

#[task(generic_spark(application_type = R, application = "/opt/my app.R"))]
fn of_r();

fn main() {}
