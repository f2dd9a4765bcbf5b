//! Feeds a client the answer of a web server or a store, from its first byte on. There must be no panic, no
//! more memory than bytes that arrive, and an end. The first byte selects the request.

#![no_main]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::{LazyLock, Mutex};
use std::thread;

use flytekit::store;
use libfuzzer_sys::fuzz_target;

/// The server's next answer.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// A server that gives every request the same answer, and closes the connection.
static SERVER: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4096];
            let _ = client.read(&mut request);
            let answer = ANSWER.lock().expect("no panic").clone();
            let _ = client.write_all(&answer);
            let _ = client.shutdown(Shutdown::Both);
        }
    });
    let endpoint = format!("http://{address}");
    for (name, value) in [
        ("FLYTE_AWS_ENDPOINT", &*endpoint),
        ("FLYTE_AWS_ACCESS_KEY_ID", "id"),
        ("FLYTE_AWS_SECRET_ACCESS_KEY", "key"),
        ("FLYTE_AWS_RETRIES", "0"),
        ("FLYTEKIT_STORE_TIMEOUT", "1"),
        ("AWS_REGION", "us-east-1"),
    ] {
        // SAFETY: before anything reads the environment; the server's thread does not.
        unsafe { std::env::set_var(name, value) };
    }
    endpoint
});

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, answer)) = bytes.split_first() else {
        return;
    };
    let endpoint = &*SERVER;
    *ANSWER.lock().expect("no panic") = answer.to_vec();
    match choice % 4 {
        0 => drop(
            store::read(&format!("{endpoint}/file")).map(|it| assert!(it.len() <= answer.len())),
        ),
        1 => drop(store::read("s3://bucket/file").map(|it| assert!(it.len() <= answer.len()))),
        2 => drop(store::list("s3://bucket/folder")),
        _ => drop(store::write("s3://bucket", "file", b"text")),
    }
});
