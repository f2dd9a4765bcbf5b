use flytekit::task;

#[task]
fn thirteen() -> (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8) {
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

#[task]
fn one() -> (i64,) {
    (1,)
}

fn main() {}
