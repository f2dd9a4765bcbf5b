//! A proxy between a client and a server that fails on purpose.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The server's answer.
    Pass,
    /// This status; the server does not see the request.
    Status(u16),
    /// The beginning of the server's answer, then nothing.
    Cut(usize),
    /// The server's answer, without its length.
    Unsized,
    /// No answer, for as long as the client waits.
    Silence,
    /// These bytes, and then the end.
    Words(&'static str),
    /// These bytes, and then one more byte from time to time.
    Drip(&'static str),
    /// These bytes, and then more without end.
    Flood(&'static str),
}

/// A proxy that ends with the test's process.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts a proxy of a server. `answer` gets the number of each request, from 0, and its head.
    ///
    /// # Panics
    ///
    /// If it cannot listen.
    pub fn start(
        server: &str,
        answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, heads) = (Arc::new(answer), Arc::clone(&requests));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (answer, heads) = (Arc::clone(&answer), Arc::clone(&heads));
                let server = server.clone();
                // A client or a server that goes away ends only its own exchange.
                thread::spawn(move || drop(exchange(&client, &server, &heads, &*answer)));
            }
        });
        Proxy { address, requests }
    }

    /// The proxy's URL: `http://127.0.0.1:…`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of the received requests.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Handles one request and its answer, on a connection of its own.
fn exchange(
    client: &TcpStream,
    server: &str,
    requests: &Mutex<Vec<String>>,
    answer: &dyn Fn(usize, &str) -> Answer,
) -> io::Result<()> {
    let mut request = BufReader::new(client);
    let head = head(&mut request)?;
    let number = {
        let mut requests = requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(head.clone());
        requests.len() - 1
    };
    let mut client = client;
    match answer(number, &head) {
        Answer::Status(status) => {
            io::copy(&mut request.take(length(&head)), &mut io::sink())?;
            write!(
                client,
                "HTTP/1.1 {status} Not Now\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
        }
        Answer::Words(words) => {
            io::copy(&mut request.take(length(&head)), &mut io::sink())?;
            give(words.as_bytes(), client)
        }
        Answer::Drip(words) => {
            client.write_all(words.as_bytes())?;
            loop {
                client.write_all(b"a")?;
                thread::sleep(Duration::from_millis(20));
            }
        }
        Answer::Flood(words) => give(words.as_bytes().chain(io::repeat(b'a')), client),
        Answer::Silence => io::copy(&mut request, &mut io::sink()).map(drop),
        Answer::Pass => give(ask(request, &head, server)?, client),
        Answer::Cut(bytes) => give(ask(request, &head, server)?.take(bytes as u64), client),
        Answer::Unsized => {
            let mut answer = ask(request, &head, server)?;
            let head = self::head(&mut answer)?;
            let is_length = |line: &&str| line.to_lowercase().starts_with("content-length:");
            for line in head.split_inclusive("\r\n").filter(|line| !is_length(line)) {
                client.write_all(line.as_bytes())?;
            }
            give(answer, client)
        }
    }
}

/// Forwards a request to the server, and returns its answer.
fn ask(
    request: BufReader<&TcpStream>,
    head: &str,
    server: &str,
) -> io::Result<BufReader<TcpStream>> {
    let mut upstream = TcpStream::connect(server)?;
    let (first, rest) = head.split_once("\r\n").unwrap_or((head, ""));
    write!(upstream, "{first}\r\nConnection: close\r\n{rest}")?;
    io::copy(&mut request.take(length(head)), &mut upstream)?;
    Ok(BufReader::new(upstream))
}

fn give(mut answer: impl Read, mut client: &TcpStream) -> io::Result<()> {
    io::copy(&mut answer, &mut client)?;
    client.shutdown(Shutdown::Both)
}

/// The head of a request or an answer, including the empty line at its end.
fn head(request: &mut impl BufRead) -> io::Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if request.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(head)
}

/// The length of a request's body.
fn length(head: &str) -> u64 {
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length
        .and_then(|(_, length)| length.parse().ok())
        .unwrap_or(0)
}
