//! Parts of tables.

/// A part of a table that nodes share.
#[derive(Clone, Copy, Debug)]
pub struct Slice<'a, T> {
    /// The whole table.
    pub table: &'a [T],
    /// The index of the part's first item.
    pub from: usize,
    /// The index after the part's last item.
    pub to: usize,
}

impl<'a, T> Slice<'a, T> {
    /// Nothing.
    pub const NONE: Self = Slice::of(&[]);

    /// All of a table.
    pub const fn of(table: &'a [T]) -> Self {
        Slice {
            table,
            from: 0,
            to: table.len(),
        }
    }

    /// The part.
    pub const fn get(&self) -> &'a [T] {
        let (part, _) = self.table.split_at(self.to);
        part.split_at(self.from).1
    }

    /// Whether it is empty.
    pub const fn is_empty(&self) -> bool {
        self.from == self.to
    }
}
