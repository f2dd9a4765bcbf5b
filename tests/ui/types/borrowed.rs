use flytekit::task;

#[task]
fn texts(texts: Vec<&str>) -> u64 {
    texts.len() as u64
}

#[task]
fn option(text: Option<&'static str>) -> bool {
    text.is_some()
}

#[task]
fn output() -> &'static str {
    "text"
}

fn main() {}
