use flytekit::Outputs;

#[derive(Outputs)]
#[outputs(krate = flytekit)]
struct Unknown {
    mean: f64,
}

#[derive(Outputs)]
#[outputs(crate = "flytekit")]
struct Text {
    mean: f64,
}

#[derive(Outputs)]
#[outputs = "flytekit"]
struct NotAList {
    mean: f64,
}

fn main() {}
