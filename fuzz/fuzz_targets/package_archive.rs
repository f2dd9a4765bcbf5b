//! An archive of tasks, which somebody else has packed: as it is, and as what is inside of the gzip.

#![no_main]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use flytekit::register::package::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = read(data);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(data).expect("memory");
    let archive = gzip.finish().expect("memory");
    if let Ok(archived) = read(&*archive) {
        assert!(!archived.specs.is_empty());
    }
});
