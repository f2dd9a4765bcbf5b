//! What stands between a client and a server, and fails now and then.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The server's answer.
    Pass,
    /// This status, and nothing that the server sees.
    Status(u16),
    /// The beginning of the server's answer, then nothing.
    Cut(usize),
    /// The server's answer, which does not say how long it is.
    Unsized,
    /// Nothing at all, for as long as the client waits.
    Silence,
    /// These words, and nothing more.
    Words(&'static str),
    /// These words, then a byte now and then.
    Drip(&'static str),
    /// These words, then bytes without end.
    Flood(&'static str),
}

/// A proxy that ends with the test's process.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// A proxy of a server. `answer` is given the number of each request, from 0, and its head.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
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
                // A client or a server that goes away ends its exchange, and no more.
                thread::spawn(move || drop(exchange(&client, &server, &heads, &*answer)));
            }
        });
        Proxy { address, requests }
    }

    /// Where it is: `http://127.0.0.1:…`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of the requests that came.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One request, and what comes back, on a connection of its own.
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

/// Passes a request on to the server, whose answer this gives.
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

/// The head of a request or an answer, with the empty line at its end.
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
