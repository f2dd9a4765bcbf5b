use flytekit::Columns;

#[derive(Columns)]
struct Sale {
    id: i64,
    #[column("id")]
    other: i64,
}

#[derive(Columns)]
struct Generic<T> {
    value: T,
}

fn is_columns<C: Columns>() {}

/// The use of a type does not repeat the mistakes of its columns.
fn main() {
    is_columns::<Sale>();
    is_columns::<Generic<i64>>();
}
