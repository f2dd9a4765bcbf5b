//! Types that are as wide as a user may reasonably write. They test that compile time is linear: they must
//! compile without an `allow`.

const TYPES: [(&str, &str); 6] = [
    ("i64", "7"),
    ("f64", "0.5"),
    ("String", "String::from(\"x\")"),
    ("Option<i64>", "None"),
    ("Vec<f64>", "vec![1.0]"),
    ("bool", "true"),
];

/// A struct of 400 fields, an enum of 500 names, outputs of 400 fields, columns of 400, and a value of
/// each.
pub(crate) fn source() -> String {
    let of = |number: usize| TYPES[number % TYPES.len()];
    let fields = lines(400, |number| {
        format!("field_number_{number}: {},", of(number).0)
    });
    let values = lines(400, |number| {
        format!("field_number_{number}: {},", of(number).1)
    });
    let names = lines(500, |number| format!("Name{number},"));
    format!(
        "#[derive(Debug, PartialEq, FlyteData)]\nstruct Wide {{ {fields} }}\n\
         #[derive(Debug, PartialEq, FlyteData)]\nenum Names {{ {names} }}\n\
         #[derive(Outputs)]\nstruct Results {{ {fields} }}\n\
         #[derive(Columns)]\nstruct Table {{ {fields} }}\n\
         fn wide() -> Wide {{ Wide {{ {values} }} }}\n\
         fn results() -> Results {{ Results {{ {values} }} }}\n"
    )
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}
