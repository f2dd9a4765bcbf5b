//! The modules in `src/gen/` equal prost-build's output for the `.proto` files of this crate.
//!
//! They are under version control so that users compile neither a protobuf compiler nor a code generator.
//! This test generates them again and compares; with `FLYTEKIT_BLESS=1` it writes them instead.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use prost_build::Module;
use protox::prost::Message as _;
use protox::prost_reflect::prost_types::FileDescriptorSet;

/// The crate's folder, which is also the root of imports between `.proto` files.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The attribute that compiles clients and servers only if they are wanted.
const GRPC_ONLY: &str = r#"#[cfg(feature = "grpc")]"#;

#[test]
fn checked_in_modules_are_up_to_date() {
    let folder = Path::new(ROOT).join("src/gen");
    let generated = generate();
    if std::env::var_os("FLYTEKIT_BLESS").is_some() {
        write(&folder, &generated);
    }
    let checked_in = read(&folder);
    let stale: Vec<&String> = generated
        .iter()
        .filter(|(name, content)| checked_in.get(*name) != Some(content))
        .map(|(name, _)| name)
        .chain(
            checked_in
                .keys()
                .filter(|name| !generated.contains_key(*name)),
        )
        .collect();
    assert!(
        stale.is_empty(),
        "{stale:?} in proto/src/gen do not fit the .proto files: \
         run `FLYTEKIT_BLESS=1 cargo test -p flytekit-proto --test generate` and commit the result"
    );
}

/// The files of `src/gen/`, by name.
fn generate() -> BTreeMap<String, Vec<u8>> {
    let files = compile();
    let mut generated = modules(files.clone());
    generated.insert("descriptors.bin".to_owned(), descriptors(files));
    generated
}

/// Compiles all `.proto` files of this crate, with comments, after their imports.
fn compile() -> FileDescriptorSet {
    let mut compiler = protox::Compiler::new([ROOT]).expect("the crate's folder exists");
    compiler.include_imports(true).include_source_info(true);
    compiler
        .open_files(proto_files(Path::new(ROOT)))
        .expect("the .proto files compile");
    compiler.file_descriptor_set()
}

/// The `.proto` files below `folder`, sorted so that equal sources give equal descriptors.
fn proto_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(proto_files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            found.push(path);
        }
    }
    found
}

/// Rust modules, one per protobuf package.
fn modules(files: FileDescriptorSet) -> BTreeMap<String, Vec<u8>> {
    let services = tonic_prost_build::configure()
        .build_transport(false)
        .client_mod_attribute(".", GRPC_ONLY)
        .server_mod_attribute(".", GRPC_ONLY)
        .service_generator();
    let requests = files
        .file
        .into_iter()
        .map(|file| (Module::from_protobuf_package_name(file.package()), file))
        .collect();
    prost_build::Config::new()
        // Sorted maps, so that equal messages have equal bytes.
        .btree_map(["."])
        .enable_type_names()
        .service_generator(services)
        .generate(requests)
        .expect("the descriptors are valid")
        .into_iter()
        .map(|(module, code)| (module.to_file_name_or("_"), code.into_bytes()))
        .collect()
}

/// The descriptors for the printers, without comments.
fn descriptors(mut files: FileDescriptorSet) -> Vec<u8> {
    for file in &mut files.file {
        file.source_code_info = None;
    }
    files.encode_to_vec()
}

fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    entries(folder)
        .into_iter()
        .map(|path| {
            let name = path.file_name().expect("an entry has a name");
            let content = fs::read(&path).expect("a checked-in file is readable");
            (name.to_string_lossy().into_owned(), content)
        })
        .collect()
}

fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for path in entries(folder) {
        fs::remove_file(path).expect("a stale file can be removed");
    }
    for (name, content) in files {
        fs::write(folder.join(name), content).expect("the folder is writable");
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("the folder is readable").path())
        .collect();
    entries.sort();
    entries
}
