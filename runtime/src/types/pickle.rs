//! Python's pickles that contain nothing but bytes.
//!
//! A pickle is a program for a stack machine, which can call everything that Python can import. This module
//! supports only the few instructions that Python writes for `bytes` and `bytearray`, and the few calls in
//! them. It refuses all others, and executes nothing.

use std::fmt;

use bytes::Bytes;

use super::ValueError;

/// The size from which Python writes data outside of its frames.
const FRAME_SIZE: usize = 64 * 1024;

/// The maximum number of values on the stack, which is more than the instructions for bytes need.
const MOST_ITEMS: usize = 8;

/// The instructions after the data: `MEMOIZE`, `STOP`.
pub(super) const END: &[u8] = b"\x94.";

/// The bytes before `length` bytes of data: protocol 4, which Python has supported since 3.4.
pub(super) fn beginning(length: usize) -> Vec<u8> {
    let mut size = Vec::with_capacity(9);
    if let Ok(length) = u8::try_from(length) {
        size.extend([b'C', length]);
    } else if let Ok(length) = u32::try_from(length) {
        size.push(b'B');
        size.extend(length.to_le_bytes());
    } else {
        size.push(0x8e);
        size.extend((length as u64).to_le_bytes());
    }
    let mut beginning = b"\x80\x04".to_vec();
    if length < FRAME_SIZE {
        let frame = size.len() + length + END.len();
        beginning.push(0x95);
        beginning.extend((frame as u64).to_le_bytes());
    }
    beginning.extend(size);
    beginning
}

/// The pickle of these bytes.
#[cfg(feature = "register")]
pub(crate) fn pickled(data: &[u8]) -> Vec<u8> {
    [&beginning(data.len()), data, END].concat()
}

/// The bytes in a pickle, of any protocol that Python 3 writes by default.
pub(super) fn read(pickle: &Bytes) -> Result<Bytes, Refused> {
    let mut machine = Machine {
        pickle,
        rest: pickle,
        stack: Vec::new(),
    };
    if pickle.first() != Some(&0x80) {
        return Err(Refused::NoPickle("it does not begin like one"));
    }
    loop {
        if let Some(read) = machine.step()? {
            return Ok(read);
        }
        if machine.stack.len() > MOST_ITEMS {
            return Err(Refused::Holds("several values".to_owned()));
        }
    }
}

/// Why a pickle is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    NoPickle(&'static str),
    Holds(String),
}

impl Refused {
    pub(super) fn at(self, uri: &str) -> ValueError {
        ValueError::other(match self {
            Refused::NoPickle(why) => format!("{uri} is not a Python pickle: {why}"),
            Refused::Holds(what) => format!(
                "the pickle {uri} holds {what}: of the Python objects in pickles, Rust can only read \
                 `bytes` and `bytearray`"
            ),
        })
    }
}

struct Machine<'a> {
    pickle: &'a Bytes,
    rest: &'a [u8],
    stack: Vec<Item<'a>>,
}

