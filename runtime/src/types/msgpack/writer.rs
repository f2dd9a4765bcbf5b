//! MessagePack written from back to front.

use crate::types::writer::{Buffer, Written};
use crate::types::{FlyteData, ValueError};

/// A slot for one value inside an object, into which exactly one value is written.
///
/// The counterpart of [`LiteralWriter`](crate::types::LiteralWriter) for the parts of objects: each method
/// writes a whole value and consumes the writer.
///
/// ```
/// use flytekit::types::{MsgpackWriter, ValueError};
///
/// let bytes = MsgpackWriter::to_bytes(|out| {
///     out.array([1, 300], |out, number| Ok(out.integer(number)))
/// })?;
/// assert_eq!(bytes, b"\x92\x01\xcd\x01\x2c");
/// # Ok::<(), ValueError>(())
/// ```
#[derive(Debug)]
pub struct MsgpackWriter<'b> {
    buffer: &'b mut Buffer,
}

impl<'b> MsgpackWriter<'b> {
    pub(in crate::types) fn new(buffer: &'b mut Buffer) -> Self {
        MsgpackWriter { buffer }
    }

    /// The bytes of the value that `write` writes.
    ///
    /// # Errors
    ///
    /// The errors of `write`.
    pub fn to_bytes(
        write: impl FnOnce(MsgpackWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Vec<u8>, ValueError> {
        let mut buffer = Buffer::default();
        let _: Written = write(MsgpackWriter::new(&mut buffer))?;
        buffer.check_size(0)?;
        Ok(buffer.to_vec())
    }

    /// Writes a nil.
    pub fn nil(self) -> Written {
        self.buffer.raw([0xc0]);
        Written::proof()
    }

    /// Writes a boolean.
    pub fn boolean(self, truth: bool) -> Written {
        self.buffer.raw([0xc2 | u8::from(truth)]);
        Written::proof()
    }

    /// Writes an integer, in the shortest form.
    #[inline]
    pub fn integer(self, value: i64) -> Written {
        if let Ok(value) = u64::try_from(value) {
            return self.unsigned(value);
        }
        let buffer = self.buffer;
        if value >= -32 {
            buffer.raw([low(value.cast_unsigned())]);
        } else if let Ok(value) = i8::try_from(value) {
            buffer.tagged(0xd0, value.to_be_bytes());
        } else if let Ok(value) = i16::try_from(value) {
            buffer.tagged(0xd1, value.to_be_bytes());
        } else if let Ok(value) = i32::try_from(value) {
            buffer.tagged(0xd2, value.to_be_bytes());
        } else {
            buffer.tagged(0xd3, value.to_be_bytes());
        }
        Written::proof()
    }

    /// Writes an unsigned integer, in the shortest form.
    #[inline]
    pub fn unsigned(self, value: u64) -> Written {
        let buffer = self.buffer;
        if value < 0x80 {
            buffer.raw([low(value)]);
        } else if let Ok(value) = u8::try_from(value) {
            buffer.tagged(0xcc, value.to_be_bytes());
        } else if let Ok(value) = u16::try_from(value) {
            buffer.tagged(0xcd, value.to_be_bytes());
        } else if let Ok(value) = u32::try_from(value) {
            buffer.tagged(0xce, value.to_be_bytes());
        } else {
            buffer.tagged(0xcf, value.to_be_bytes());
        }
        Written::proof()
    }

    /// Writes a float, in 64 bits.
    #[inline]
    pub fn float(self, value: f64) -> Written {
        self.buffer.tagged(0xcb, value.to_be_bytes());
        Written::proof()
    }

    /// Writes a string.
    #[inline]
    pub fn str(self, text: &str) -> Written {
        self.buffer.str(text);
        Written::proof()
    }

    /// Writes bytes.
    pub fn bin(self, data: &[u8]) -> Written {
        self.buffer.claim(data.len()).copy_from_slice(data);
        self.buffer.length(data.len(), &BINARY);
        Written::proof()
    }

    /// Writes a list; `write` writes each of the items.
    ///
    /// `write` is called from the last item to the first.
    ///
    /// # Errors
    ///
    /// The first error of `write`, with the item's index added to its path.
    pub fn array<I>(
        self,
        items: I,
        mut write: impl FnMut(MsgpackWriter<'_>, I::Item) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError>
    where
        I: IntoIterator<IntoIter: DoubleEndedIterator>,
    {
        let mut items = items.into_iter();
        let mut length = 0;
        while let Some(item) = items.next_back() {
            if let Err(error) = write(MsgpackWriter::new(self.buffer), item) {
                return Err(error.at_index(items.count()));
            }
            length += 1;
        }
        self.buffer.length(length, &ARRAY);
        Ok(Written::proof())
    }

    /// Writes a map; the keys write themselves, and `write` writes each of the values.
    ///
    /// `write` is called from the last entry to the first.
    ///
    /// # Errors
    ///
    /// The first error of `write`, or of a key that cannot be encoded.
    pub fn map<'m, K: FlyteData + 'm, V>(
        self,
        entries: impl IntoIterator<Item = (&'m K, V), IntoIter: DoubleEndedIterator>,
        mut write: impl FnMut(MsgpackWriter<'_>, &K, V) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        let mut length = 0;
        for (key, value) in entries.into_iter().rev() {
            let _: Written = write(MsgpackWriter::new(self.buffer), key, value)?;
            let _: Written = key.pack(MsgpackWriter::new(self.buffer))?;
            length += 1;
        }
        self.buffer.length(length, &MAP);
        Ok(Written::proof())
    }

    /// Writes an object; `write` writes its fields, beginning with the last:
    ///
    /// ```
    /// use flytekit::types::{FlyteData, MsgpackWriter, ValueError};
    ///
    /// let bytes = MsgpackWriter::to_bytes(|out| {
    ///     out.object(|fields| {
    ///         fields.field("y", |out| 2.0.pack(out))?;
    ///         fields.field("x", |out| 1.pack(out))
    ///     })
    /// })?;
    /// assert_eq!(bytes, b"\x82\xa1x\x01\xa1y\xcb\x40\0\0\0\0\0\0\0");
    /// # Ok::<(), ValueError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of `write`.
    pub fn object(
        self,
        write: impl FnOnce(&mut ObjectWriter<'_>) -> Result<(), ValueError>,
    ) -> Result<Written, ValueError> {
        let mut fields = self.begin_object();
        write(&mut fields)?;
        Ok(fields.finish())
    }

    /// Begins an object without fields.
    pub(in crate::types) fn begin_object(self) -> ObjectWriter<'b> {
        ObjectWriter {
            buffer: self.buffer,
            length: 0,
        }
    }
}

/// The fields of an object, written from the last to the first.
#[derive(Debug)]
pub struct ObjectWriter<'b> {
    buffer: &'b mut Buffer,
    length: usize,
}

impl ObjectWriter<'_> {
    /// Finishes the object.
    pub(in crate::types) fn finish(self) -> Written {
        self.buffer.length(self.length, &MAP);
        Written::proof()
    }

    /// Writes a field in front of those that were written.
    ///
    /// # Errors
    ///
    /// The errors of `write`, with the name added to their path.
    #[inline]
    pub fn field(
        &mut self,
        name: &'static str,
        write: impl FnOnce(MsgpackWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<(), ValueError> {
        match write(MsgpackWriter::new(self.buffer)) {
            Ok(_) => {
                self.buffer.str(name);
                self.length += 1;
                Ok(())
            }
            Err(error) => Err(error.at_field(name)),
        }
    }
}

/// The markers for the length of a value.
struct Markers {
    /// The marker that includes the length, and the greatest length that it can include.
    short: Option<(u8, u8)>,
    /// The marker before a length of one byte.
    one: Option<u8>,
    /// The marker before a length of two bytes.
    two: u8,
    /// The marker before a length of four bytes.
    four: u8,
}

const STRING: Markers = Markers {
    short: Some((0xa0, 31)),
    one: Some(0xd9),
    two: 0xda,
    four: 0xdb,
};
const BINARY: Markers = Markers {
    short: None,
    one: Some(0xc4),
    two: 0xc5,
    four: 0xc6,
};
const ARRAY: Markers = Markers {
    short: Some((0x90, 15)),
    one: None,
    two: 0xdc,
    four: 0xdd,
};
const MAP: Markers = Markers {
    short: Some((0x80, 15)),
    one: None,
    two: 0xde,
    four: 0xdf,
};

/// The methods of a buffer that are specific to MessagePack.
impl Buffer {
    #[inline]
    fn tagged<const N: usize>(&mut self, tag: u8, bytes: [u8; N]) {
        self.raw(bytes);
        self.raw([tag]);
    }

    #[inline]
    fn str(&mut self, text: &str) {
        self.claim(text.len()).copy_from_slice(text.as_bytes());
        self.length(text.len(), &STRING);
    }

    /// A length beyond 32 bits is refused later, when the literal is finished, because of its size.
    #[inline]
    fn length(&mut self, length: usize, markers: &Markers) {
        let Ok(byte) = u8::try_from(length) else {
            return self.long_length(length, markers);
        };
        match (markers.short, markers.one) {
            (Some((marker, greatest)), _) if byte <= greatest => self.raw([marker | byte]),
            (_, Some(marker)) => self.raw([marker, byte]),
            _ => self.long_length(length, markers),
        }
    }

    fn long_length(&mut self, length: usize, markers: &Markers) {
        if let Ok(length) = u16::try_from(length) {
            self.tagged(markers.two, length.to_be_bytes());
        } else {
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            self.tagged(markers.four, length.to_be_bytes());
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the lowest byte of a small number"
)]
const fn low(value: u64) -> u8 {
    value as u8
}
