//! The page about types in the docs: its examples and its table are compiled.

use std::fmt::Write;

/// The head of the table whose rows are read.
const HEAD: &str = "| Rust | Flyte | Python |";

/// The placeholder for any type in the table.
const ANY_RUST: &str = "#[derive(flytekit::FlyteData)] pub(crate) struct T { it: i64 }\n";
const ANY_PYTHON: &str = "from dataclasses import dataclass\n@dataclass\nclass T:\n    it: int\n";

/// A row of the table: each Rust type corresponds to each Python type.
struct Row<'a> {
    rust: Vec<&'a str>,
    flyte: &'a str,
    python: Vec<&'a str>,
}

/// The source of the examples in Rust, and of the table's Rust types.
pub(crate) fn rust(page: &str) -> String {
    let mut out = format!("{ANY_RUST}{}", examples(page, "rust"));
    out.push_str("pub(crate) const ROWS: &[crate::Entry] = &[\n");
    for (rust, _, python) in pairs(page) {
        let name = format!("{rust} and {python}");
        let _ = writeln!(out, "    crate::Entry::of::<{rust}>({name:?}),");
    }
    out.push_str("];\n");
    out
}

/// The source of the examples in Python, and of the table: Flyte's name of each type, and the type in Python.
pub(crate) fn python(page: &str) -> String {
    let mut out = format!("{ANY_PYTHON}{}\nROWS = [\n", examples(page, "python"));
    for (_, flyte, python) in pairs(page) {
        let _ = writeln!(out, "    ({flyte:?}, {python}),");
    }
    out.push_str("]\n");
    out
}

/// The blocks of a language as one module, in which each import occurs once.
fn examples(page: &str, language: &str) -> String {
    let mut out = String::new();
    let mut imports: Vec<&str> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            inside = !inside && fence == language;
            continue;
        }
        let repeated = imports.contains(&line);
        if line.starts_with("use ") {
            imports.push(line);
        }
        if inside && !repeated {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Each Rust type of the table with each Python type of its row, and Flyte's name.
fn pairs(page: &str) -> Vec<(&str, &str, &str)> {
    let rows = rows(page);
    let pairs = rows.iter().flat_map(|row| {
        let python = move |rust| {
            row.python
                .iter()
                .map(move |python| (rust, row.flyte, *python))
        };
        row.rust.iter().flat_map(move |rust| python(*rust))
    });
    pairs.collect()
}

fn rows(page: &str) -> Vec<Row<'_>> {
    let lines = page.lines().skip_while(|line| !line.starts_with(HEAD));
    let rows: Vec<_> = lines
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(row)
        .collect();
    assert!(!rows.is_empty(), "docs/types.md has no table {HEAD}");
    rows
}

fn row(line: &str) -> Row<'_> {
    let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [rust, flyte, python, ..] = cells[..] else {
        panic!("a row without a Python type: {line}");
    };
    Row {
        rust: types(rust),
        flyte,
        python: types(python),
    }
}

/// The types in a cell, which are written as code.
fn types(cell: &str) -> Vec<&str> {
    let types: Vec<_> = cell.split('`').skip(1).step_by(2).collect();
    assert!(!types.is_empty(), "a cell without a type: {cell}");
    types
}