enum Item<'a> {
    Value(Value<'a>),
    Class(Class<'a>),
    /// A tuple of arguments for a call.
    Arguments(Vec<Value<'a>>),
}

enum Value<'a> {
    Data(Bytes),
    Text(&'a str),
}

struct Class<'a> {
    module: &'a str,
    name: &'a str,
}

impl<'a> Machine<'a> {
    /// Executes one instruction; the last one returns the result.
    fn step(&mut self) -> Result<Option<Bytes>, Refused> {
        let [opcode] = self.fixed()?;
        match opcode {
            0x80 => match self.fixed()? {
                [2..=5] => {}
                [protocol] => return Err(Refused::Holds(format!("protocol {protocol}"))),
            },
            // The length of a frame adds nothing to the bytes themselves.
            0x95 => drop(self.fixed::<8>()?),
            b'C' => self.data::<1>()?,
            b'B' => self.data::<4>()?,
            0x8e | 0x96 => self.data::<8>()?,
            0x8c => self.text::<1>()?,
            b'X' => self.text::<4>()?,
            0x8d => self.text::<8>()?,
            // Memoized values are never read again.
            0x94 => {}
            b'q' => drop(self.fixed::<1>()?),
            b'r' => drop(self.fixed::<4>()?),
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.stack.push(Item::Class(Class { module, name }));
            }
            0x93 => {
                let (name, module) = (self.pop_text()?, self.pop_text()?);
                self.stack.push(Item::Class(Class { module, name }));
            }
            b')' => self.stack.push(Item::Arguments(Vec::new())),
            0x85 => {
                let value = self.pop_value()?;
                self.stack.push(Item::Arguments(vec![value]));
            }
            0x86 => {
                let (second, first) = (self.pop_value()?, self.pop_value()?);
                self.stack.push(Item::Arguments(vec![first, second]));
            }
            b'R' => self.call()?,
            b'.' => return self.stop().map(Some),
            _ => return Err(Refused::Holds(described(opcode))),
        }
        Ok(None)
    }

    fn stop(&mut self) -> Result<Bytes, Refused> {
        match (self.stack.pop(), self.stack.is_empty()) {
            (Some(Item::Value(Value::Data(data))), true) => Ok(data),
            (Some(item), true) => Err(Refused::Holds(item.to_string())),
            _ => Err(Refused::NoPickle("it does not end with one value")),
        }
    }

    /// Executes one of the calls in Python's own pickles of bytes, whose results are known.
    fn call(&mut self) -> Result<(), Refused> {
        let (Some(Item::Arguments(arguments)), Some(Item::Class(class))) =
            (self.stack.pop(), self.stack.pop())
        else {
            return Err(Refused::NoPickle("a call without a function"));
        };
        let data = match (class.module, class.name, &*arguments) {
            ("_codecs", "encode", [Value::Text(text), Value::Text("latin1")]) => latin1(text),
            ("__builtin__" | "builtins", "bytes" | "bytearray", []) => Some(Bytes::new()),
            ("__builtin__" | "builtins", "bytes" | "bytearray", [Value::Data(data)]) => {
                Some(data.clone())
            }
            // The form that Python wrote before 3.8.
            ("__builtin__", "bytearray", [Value::Text(text), Value::Text("latin-1")]) => {
                latin1(text)
            }
            _ => None,
        };
        let data = data.ok_or_else(|| Refused::Holds(class.to_string()))?;
        self.stack.push(Item::Value(Value::Data(data)));
        Ok(())
    }

    fn data<const N: usize>(&mut self) -> Result<(), Refused> {
        let data = self.sized::<N>()?;
        let data = self.pickle.slice_ref(data);
        self.stack.push(Item::Value(Value::Data(data)));
        Ok(())
    }

    fn text<const N: usize>(&mut self) -> Result<(), Refused> {
        let text = utf8(self.sized::<N>()?)?;
        self.stack.push(Item::Value(Value::Text(text)));
        Ok(())
    }

    fn pop_value(&mut self) -> Result<Value<'a>, Refused> {
        match self.stack.pop() {
            Some(Item::Value(value)) => Ok(value),
            Some(item) => Err(Refused::Holds(item.to_string())),
            None => Err(Refused::NoPickle("an instruction lacks its value")),
        }
    }

    fn pop_text(&mut self) -> Result<&'a str, Refused> {
        match self.pop_value()? {
            Value::Text(text) => Ok(text),
            Value::Data(_) => Err(Refused::NoPickle("a name is not text")),
        }
    }

    /// Bytes with a length of `N` bytes in front.
    fn sized<const N: usize>(&mut self) -> Result<&'a [u8], Refused> {
        let mut length = [0; 8];
        length[..N].copy_from_slice(&self.fixed::<N>()?);
        let length = usize::try_from(u64::from_le_bytes(length)).map_err(|_| TRUNCATED)?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(TRUNCATED)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn line(&mut self) -> Result<&'a str, Refused> {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self.rest.split_at(end.ok_or(TRUNCATED)?);
        self.rest = &rest[1..];
        utf8(line)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(TRUNCATED)?;
        self.rest = rest;
        Ok(*bytes)
    }
}

const TRUNCATED: Refused = Refused::NoPickle("it ends too early");

fn utf8(bytes: &[u8]) -> Result<&str, Refused> {
    str::from_utf8(bytes).map_err(|_| Refused::NoPickle("a text is not UTF-8"))
}

/// Decodes bytes that protocol 2 stores as characters with the same numbers.
fn latin1(text: &str) -> Option<Bytes> {
    text.chars().map(|it| u8::try_from(it).ok()).collect()
}

