//! Large declarations that users may reasonably write: each as an item of an app.

use std::fmt::Write as _;

/// A declaration of variable size.
pub(super) struct Shape {
    pub(super) what: &'static str,
    /// The size in the table.
    pub(super) size: usize,
    /// Whether other sizes make sense.
    pub(super) scales: bool,
    /// The features of flytekit that it needs.
    pub(super) features: &'static [&'static str],
    /// The source code for a size.
    pub(super) source: fn(usize) -> String,
}

const PLAIN: &[&str] = &[];
/// The configuration is Spark's, so the item needs the feature `spark`.
const SPARK: &[&str] = &["spark"];

/// All shapes.
pub(super) const SHAPES: [Shape; 7] = [
    Shape {
        what: "fields of a struct, in and out",
        size: 400,
        scales: true,
        features: PLAIN,
        source: fields,
    },
    Shape {
        what: "names of an enum, in and out",
        size: 500,
        scales: true,
        features: PLAIN,
        source: names,
    },
    Shape {
        what: "nested structs of 15 fields, in each of 5 tasks",
        size: 8,
        scales: false,
        features: PLAIN,
        source: nested,
    },
    Shape {
        what: "parameters of a task",
        size: 200,
        scales: true,
        features: PLAIN,
        source: parameters,
    },
    Shape {
        what: "lines of documentation of a task",
        size: 3000,
        scales: true,
        features: PLAIN,
        source: documentation,
    },
    Shape {
        what: "variables of a pod",
        size: 200,
        scales: true,
        features: PLAIN,
        source: variables,
    },
    Shape {
        what: "entries of a Spark configuration",
        size: 1000,
        scales: true,
        features: SPARK,
        source: configuration,
    },
];

/// One line after the other, for each number below `count`.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let mut lines = String::new();
    for index in 0..count {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{}", line(index));
    }
    lines
}

fn fields(count: usize) -> String {
    const TYPES: [&str; 4] = ["i64", "String", "Option<f64>", "Vec<bool>"];
    let fields = lines(count, |index| {
        format!("    field_{index}: {},", TYPES[index % TYPES.len()])
    });
    format!(
        "#[derive(FlyteData)]\nstruct Wide {{\n{fields}}}\n\n\
         #[task]\nfn pass(wide: Wide) -> Wide {{\n    wide\n}}\n"
    )
}

fn names(count: usize) -> String {
    let names = lines(count, |index| format!("    Name{index},"));
    format!(
        "#[derive(FlyteData)]\nenum Choice {{\n{names}}}\n\n\
         #[task]\nfn pass(choice: Choice) -> Choice {{\n    choice\n}}\n"
    )
}

fn nested(depth: usize) -> String {
    let structs = lines(depth, |level| {
        let inner = match level {
            0 => String::new(),
            _ => format!("    inner: Level{},\n", level - 1),
        };
        let fields = lines(15 - usize::from(level > 0), |index| {
            format!("    field_{index}: i64,")
        });
        format!("#[derive(FlyteData)]\nstruct Level{level} {{\n{fields}{inner}}}\n")
    });
    let outermost = format!("Level{}", depth - 1);
    let tasks = lines(5, |index| {
        format!("#[task]\nfn pass_{index}(it: {outermost}) -> {outermost} {{\n    it\n}}\n")
    });
    format!("{structs}{tasks}")
}

fn parameters(count: usize) -> String {
    let parameters = lines(count, |index| format!("    parameter_{index}: i64,"));
    let sum: Vec<String> = (0..count)
        .map(|index| format!("parameter_{index}"))
        .collect();
    let sum = sum.join(" ^ ");
    format!("#[task]\nfn sum(\n{parameters}) -> i64 {{\n    {sum}\n}}\n")
}

fn documentation(count: usize) -> String {
    let docs = lines(count, |index| {
        format!("/// Line {index} says what the line before it does not say yet.")
    });
    format!("{docs}#[task]\nfn pass(n: i64) -> i64 {{\n    n\n}}\n")
}

fn variables(count: usize) -> String {
    let variables = lines(count, |index| {
        format!("        {{ \"name\": \"VARIABLE_{index}\", \"value\": \"value {index}\" }},")
    });
    format!(
        "#[task(pod_template(spec = {{ \"containers\": [{{ \"name\": \"primary\", \"env\": [\n{variables}\
         ] }}] }}))]\nfn pass(n: i64) -> i64 {{\n    n\n}}\n"
    )
}

fn configuration(count: usize) -> String {
    let entries = lines(count, |index| {
        format!("    \"spark.app.setting.number{index}\" = \"value {index}\",")
    });
    format!(
        "#[task(spark(conf(\n{entries})))]\n\
         fn pass(_spark: &SparkSession, n: i64) -> i64 {{\n    n\n}}\n"
    )
}
