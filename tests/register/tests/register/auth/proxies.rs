//! Calls through a proxy.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use flytekit_test_support::flyte::FlyteServer;

use super::{APPLICATION, refusal, registers};

#[test]
fn a_proxy_on_the_way_is_used() {
    let server = FlyteServer::start(&["--tls", "--require-auth"]);
    let proxy = Proxy::start();
    let url = format!("http://user:s3cret@{}", proxy.address);
    let mut settings = APPLICATION.to_vec();
    settings.push(("FLYTE_PLATFORM_HTTP_PROXY_URL", &url));
    registers(&server, &settings);
    let seen = proxy.seen();
    let of = |place: &str| {
        let line = format!("CONNECT {place} HTTP/1.1");
        seen.iter()
            .find(|it| it.starts_with(&line))
            .expect("a connection")
    };
    let web = server.http().trim_start_matches("https://");
    for connection in [of(server.endpoint()), of(web)] {
        let connection = connection.to_lowercase();
        assert!(
            connection.contains("proxy-authorization: basic "),
            "{connection}"
        );
    }
    settings.pop();
    settings.push((
        "FLYTE_PLATFORM_HTTP_PROXY_URL",
        "http://user:s3cret@127.0.0.1:1",
    ));
    let said = refusal(&server, &settings);
    assert!(said.contains("the proxy refuses the connection"), "{said}");
}

/// An HTTP proxy that supports CONNECT only.
struct Proxy {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let seen = Arc::default();
        let log = Arc::clone(&seen);
        // The thread ends with the test's process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                thread::spawn(move || tunnel(client, &log));
            }
        });
        Proxy { address, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no panic").clone()
    }
}

fn tunnel(client: TcpStream, log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(client.try_clone().expect("a socket"));
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {}
    let place = head.split(' ').nth(1).expect("a place").to_owned();
    log.lock().expect("no panic").push(head);
    let mut server = TcpStream::connect(place).expect("the server");
    let mut client = client;
    client
        .write_all(b"HTTP/1.1 200 OK\r\n\r\n")
        .expect("the client");
    let (mut from, mut to) = (server.try_clone().expect("a socket"), client);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let _ = std::io::copy(&mut reader, &mut server);
    let _ = server.shutdown(Shutdown::Both);
}
