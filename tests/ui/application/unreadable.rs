use flytekit::task;

// What is meant cannot be known, so that there is no body is no second mistake.
#[task(generic_spak(application_type = R, application = "/opt/app.R"))]
fn misspelt();

fn main() {
    misspelt();
}
