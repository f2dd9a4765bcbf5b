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

/// What is wrong with the columns is not said again where they are named.
fn main() {
    is_columns::<Sale>();
    is_columns::<Generic<i64>>();
}
