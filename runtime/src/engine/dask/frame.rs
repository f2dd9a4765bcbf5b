//! The protocol of a run's processes over pipes: frames with a header in JSON and a body of bytes.
//!
//! ```text
//! length of the header: u32, little-endian
//! length of the body:   u64, little-endian
//! header: {"op":"call","function":"app.count_hits",…}
//! body
//! ```
//!
//! A process that forwards a frame reads only the header. The values are in bodies, which only this
//! executable understands.

use std::io::{self, ErrorKind, Read, Write};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::spares::Spares;

/// The size of the lengths before a frame.
const PREFIX: usize = 12;

/// The maximum size of a header: it has names, numbers and text for people.
const HEADER_LIMIT: u32 = 16 << 20;

/// How much memory is allocated for a body before any of it has arrived. Later the memory grows with the
/// content.
const FIRST: usize = 1 << 20;

/// Writes a frame whose body is the concatenation of these parts.
pub(super) fn write(
    out: &mut impl Write,
    header: &impl Serialize,
    parts: &[&[u8]],
) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    let too_long = |_| io::Error::new(ErrorKind::InvalidInput, "the header of a frame is too long");
    let header_len = u32::try_from(header.len()).map_err(too_long)?;
    let body_len: u64 = parts.iter().map(|part| part.len() as u64).sum();
    let mut start = Vec::with_capacity(PREFIX + header.len());
    start.extend(header_len.to_le_bytes());
    start.extend(body_len.to_le_bytes());
    start.extend(header);
    out.write_all(&start)?;
    for part in parts {
        out.write_all(part)?;
    }
    out.flush()
}

/// Reads a frame, whose body may take spare memory; None if the other side has closed the pipe after a
/// complete frame.
///
/// # Errors
///
/// If the pipe ends inside a frame, or the bytes are not a frame.
pub(super) fn read<H: DeserializeOwned>(
    input: &mut impl Read,
    spares: &Spares,
) -> io::Result<Option<(H, Bytes)>> {
    let mut prefix = [0; PREFIX];
    if !fill(input, &mut prefix)? {
        return Ok(None);
    }
    let [header @ .., _, _, _, _, _, _, _, _] = prefix;
    let [_, _, _, _, body @ ..] = prefix;
    let header_len = u32::from_le_bytes(header);
    if header_len > HEADER_LIMIT {
        return Err(invalid(format!("a header of {header_len} bytes")));
    }
    let header = exactly(Vec::new(), input, u64::from(header_len))?;
    let body_len = u64::from_le_bytes(body);
    let spare = usize::try_from(body_len).map_or_else(|_| Vec::new(), |len| spares.take(len));
    let body = exactly(spare, input, body_len)?;
    let header = serde_json::from_slice(&header)
        .map_err(|error| invalid(format!("a header that cannot be parsed: {error}")))?;
    Ok(Some((header, spares.lend(body))))
}

/// Fills the buffer; `false` if the input ends first.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Reads exactly `len` bytes, into memory that is empty. A false length costs little more memory than the bytes that arrive.
fn exactly(mut bytes: Vec<u8>, input: &mut impl Read, len: u64) -> io::Result<Vec<u8>> {
    let expected = usize::try_from(len).unwrap_or(usize::MAX);
    while bytes.len() < expected {
        let room = bytes.capacity() - bytes.len();
        let wanted = (expected - bytes.len()).min(bytes.len().max(FIRST).max(room));
        bytes.try_reserve_exact(wanted).map_err(|_| {
            let why = format!("there is no memory for {len} bytes that another process sends");
            io::Error::new(ErrorKind::OutOfMemory, why)
        })?;
        if input.take(wanted as u64).read_to_end(&mut bytes)? < wanted {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(bytes)
}

fn invalid(what: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn read<H: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<(H, Bytes)>> {
        super::read(input, &Spares::default())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            headers in proptest::collection::vec(".{0,40}", 0..4),
            body in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let mut pipe = Vec::new();
            for header in &headers {
                let (start, end) = body.split_at(body.len() / 2);
                write(&mut pipe, header, &[start, end]).unwrap();
            }
            let mut pipe = &*pipe;
            for header in &headers {
                prop_assert_eq!(read(&mut pipe).unwrap(), Some((header.clone(), body.clone().into())));
            }
            prop_assert_eq!(read::<Value>(&mut pipe).unwrap(), None);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = read::<Value>(&mut &*bytes);
        }
    }

    #[test]
    fn a_long_body_comes_whole() {
        for len in [FIRST - 1, FIRST, FIRST + 1, 3 * FIRST] {
            let body: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
            let mut pipe = Vec::new();
            write(&mut pipe, &"call", &[&body]).unwrap();
            assert_eq!(
                read(&mut &*pipe).unwrap(),
                Some(("call".to_owned(), body.into()))
            );
            pipe.pop();
            let error = read::<Value>(&mut &*pipe).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{len}");
        }
    }

    #[test]
    fn memory_is_used_again() {
        let body = vec![7; 3 * FIRST];
        let mut pipe = Vec::new();
        for _ in 0..2 {
            write(&mut pipe, &"call", &[&body]).unwrap();
        }
        let (spares, mut pipe) = (Spares::default(), &*pipe);
        let mut next = || {
            super::read::<String>(&mut pipe, &spares)
                .unwrap()
                .unwrap()
                .1
        };
        let first = next();
        let place = first.as_ptr();
        drop(first);
        let second = next();
        assert_eq!((second.as_ptr(), &*second), (place, &*body));
    }

    #[test]
    fn a_pipe_that_ends_inside_a_frame_is_an_error() {
        let mut frame = Vec::new();
        write(&mut frame, &"call", &[b"12345"]).unwrap();
        for len in 1..frame.len() {
            let error = read::<Value>(&mut &frame[..len]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{len}");
        }
    }

    #[test]
    fn lengths_that_are_lies_are_errors() {
        let mut header = u32::MAX.to_le_bytes().to_vec();
        header.extend([0; 8]);
        let error = read::<Value>(&mut &*header).unwrap_err();
        assert_eq!(error.to_string(), "a header of 4294967295 bytes");
        let mut body = 2_u32.to_le_bytes().to_vec();
        body.extend(u64::MAX.to_le_bytes());
        body.extend(b"{}");
        let error = read::<Value>(&mut &*body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }
}
