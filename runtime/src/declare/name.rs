//! A task's name from its module path, in const context.

/// Bytes of the dotted name that [`write_dotted`] gives.
pub const fn dotted_len(module_path: &str, function: &str) -> usize {
    walk(module_path, function, &mut [])
}

/// `my_app::etl` and `r#type` become `my_app.etl.type`.
///
/// # Panics
///
/// Never for a buffer of [`dotted_len`] bytes, which is what the attribute gives.
pub const fn write_dotted<const N: usize>(module_path: &str, function: &str) -> [u8; N] {
    let mut bytes = [0; N];
    walk(module_path, function, &mut bytes);
    bytes
}

/// The bytes of [`write_dotted`] as text.
///
/// # Panics
///
/// Never for bytes of [`write_dotted`]: it drops only ASCII from text.
pub const fn dotted_str(bytes: &'static [u8]) -> &'static str {
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("a module path is UTF-8"),
    }
}

/// Writes as much as fits and returns the whole length.
const fn walk(module_path: &str, function: &str, out: &mut [u8]) -> usize {
    let at = copy_plain(module_path.as_bytes(), out, 0);
    let at = put(b'.', out, at);
    copy_plain(function.as_bytes(), out, at)
}

/// Copies a path with `::` as a dot and without the `r#` of raw identifiers.
const fn copy_plain(path: &[u8], out: &mut [u8], mut at: usize) -> usize {
    let mut index = 0;
    while index < path.len() {
        let next = if index + 1 < path.len() {
            path[index + 1]
        } else {
            0
        };
        if path[index] == b':' && next == b':' {
            at = put(b'.', out, at);
            index += 2;
        } else if path[index] == b'r' && next == b'#' {
            index += 2;
        } else {
            at = put(path[index], out, at);
            index += 1;
        }
    }
    at
}

const fn put(byte: u8, out: &mut [u8], at: usize) -> usize {
    if at < out.len() {
        out[at] = byte;
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::{dotted_len, write_dotted};

    #[test]
    fn paths_become_dotted_names() {
        const LEN: usize = dotted_len("app::r#type::ear", "r#fn");
        assert_eq!(
            &write_dotted::<LEN>("app::r#type::ear", "r#fn"),
            b"app.type.ear.fn"
        );
    }
}
