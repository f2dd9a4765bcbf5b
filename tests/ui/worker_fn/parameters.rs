use flytekit::worker_fn;

#[worker_fn]
fn too_many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8) -> u8 {
    a + b + c + d + e + f + g + h + i
}

#[worker_fn]
fn conditional(#[cfg(unix)] a: u64) {}

fn main() {}
