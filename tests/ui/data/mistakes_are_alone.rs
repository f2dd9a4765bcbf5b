use flytekit::prelude::*;

#[derive(FlyteData)]
#[serde(rename_al = "lowercase")]
struct Sale {
    id: i64,
}

#[derive(FlyteData)]
struct Sales {
    sales: Vec<Sale>,
}

#[task]
fn best(sales: Sales) -> Sale {
    sales.sales.into_iter().next().unwrap()
}

fn main() {}
