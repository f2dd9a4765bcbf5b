use flytekit::prelude::*;

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

#[task]
fn for_how_long() -> &str {
    "text"
}

#[task]
fn in_a_result(count: i64) -> Result<Vec<&[u8]>> {
    let text = count.to_string();
    Ok(vec![text.as_bytes()])
}

#[derive(FlyteData)]
struct Field<'a> {
    text: &'a str,
}

#[derive(FlyteData)]
struct Forever {
    text: &'static str,
}

#[derive(Outputs)]
struct Named<'a> {
    texts: Vec<&'a str>,
}

fn main() {
    let _: &str = for_how_long();
}
