//! A task's name from its module path, in const context.

/// A name from a module path: `my_app::etl::r#type` becomes `my_app.etl.type`.
#[derive(Clone, Copy, Debug)]
pub struct Dotted {
    bytes: [u8; Dotted::ROOM],
    len: usize,
}

impl Dotted {
    /// Four times the maximum length of a name in Flyte Admin.
    const ROOM: usize = 1024;

    /// The name of the item with this path.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is longer than any name in Flyte.
    pub const fn new(path: &str) -> Self {
        let path = path.as_bytes();
        assert!(
            path.len() <= Dotted::ROOM,
            "the path of this function is too long for a name in Flyte: give it one, `name = \"…\"`"
        );
        let mut bytes = [0; Dotted::ROOM];
        let len = copy_plain(path, &mut bytes);
        Dotted { bytes, len }
    }

    /// The name as text.
    ///
    /// # Panics
    ///
    /// Never, because only ASCII was dropped from the path.
    pub const fn as_str(&'static self) -> &'static str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("only ASCII was dropped from text"),
        }
    }
}

/// Copies a path with `::` as a dot and without the `r#` of raw identifiers, and returns its length.
const fn copy_plain(path: &[u8], out: &mut [u8; Dotted::ROOM]) -> usize {
    let (mut rest, mut at) = (path, 0);
    loop {
        (rest, out[at]) = match rest {
            [b':', b':', after @ ..] => (after, b'.'),
            [b'r', b'#', after @ ..] => {
                rest = after;
                continue;
            }
            [first, after @ ..] => (after, *first),
            [] => return at,
        };
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Dotted;

    #[test]
    fn paths_become_dotted_names() {
        const NAME: Dotted = Dotted::new("app::r#type::ear::r#fn");
        assert_eq!(NAME.as_str(), "app.type.ear.fn");
    }

    #[test]
    fn a_path_that_is_longer_than_names_are_stops() {
        let long: &'static str = "a".repeat(1025).leak();
        assert!(std::panic::catch_unwind(|| Dotted::new(long)).is_err());
    }
}
