//! The little of HTTP/2 that is needed to tell a gRPC server from another one, and to answer in the
//! place of one that is gone. Frames are those of RFC 9113; header compression is RFC 7541.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a client sends first (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Length, type, flags and stream of a frame (4.1).
const HEADER_LEN: usize = 9;

const HEADERS: u8 = 0x1;
const SETTINGS: u8 = 0x4;
const PING: u8 = 0x6;

const ACK: u8 = 0x1;
const END_STREAM_AND_HEADERS: u8 = 0x1 | 0x4;

/// The largest frame that a peer may send unless it was told otherwise (4.2).
const MAX_FRAME: usize = 16_384;

/// gRPC's status `ABORTED`: the client does not try such a call again, as it does with
/// `UNAVAILABLE`.
const ABORTED: &str = "10";

/// Exchanges the first frames with a server, which every gRPC server does at once.
///
/// # Errors
///
/// When it is silent, closes the connection, or says something else, which the error repeats.
pub(super) fn greet(mut stream: TcpStream, limit: Duration) -> io::Result<()> {
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    // In one piece: a server that speaks otherwise may close at the first byte. What it said before
    // tells more than that it closed.
    let greeting = [&PREFACE[..], &header(0, SETTINGS, 0, 0)].concat();
    let sent = stream.write_all(&greeting);
    let mut first = [0; HEADER_LEN];
    stream
        .read_exact(&mut first)
        .map_err(|error| sent.err().unwrap_or(error))?;
    let frame = FrameHeader::read(first);
    if frame.kind == SETTINGS && frame.stream == 0 && frame.len <= MAX_FRAME {
        Ok(())
    } else {
        let said = String::from_utf8_lossy(&first).escape_debug().to_string();
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("it said `{said}…`"),
        ))
    }
}

