//! The store from the command line: what a test cannot call itself, since a store takes its
//! settings from the environment.

use std::error::Error;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use flytekit::store::{self, StoreError};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            if let Some(error) = error.downcast_ref::<StoreError>() {
                eprintln!("recoverable: {}", error.is_recoverable());
                eprintln!("not found: {}", error.is_not_found());
            }
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    match *arguments {
        ["read", uri] => io::stdout().write_all(&store::read(uri)?)?,
        // A task's own runtime is no place for the store's waiting.
        ["read-in-async", uri] => {
            let runtime = tokio::runtime::Builder::new_current_thread().build()?;
            let bytes = runtime.block_on(async { store::read(uri) })?;
            io::stdout().write_all(&bytes)?;
        }
        ["write", prefix, name, text] => store::write(prefix, name, text.as_bytes())?,
        ["list", prefix] => {
            for entry in store::list(prefix)? {
                println!("{} {}", entry.size, entry.path);
            }
        }
        ["download", uri, to] => store::download(uri, Path::new(to))?,
        ["upload", from, uri] => store::upload(Path::new(from), uri)?,
        ["download-folder", prefix, to] => store::download_folder(prefix, Path::new(to))?,
        ["upload-folder", from, prefix] => store::upload_folder(Path::new(from), prefix)?,
        // The first bytes of a stream, and no more of it.
        ["begin", uri, length] => {
            let mut reader = store::open(uri)?;
            println!("{:?}", reader.size());
            let mut bytes = vec![0; length.parse()?];
            reader.read_exact(&mut bytes)?;
            io::stdout().write_all(&bytes)?;
        }
        // A stream that is finished, and one that is not.
        ["stream", uri] => stream(uri)?.finish()?,
        ["drop", uri] => drop(stream(uri)?),
        _ => return Err(format!("no such operation: {arguments:?}").into()),
    }
    Ok(())
}

/// Zeros and ones in turn, as many MiB as the environment says.
fn stream(uri: &str) -> Result<store::StoreWriter, Box<dyn Error>> {
    let mut writer = store::create(uri)?;
    let size: u8 = std::env::var("MIB")?.parse()?;
    for number in 0..size {
        writer.write_all(&vec![number % 2; 1 << 20])?;
    }
    Ok(writer)
}
