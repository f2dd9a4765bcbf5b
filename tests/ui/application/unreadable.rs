use flytekit::task;

// The engine is unknown, so the missing body is not a second mistake.
#[task(generic_spak(application_type = R, application = "/opt/app.R"))]
fn misspelt();

fn main() {
    misspelt();
}
