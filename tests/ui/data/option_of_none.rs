use std::collections::HashMap;

use flytekit::prelude::*;

#[derive(FlyteData)]
enum Perhaps {
    Count(i64),
    Nothing,
}

#[task]
fn perhaps(_perhaps: Option<Perhaps>) {}

#[derive(FlyteData)]
struct Field {
    name: String,
    perhaps: Option<Perhaps>,
}

#[derive(FlyteData)]
struct Inside {
    pair: (i64, Vec<Option<Option<i64>>>),
}

#[derive(FlyteData)]
struct Wrapped(HashMap<String, Option<()>>);

#[derive(FlyteData)]
enum Variant {
    Text(String),
    Counts(Vec<Option<Option<i64>>>),
}

#[derive(FlyteData)]
enum VariantOfFields {
    Text(String),
    Counts { counts: Vec<Option<Option<i64>>> },
}

#[derive(flytekit::Columns)]
struct Row {
    count: Option<Option<i64>>,
}

fn main() {}
