//! Generates types in two languages: in Rust, which is compiled, and in Python, which the program prints. The
//! same is done with the types on the docs' page about types.
//!
//! The seed is fixed, so that every build gives the same types; `FLYTEKIT_TEST_SEED` sets another one.

mod draw;
mod model;
mod page;
mod python;
mod random;
mod rust;
mod wide;

use std::path::PathBuf;
use std::{env, fs};

const SEED: &str = "1";
const PAGE: &str = "../../docs/types.md";

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={PAGE}");
    println!("cargo::rerun-if-env-changed=FLYTEKIT_TEST_SEED");
    let seed = env::var("FLYTEKIT_TEST_SEED").unwrap_or_else(|_| SEED.to_owned());
    let seed = seed.parse().expect("FLYTEKIT_TEST_SEED is a number");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let drawn = draw::draw(seed);
    let page = fs::read_to_string(PAGE).expect("the page is UTF-8");
    for (name, source) in [
        ("drawn.rs", rust::source(&drawn)),
        ("drawn.py", python::source(&drawn)),
        ("page.rs", page::rust(&page)),
        ("page.py", page::python(&page)),
        ("wide.rs", wide::source()),
    ] {
        fs::write(folder.join(name), source).expect("the folder for output is writable");
    }
}
