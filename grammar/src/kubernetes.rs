//! Names that Kubernetes restricts.

/// The longest label, and the longest name of a container.
const LABEL_MAX: usize = 63;
/// The longest DNS name.
const SUBDOMAIN_MAX: usize = 253;

/// Whether the text is a valid name of a container: at most 63 of `a-z`, `0-9` and `-`, with a letter or
/// digit at both ends (RFC 1123).
///
/// ```
/// use flytekit_grammar::dns_label;
/// assert!(dns_label("primary") && !dns_label("Primary"));
/// ```
pub const fn dns_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= LABEL_MAX && is_dns_label(bytes, 0, bytes.len())
}

/// Whether the text is a valid name of an environment variable in a pod: letters, digits, `_`, `.` and `-`,
/// not beginning with a digit.
///
/// ```
/// use flytekit_grammar::env_name;
/// assert!(env_name("LOG_LEVEL") && !env_name("LOG LEVEL") && !env_name("2ND"));
/// ```
pub const fn env_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        let byte = bytes[index];
        let allowed = byte.is_ascii_alphabetic()
            || matches!(byte, b'_' | b'.' | b'-')
            || (byte.is_ascii_digit() && index > 0);
        if !allowed {
            return false;
        }
        index += 1;
    }
    !bytes.is_empty()
}

/// Whether the text is a valid key of a label or an annotation: at most 63 letters, digits, `-`, `_` and `.`,
/// with a letter or digit at both ends, with an optional DNS name and `/` in front.
///
/// ```
/// use flytekit_grammar::label_key;
/// assert!(label_key("app.kubernetes.io/name") && !label_key("/name") && !label_key("my team"));
/// ```
pub const fn label_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut slash = 0;
    while slash < bytes.len() && bytes[slash] != b'/' {
        slash += 1;
    }
    if slash == bytes.len() {
        return is_label(bytes, 0);
    }
    is_dns_subdomain(bytes, slash) && is_label(bytes, slash + 1)
}

/// Whether the text is a valid value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.`, with
/// a letter or digit at both ends.
///
/// ```
/// use flytekit_grammar::label_value;
/// assert!(label_value("") && label_value("v1.2") && !label_value("two words"));
/// ```
pub const fn label_value(text: &str) -> bool {
    text.is_empty() || is_label(text.as_bytes(), 0)
}

/// Whether the bytes from `start` on are a label's name.
const fn is_label(bytes: &[u8], start: usize) -> bool {
    let mut index = start;
    while index < bytes.len() {
        let byte = bytes[index];
        let inside = index > start && index + 1 < bytes.len() && matches!(byte, b'-' | b'_' | b'.');
        if !byte.is_ascii_alphanumeric() && !inside {
            return false;
        }
        index += 1;
    }
    start < bytes.len() && bytes.len() - start <= LABEL_MAX
}

/// Whether `bytes[..end]` are DNS labels, joined by dots.
pub(crate) const fn is_dns_subdomain(bytes: &[u8], end: usize) -> bool {
    let mut start = 0;
    while start <= end {
        let mut stop = start;
        while stop < end && bytes[stop] != b'.' {
            stop += 1;
        }
        if !is_dns_label(bytes, start, stop) {
            return false;
        }
        start = stop + 1;
    }
    end <= SUBDOMAIN_MAX
}

/// Whether `bytes[start..end]` are `a-z`, `0-9` and inner `-`.
const fn is_dns_label(bytes: &[u8], start: usize, end: usize) -> bool {
    let mut index = start;
    while index < end {
        let byte = bytes[index];
        let inner_dash = byte == b'-' && index > start && index + 1 < end;
        if !byte.is_ascii_lowercase() && !byte.is_ascii_digit() && !inner_dash {
            return false;
        }
        index += 1;
    }
    start < end
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;

    use proptest::prelude::*;

    use super::{dns_label, env_name, label_key, label_value};

    #[test]
    fn container_names() {
        assert!(
            ["primary", "a", "0", "a-b", &"a".repeat(63)]
                .into_iter()
                .all(dns_label)
        );
        assert!(
            !["", "-a", "a-", "a_b", "A", "a.b", &"a".repeat(64)]
                .into_iter()
                .any(dns_label)
        );
    }

    #[test]
    fn environment_variables() {
        assert!(["A", "_a", "a.b-c", "A1"].into_iter().all(env_name));
        assert!(!["", "1A", "A B", "A=B", "É"].into_iter().any(env_name));
    }

    #[test]
    fn labels() {
        assert!(
            ["a", "A_b.c-1", "example.com/a", "a/b"]
                .into_iter()
                .all(label_key)
        );
        let refused = [
            "",
            "-a",
            "a-",
            "a b",
            "/a",
            "a/",
            "a/b/c",
            "Example/a",
            ".a/b",
            "a..b/c",
        ];
        assert!(!refused.into_iter().any(label_key));
        assert!(["", "v1", "A_b.c-1"].into_iter().all(label_value));
        assert!(!["a b", "a/b", "-"].into_iter().any(label_value));
        assert!(!label_key(&"a".repeat(64)));
    }

    proptest! {
        #[test]
        fn every_dns_label_is_a_label(text in "[a-z0-9-]{0,70}") {
            prop_assert!(!dns_label(&text) || (label_key(&text) && label_value(&text)));
        }

        #[test]
        fn labels_agree_with_their_pattern(text in "[aZ0_./-]{0,12}") {
            let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let ends = |c: char| c.is_ascii_alphanumeric();
            let expected = text.is_empty()
                || (text.starts_with(ends) && text.ends_with(ends) && text.chars().all(inner));
            prop_assert_eq!(label_value(&text), expected);
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = (dns_label(&text), env_name(&text), label_key(&text), label_value(&text));
        }
    }
}
