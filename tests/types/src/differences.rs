//! Types with known differences between the two languages.

use std::collections::BTreeMap;

use flytekit::FlyteData;

use crate::Entry;

#[derive(FlyteData)]
struct Number {
    it: i64,
}

#[derive(FlyteData)]
struct Share {
    it: f64,
}

#[derive(FlyteData)]
struct Text {
    it: String,
}

#[derive(FlyteData)]
struct Maybe {
    it: Option<i64>,
}

#[derive(FlyteData)]
enum Lists {
    Numbers(Vec<i64>),
    Texts(Vec<String>),
}

pub(crate) const TYPES: &[Entry] = &[
    Entry::of::<i64>("int"),
    Entry::of::<f64>("float"),
    Entry::of::<BTreeMap<i64, i64>>("Dict[int, int]"),
    Entry::of::<Number>("Number"),
    Entry::of::<Share>("Share"),
    Entry::of::<Text>("Text"),
    Entry::of::<Maybe>("Maybe"),
    Entry::of::<Lists>("Lists"),
];
