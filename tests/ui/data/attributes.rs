use flytekit::FlyteData;

#[derive(FlyteData)]
#[serde(rename_all = "camelcase")]
struct Names {
    #[serde(renam = "id")]
    id: i64,
    #[serde(rename(serialize = "a", deserialize = "b"))]
    both: i64,
    #[serde(default = "not a path")]
    path: i64,
    #[serde(skip = true)]
    word: i64,
}

#[derive(FlyteData)]
struct Unsupported {
    #[serde(flatten)]
    more: Names,
    #[serde(with = "hex")]
    hex: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    perhaps: Option<i64>,
    #[serde(skip_deserializing)]
    one_way: i64,
    #[flyte(crate = flytekit)]
    inside: i64,
}

#[derive(FlyteData)]
#[serde(tag = "kind", content = "value")]
enum Adjacent {
    One { a: i64 },
    #[serde(other)]
    Other,
}

fn main() {}
