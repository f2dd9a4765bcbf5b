use flytekit::Columns;

#[derive(Columns)]
struct Sale {
    #[column = "id"]
    id: i64,
    #[column("")]
    amount: f64,
    #[column("customer")]
    name: String,
    customer: String,
    #[column("a", "b")]
    two: bool,
}

#[derive(Columns)]
#[columns(krate = flytekit)]
struct Elsewhere {
    id: i64,
}

fn main() {}