/// Answers every call on a connection with a status that is not tried again, and `message`.
///
/// # Errors
///
/// When the client closes the connection, or says nothing for as long as the stream's time-out.
pub(super) fn refuse_calls(mut stream: impl Read + Write, message: &str) -> io::Result<()> {
    let mut preface = [0; PREFACE.len()];
    stream.read_exact(&mut preface)?;
    if preface != *PREFACE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    stream.write_all(&header(0, SETTINGS, 0, 0))?;
    let refusal = refusal(message);
    loop {
        let mut head = [0; HEADER_LEN];
        stream.read_exact(&mut head)?;
        let frame = FrameHeader::read(head);
        if frame.len > MAX_FRAME {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut payload = vec![0; frame.len];
        stream.read_exact(&mut payload)?;
        match (frame.kind, frame.flags & ACK) {
            (SETTINGS, 0) => stream.write_all(&header(0, SETTINGS, ACK, 0))?,
            (PING, 0) => {
                stream.write_all(&header(frame.len, PING, ACK, 0))?;
                stream.write_all(&payload)?;
            }
            (HEADERS, _) => {
                stream.write_all(&header(
                    refusal.len(),
                    HEADERS,
                    END_STREAM_AND_HEADERS,
                    frame.stream,
                ))?;
                stream.write_all(&refusal)?;
            }
            _ => {}
        }
    }
}

struct FrameHeader {
    len: usize,
    kind: u8,
    flags: u8,
    stream: u32,
}

impl FrameHeader {
    fn read([a, b, c, kind, flags, stream @ ..]: [u8; HEADER_LEN]) -> Self {
        let len = u32::from_be_bytes([0, a, b, c]) as usize;
        // The highest bit is reserved.
        FrameHeader {
            len,
            kind,
            flags,
            stream: u32::from_be_bytes(stream) & (u32::MAX >> 1),
        }
    }
}

fn header(len: usize, kind: u8, flags: u8, stream: u32) -> [u8; HEADER_LEN] {
    let [.., a, b, c] = len.to_be_bytes();
    let [s0, s1, s2, s3] = stream.to_be_bytes();
    [a, b, c, kind, flags, s0, s1, s2, s3]
}

/// The header block of a gRPC response that is only an error ("Trailers-Only").
fn refusal(message: &str) -> Vec<u8> {
    // `:status: 200`, entry 8 of the static table.
    let mut block = vec![0x80 | 8];
    for (name, value) in [
        ("content-type", "application/grpc"),
        ("grpc-status", ABORTED),
        ("grpc-message", &percent_encoded(message)),
    ] {
        // A literal field that is not added to the table.
        block.push(0);
        string(&mut block, name);
        string(&mut block, value);
    }
    block
}

/// A string literal without Huffman coding (RFC 7541, 5.2), its length an integer with a prefix of
/// seven bits (5.1).
fn string(block: &mut Vec<u8>, text: &str) {
    const PREFIX: usize = 127;
    match u8::try_from(text.len()) {
        Ok(len) if text.len() < PREFIX => block.push(len),
        _ => {
            block.push(0x7f);
            let mut rest = text.len() - PREFIX;
            loop {
                let [low, ..] = rest.to_le_bytes();
                rest >>= 7;
                if rest == 0 {
                    block.push(low);
                    break;
                }
                block.push(low | 0x80);
            }
        }
    }
    block.extend_from_slice(text.as_bytes());
}

/// gRPC's form of a status message: printable ASCII as it is, everything else as `%XX`.
fn percent_encoded(message: &str) -> String {
    let mut encoded = String::with_capacity(message.len());
    for byte in message.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => encoded.push(byte.into()),
            _ => encoded.extend(["%", &format!("{byte:02X}")]),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use proptest::prelude::*;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    /// What a client sends, and what it is answered.
    struct Client<'a> {
        sends: &'a [u8],
        hears: Vec<u8>,
    }

    impl Read for Client<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.sends.read(buffer)
        }
    }

    impl Write for Client<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.hears.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn answers(sends: &[u8], message: &str) -> Vec<u8> {
        let mut client = Client {
            sends,
            hears: Vec::new(),
        };
        refuse_calls(&mut client, message).unwrap_err();
        client.hears
    }

    #[test]
    fn calls_are_refused_on_their_stream() {
        let mut sends = PREFACE.to_vec();
        sends.extend(header(0, SETTINGS, 0, 0));
        sends.extend(header(8, PING, 0, 0));
        sends.extend(*b"ping ing");
        sends.extend(header(3, HEADERS, 0x4, 5));
        sends.extend(*b"abc");

        let mut expected = header(0, SETTINGS, 0, 0).to_vec();
        expected.extend(header(0, SETTINGS, ACK, 0));
        expected.extend(header(8, PING, ACK, 0));
        expected.extend(*b"ping ing");
        let refusal = refusal("gone");
        expected.extend(header(refusal.len(), HEADERS, END_STREAM_AND_HEADERS, 5));
        expected.extend(&refusal);
        assert_eq!(answers(&sends, "gone"), expected);
        assert!(refusal.ends_with(b"\x00\x0cgrpc-message\x04gone"));
    }

    #[test]
    fn a_server_is_known_by_its_first_frame() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let _ended = refuse_calls(listener.accept().unwrap().0, "gone");
            let (mut stream, _) = listener.accept().unwrap();
            stream
                .read_exact(&mut [0; PREFACE.len() + HEADER_LEN])
                .unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n").unwrap();
        });
        greet(TcpStream::connect(address).unwrap(), LIMIT).unwrap();
        let error = greet(TcpStream::connect(address).unwrap(), LIMIT).unwrap_err();
        assert!(error.to_string().contains("HTTP/1.1"), "{error}");
        server.join().unwrap();
    }

    #[test]
    fn lengths_beyond_the_prefix_take_more_bytes() {
        for (len, start) in [
            (0, &[0][..]),
            (126, &[126]),
            (127, &[127, 0]),
            (255, &[127, 0x80, 1]),
        ] {
            let mut block = Vec::new();
            string(&mut block, &"x".repeat(len));
            assert_eq!(
                (&block[..start.len()], block.len()),
                (start, start.len() + len)
            );
        }
    }

    #[test]
    fn messages_are_ascii() {
        assert_eq!(
            percent_encoded("50% of 2\u{20ac}\n"),
            "50%25 of 2%E2%82%AC%0A"
        );
    }

    proptest! {
        #[test]
        fn whatever_a_client_sends_is_read_without_a_panic(bytes: Vec<u8>) {
            let sends = [PREFACE, &bytes[..]].concat();
            answers(&sends, "gone");
            answers(&bytes, "gone");
        }
    }
}
