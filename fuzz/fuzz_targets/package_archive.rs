//! Reads an archive of tasks from an untrusted source, both as it is and as the content of a gzip file.

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
