//! Compares the document's table with the faults.

use super::MODULES;

const PAGE: &str = include_str!("../../../../docs/failures.md");

/// The cells of a row, without the spaces around them.
type Cells = Vec<String>;

/// The rows of the page's tables, without their heads.
fn rows_of_page() -> Vec<Cells> {
    let lines = PAGE.lines().filter(|line| line.starts_with('|'));
    let rows = lines.map(|line| {
        let cells = line.trim().trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect::<Cells>()
    });
    let is_head = |row: &Cells| row[0] == "what happens" || row[0].starts_with("--");
    rows.filter(|row| !is_head(row)).collect()
}

#[test]
fn each_row_has_a_test_and_each_test_a_row() {
    let rows = MODULES.iter().copied().flatten();
    let tested: Vec<Cells> = rows
        .map(|row| {
            std::iter::once(row.what.to_owned())
                .chain(row.end.cells())
                .collect()
        })
        .collect();
    let written = rows_of_page();
    let missing = |those: &[Cells], among: &[Cells]| {
        let missing = those.iter().filter(|row| !among.contains(row));
        let lines = missing.map(|row| format!("| {} |", row.join(" | ")));
        lines.collect::<Vec<_>>().join("\n")
    };
    let (untold, untested) = (missing(&tested, &written), missing(&written, &tested));
    assert!(
        untold.is_empty() && untested.is_empty(),
        "docs/failures.md lacks\n{untold}\nand no test has\n{untested}"
    );
    for row in &written {
        let same = written.iter().filter(|other| other[0] == row[0]);
        assert_eq!(same.count(), 1, "two rows say `{}`", row[0]);
    }
}
