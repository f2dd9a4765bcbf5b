//! Reads text byte by byte in const context, where neither iterators nor slicing work.

/// A position in a text, which only moves forwards.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Cursor {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    /// The byte here, or 0, which no grammar accepts, at the end.
    pub(crate) const fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    /// The byte `ahead` of here, or 0 beyond the end.
    pub(crate) const fn peek_at(&self, ahead: usize) -> u8 {
        if self.at + ahead < self.bytes.len() {
            self.bytes[self.at + ahead]
        } else {
            0
        }
    }

    pub(crate) const fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(crate) const fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// The number of bytes from the start to here.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// Reads the digit here.
    pub(crate) const fn digit(&mut self) -> Option<u8> {
        let byte = self.peek();
        if byte.is_ascii_digit() {
            self.at += 1;
            Some(byte - b'0')
        } else {
            None
        }
    }

    /// Reads the digits here as a number; `u64::MAX` if there are too many.
    pub(crate) const fn number(&mut self) -> Option<u64> {
        let start = self.at;
        let mut number: u64 = 0;
        while let Some(digit) = self.digit() {
            number = number.saturating_mul(10).saturating_add(digit as u64);
        }
        if self.at > start { Some(number) } else { None }
    }

    /// Whether the rest is exactly `expected`.
    pub(crate) const fn rest_is(&self, expected: &str) -> bool {
        self.bytes.len() - self.at == expected.len() && self.starts_with(expected)
    }

    /// Whether the rest begins with `prefix`.
    pub(crate) const fn starts_with(&self, prefix: &str) -> bool {
        let prefix = prefix.as_bytes();
        let mut index = 0;
        while index < prefix.len() {
            if self.peek_at(index) != prefix[index] {
                return false;
            }
            index += 1;
        }
        true
    }
}

/// Whether the text contains a blank or a control character.
pub(crate) const fn has_blank(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] <= b' ' || bytes[index] == 0x7f {
            return true;
        }
        index += 1;
    }
    false
}

/// `<[u8]>::eq_ignore_ascii_case` for const context.
pub(crate) const fn equals_ignoring_case(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if !left[index].eq_ignore_ascii_case(&right[index]) {
            return false;
        }
        index += 1;
    }
    true
}
