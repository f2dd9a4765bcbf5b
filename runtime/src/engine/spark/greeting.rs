//! Distinguishes a server that speaks HTTP/2, like every gRPC server, from other servers.

use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, BufWriter};
use tokio_util::io::InspectReader;

use crate::engine::wait::apart;

/// How many bytes of a server's answer go into a message.
const SHOWN: usize = 24;

/// Waits for the settings of a server, which every HTTP/2 server sends immediately.
///
/// # Errors
///
/// If it is silent (`TimedOut`), closes the connection (`UnexpectedEof`), or sends something else, which the
/// error quotes.
pub(super) fn greet(stream: TcpStream, limit: Duration) -> io::Result<()> {
    // This needs a thread of its own: the caller's thread may belong to an async runtime, and another runtime
    // cannot run inside of that.
    apart(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(greeted(stream, limit))
    })
    .recv()
    .map_err(io::Error::other)?
}

async fn greeted(stream: TcpStream, limit: Duration) -> io::Result<()> {
    stream.set_nonblocking(true)?;
    let stream = tokio::net::TcpStream::from_std(stream)?;
    let mut said = Vec::new();
    let heard = InspectReader::new(stream, |bytes: &[u8]| {
        let room = SHOWN.saturating_sub(said.len());
        said.extend_from_slice(&bytes[..bytes.len().min(room)]);
    });
    // The preface is sent in one piece: a server with another protocol may close the connection at the first
    // byte, and a second write would fail before the server's answer is read.
    let error = match tokio::time::timeout(limit, settings(BufWriter::new(heard))).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error,
        Err(elapsed) => elapsed.into(),
    };
    // The answer is more informative than the way in which the connection ended.
    if said.is_empty() {
        return Err(error);
    }
    let said = String::from_utf8_lossy(&said).escape_debug().to_string();
    Err(io::Error::new(
        ErrorKind::InvalidData,
        format!("it said `{said}…`"),
    ))
}

/// Sends the client's preface, and waits until the server's settings have arrived.
async fn settings(stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    // The settings replace the number of calls that are allowed before them. The change shows that they have
    // arrived.
    let (_calls, mut connection) = h2::client::Builder::new()
        .initial_max_send_streams(0)
        .handshake::<_, &[u8]>(stream)
        .await
        .map_err(io::Error::other)?;
    poll_fn(|context| match Pin::new(&mut connection).poll(context) {
        Poll::Pending if connection.max_concurrent_send_streams() == 0 => Poll::Pending,
        Poll::Pending => Poll::Ready(Ok(())),
        Poll::Ready(Ok(())) => Poll::Ready(Err(ErrorKind::UnexpectedEof.into())),
        Poll::Ready(Err(error)) => Poll::Ready(Err(io::Error::other(error))),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    /// The result for a server that treats its only connection in this way.
    fn greeting_of(
        serve: impl FnOnce(TcpStream) + Send + 'static,
        limit: Duration,
    ) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || serve(listener.accept().unwrap().0));
        let greeting = greet(TcpStream::connect(address).unwrap(), limit);
        server.join().unwrap();
        greeting
    }

    /// Reads until the client closes the connection.
    fn read_on(mut stream: TcpStream) {
        let _closed = stream.read_to_end(&mut Vec::new());
    }

    #[test]
    fn settings_are_enough() {
        // Sends an empty SETTINGS frame, then nothing.
        let serve = |mut stream: TcpStream| {
            stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).unwrap();
            read_on(stream);
        };
        greeting_of(serve, LIMIT).unwrap();
    }

    #[test]
    fn what_another_server_says_is_repeated() {
        let says = |text: &'static str, reads: usize| {
            move |mut stream: TcpStream| {
                stream.read_exact(&mut vec![0; reads]).unwrap();
                stream.write_all(text.as_bytes()).unwrap();
            }
        };
        for reads in [0, 1, 24] {
            let serve = says("HTTP/1.1 400 Bad Request\r\n\r\n", reads);
            let error = greeting_of(serve, LIMIT).unwrap_err();
            assert_eq!(error.to_string(), "it said `HTTP/1.1 400 Bad Request…`");
        }
        let error = greeting_of(says("220\n", 1), LIMIT).unwrap_err();
        assert_eq!(error.to_string(), "it said `220\\n…`");
    }

    #[test]
    fn silence_and_an_end_are_told_apart() {
        let error = greeting_of(read_on, Duration::from_millis(100)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
        let ends = |stream: TcpStream| {
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            read_on(stream);
        };
        let error = greeting_of(ends, LIMIT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{error}");
    }

    #[test]
    fn an_async_runtime_may_be_around() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let error = runtime
            .block_on(async { greeting_of(read_on, Duration::from_millis(10)) })
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    }
}
