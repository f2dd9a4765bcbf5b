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
    /// The number of tasks to compare it with; `None` compares it with the app without it.
    pub(super) tasks: Option<u32>,
}

const PLAIN: &[&str] = &[];
/// The configuration is Spark's, so the item needs the feature `spark`.
const SPARK: &[&str] = &["spark"];

/// All shapes.
pub(super) const SHAPES: [Shape; 10] = [
    Shape {
        what: "fields of a struct, in and out",
        size: 400,
        scales: true,
        features: PLAIN,
        source: fields,
        tasks: None,
    },
    Shape {
        what: "names of an enum, in and out",
        size: 500,
        scales: true,
        features: PLAIN,
        source: names,
        tasks: None,
    },
    Shape {
        what: "nested structs of 15 fields, in each of 5 tasks",
        size: 8,
        scales: false,
        features: PLAIN,
        source: nested,
        tasks: None,
    },
    Shape {
        what: "parameters of a task",
        size: 200,
        scales: true,
        features: PLAIN,
        source: parameters,
        tasks: None,
    },
    Shape {
        what: "lines of documentation of a task",
        size: 3000,
        scales: true,
        features: PLAIN,
        source: documentation,
        tasks: None,
    },
    Shape {
        what: "variables of a pod",
        size: 200,
        scales: true,
        features: PLAIN,
        source: variables,
        tasks: None,
    },
    Shape {
        what: "entries of a Spark configuration",
        size: 1000,
        scales: true,
        features: SPARK,
        source: configuration,
        tasks: None,
    },
    Shape {
        what: "constants in a Spark configuration",
        size: 1000,
        scales: true,
        features: SPARK,
        source: constants,
        tasks: None,
    },
    Shape {
        what: "variants with values of an enum, in and out",
        size: 100,
        scales: true,
        features: PLAIN,
        source: variants,
        tasks: None,
    },
    Shape {
        what: "nodes of a workflow",
        size: 100,
        scales: true,
        features: PLAIN,
        source: nodes,
        tasks: Some(10),
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

fn constants(count: usize) -> String {
    let constants = lines(count, |index| {
        format!("const VALUE_{index}: &str = \"value {index}\";")
    });
    let entries = lines(count, |index| {
        format!("    \"spark.app.setting.number{index}\" = VALUE_{index},")
    });
    format!(
        "{constants}\n#[task(spark(conf(\n{entries})))]\n\
         fn pass(_spark: &SparkSession, n: i64) -> i64 {{\n    n\n}}\n"
    )
}

fn variants(count: usize) -> String {
    let variants = lines(count, |index| {
        format!("    Variant{index} {{ field_{index}: i64 }},")
    });
    format!(
        "#[derive(FlyteData)]\n#[serde(untagged)]\nenum Choice {{\n{variants}}}\n\n\
         #[task]\nfn pass(choice: Choice) -> Choice {{\n    choice\n}}\n"
    )
}

/// Nodes of ten tasks, each of which takes the value of the one before it, and an input or a constant.
fn nodes(count: usize) -> String {
    let tasks = tasks(10);
    let nodes = lines(count, |index| {
        let (task, before) = (index % 10, index.wrapping_sub(1));
        let first = match index {
            0 => "n".to_owned(),
            _ => format!("value_{before}"),
        };
        let second = match index % 2 {
            0 => "n".to_owned(),
            _ => index.to_string(),
        };
        format!("    let value_{index} = task_{task}({first}, {second})?;")
    });
    let last = match count {
        0 => "n".to_owned(),
        _ => format!("value_{}", count - 1),
    };
    format!(
        "{tasks}\n#[workflow]\nfn graph(n: i64) -> Result<i64> {{\n{nodes}    task_0({last}, n)\n}}\n"
    )
}

/// The source code of `count` tasks with two inputs.
fn tasks(count: usize) -> String {
    lines(count, |index| {
        format!(
            "#[task]\nfn task_{index}(left: i64, right: i64) -> Result<i64> {{\n    Ok(left + right)\n}}\n"
        )
    })
}
