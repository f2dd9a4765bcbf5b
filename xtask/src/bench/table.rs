//! Tables that are readable in the terminal and in Markdown.

use std::fmt;

/// A table with `N` columns, of which the first is aligned left and the others right.
pub(super) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(header: [&str; N]) -> Self {
        Self {
            rows: vec![header.map(str::to_owned)],
        }
    }

    pub(super) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    fn widths(&self) -> [usize; N] {
        std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        })
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (index, row) in self.rows.iter().enumerate() {
            f.write_str("|")?;
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                match column {
                    0 => write!(f, " {cell:width$} |")?,
                    _ => write!(f, " {cell:>width$} |")?,
                }
            }
            writeln!(f)?;
            if index == 0 {
                f.write_str("|")?;
                for (column, width) in widths.into_iter().enumerate() {
                    let end = if column == 0 { '-' } else { ':' };
                    write!(f, "{:-<1$}{end}|", "", width + 1)?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(["what", "ratio"]);
        table.row(["a list".to_owned(), "4×".to_owned()]);
        let expected = "\
            | what   | ratio |\n\
            |--------|------:|\n\
            | a list |    4× |\n";
        assert_eq!(table.to_string(), expected);
    }
}