/// The result of an instruction, for instructions that pickles often begin with.
fn described(opcode: u8) -> String {
    let what = match opcode {
        b'N' => "`None`",
        0x88 | 0x89 => "a `bool`",
        b'J' | b'K' | b'M' | 0x8a | 0x8b => "an `int`",
        b'G' => "a `float`",
        b']' => "a `list`",
        b'}' => "a `dict`",
        0x8f => "a `set`",
        0x91 => "a `frozenset`",
        b'(' | b't' | 0x87 => "a `tuple` or the like",
        _ => return format!("something other than bytes (by its opcode {opcode:#04x})"),
    };
    what.to_owned()
}

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Value(Value::Data(_)) => f.write_str("bytes"),
            Item::Value(Value::Text(_)) => f.write_str("a `str`"),
            Item::Class(class) => class.fmt(f),
            Item::Arguments(_) => f.write_str("a `tuple`"),
        }
    }
}

impl fmt::Display for Class<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Class { module, name } = self;
        write!(
            f,
            "something of `{}`",
            format!("{module}.{name}").escape_debug()
        )
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::{END, Refused, TRUNCATED, beginning, read};

    fn written(data: &[u8]) -> Vec<u8> {
        [&beginning(data.len()), data, END].concat()
    }

    fn read_from(pickle: &[u8]) -> Result<Bytes, Refused> {
        read(&Bytes::copy_from_slice(pickle))
    }

    #[test]
    fn what_is_written_is_what_python_writes() {
        for (data, pickle) in [
            (&b""[..], &b"\x80\x04\x95\x04\0\0\0\0\0\0\0C\0\x94."[..]),
            (b"abc", b"\x80\x04\x95\x07\0\0\0\0\0\0\0C\x03abc\x94."),
        ] {
            assert_eq!(written(data), pickle);
        }
        // pickle.dumps(bytes(n), protocol=4)
        for (length, start) in [
            (255, &b"\x80\x04\x95\x03\x01\0\0\0\0\0\0C\xff\0"[..]),
            (256, b"\x80\x04\x95\x07\x01\0\0\0\0\0\0B\0\x01\0\0\0"),
            (65535, b"\x80\x04\x95\x06\0\x01\0\0\0\0\0B\xff\xff\0\0\0"),
            (65536, b"\x80\x04B\0\0\x01\0\0"),
        ] {
            let pickle = written(&vec![0; length]);
            assert!(pickle.starts_with(start), "{length}");
            assert_eq!(read_from(&pickle).unwrap(), vec![0; length]);
        }
        assert_eq!(beginning(1 << 32), b"\x80\x04\x8e\0\0\0\0\x01\0\0\0");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_as_they_were_written(data: Vec<u8>) {
            prop_assert_eq!(read_from(&written(&data)).unwrap(), data);
        }

        /// A pickle of known instructions, in any order.
        #[test]
        fn no_pickle_is_too_random(
            instructions in prop::collection::vec(
                prop_oneof![
                    any::<u8>().prop_map(|byte| vec![byte]),
                    prop::sample::select(vec![
                        &b"C\x01a"[..],
                        b"\x8c\x08builtins",
                        b"\x8c\x05bytes",
                        b"c_codecs\nencode\n",
                        b"X\x06\0\0\0latin1",
                        b"\x93",
                        b")",
                        b"\x85",
                        b"\x86",
                        b"R",
                        b".",
                    ])
                    .prop_map(<[u8]>::to_vec),
                ],
                0..20,
            ),
        ) {
            let pickle = [b"\x80\x04".to_vec(), instructions.concat()].concat();
            if let Ok(data) = read_from(&pickle) {
                prop_assert!(data.len() <= pickle.len());
            }
        }
    }

    #[test]
    fn every_protocol_is_read() {
        for pickle in [
            // bytes
            &b"\x80\x02c_codecs\nencode\nq\0X\x05\0\0\0\xc3\xbf\xc2\x80aq\x01X\x06\0\0\0latin1q\x02\x86q\x03Rq\x04."[..],
            b"\x80\x03C\x03\xff\x80aq\0.",
            b"\x80\x03B\x03\0\0\0\xff\x80ar\0\0\x01\0.",
            b"\x80\x04\x8e\x03\0\0\0\0\0\0\0\xff\x80a\x94.",
            b"\x80\x05\x95\x07\0\0\0\0\0\0\0C\x03\xff\x80a\x94.",
            // bytearray
            b"\x80\x02c__builtin__\nbytearray\nq\0c_codecs\nencode\nq\x01X\x05\0\0\0\xc3\xbf\xc2\x80aq\x02X\x06\0\0\0latin1q\x03\x86q\x04Rq\x05\x85q\x06Rq\x07.",
            b"\x80\x02c__builtin__\nbytearray\nq\0X\x05\0\0\0\xc3\xbf\xc2\x80aq\x01X\x07\0\0\0latin-1q\x02\x86q\x03Rq\x04.",
            b"\x80\x03cbuiltins\nbytearray\nq\0C\x03\xff\x80aq\x01\x85q\x02Rq\x03.",
            b"\x80\x04\x95$\0\0\0\0\0\0\0\x8c\x08builtins\x94\x8c\tbytearray\x94\x93\x94C\x03\xff\x80a\x94\x85\x94R\x94.",
            b"\x80\x05\x95\x0e\0\0\0\0\0\0\0\x96\x03\0\0\0\0\0\0\0\xff\x80a\x94.",
        ] {
            assert_eq!(read_from(pickle).unwrap(), &b"\xff\x80a"[..]);
        }
        for pickle in [
            &b"\x80\x02c__builtin__\nbytes\nq\0)Rq\x01."[..],
            b"\x80\x03cbuiltins\nbytearray\nq\0)Rq\x01.",
            b"\x80\x05\x95\x0b\0\0\0\0\0\0\0\x96\0\0\0\0\0\0\0\0\x94.",
        ] {
            assert!(read_from(pickle).unwrap().is_empty());
        }
    }

    #[test]
    fn data_is_read_where_it_lies() {
        let pickle = Bytes::from(written(b"abc"));
        let data = read(&pickle).unwrap();
        assert_eq!(data.as_ptr(), pickle[13..].as_ptr());
    }

    #[test]
    fn other_objects_are_named() {
        for (pickle, what) in [
            (&b"\x80\x04N."[..], "`None`"),
            (b"\x80\x04\x95\x03\0\0\0\0\0\0\0K\x07.", "an `int`"),
            (b"\x80\x04]\x94(K\x01e.", "a `list`"),
            (b"\x80\x04\x8c\x01a\x94.", "a `str`"),
            (b"\x80\x04).", "a `tuple`"),
            (b"\x80\x04C\0\x85\x94.", "a `tuple`"),
            (
                b"\x80\x02cos\nsystem\nX\x02\0\0\0ls\x85R.",
                "something of `os.system`",
            ),
            (
                b"\x80\x04\x8c\x03app\x8c\x05Point\x93)\x81.",
                "(by its opcode 0x81)",
            ),
            (b"\x80\x06.", "protocol 6"),
            (
                b"\x80\x02c_codecs\nencode\nX\x01\0\0\0aX\x05\0\0\0rot13\x86R.",
                "something of `_codecs.encode`",
            ),
        ] {
            let error = read_from(pickle).unwrap_err().at("x").to_string();
            assert!(error.contains(what), "{error}");
            assert!(error.contains("Rust can only read `bytes`"), "{error}");
        }
    }

    #[test]
    fn hostile_pickles_are_refused() {
        for pickle in [
            &b"\x80"[..],
            b"\x80\x04",
            b"\x80\x04C",
            b"\x80\x04C\x05abc",
            b"\x80\x04B\xff\xff\xff\xff",
            b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
            b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7f.",
            b"\x80\x02cno newline",
        ] {
            assert_eq!(read_from(pickle), Err(TRUNCATED));
        }
        for pickle in [
            &b""[..],
            b"abc",
            b"\x80\x04.",
            b"\x80\x04R",
            b"\x80\x04\x85",
            b"\x80\x04\x8c\x01\xff.",
            b"\x80\x04C\0C\0.",
        ] {
            assert!(
                matches!(read_from(pickle), Err(Refused::NoPickle(_))),
                "{pickle:?}"
            );
        }
        let nested = [&b"\x80\x04C\0"[..], &vec![0x85; 1_000_000]].concat();
        assert_eq!(read_from(&nested), Err(Refused::Holds("a `tuple`".into())));
        let many = [&b"\x80\x04"[..], &vec![b')'; 1_000_000]].concat();
        assert_eq!(
            read_from(&many),
            Err(Refused::Holds("several values".into()))
        );
    }
}
