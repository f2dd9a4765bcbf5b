use flytekit::types::Columns;

struct Sale {
    id: i64,
}

fn columns<S: Columns>() -> usize {
    S::COLUMNS.len()
}

fn main() {
    columns::<Sale>();
}
