//! URLs without credentials: the user before the host may include a password, and the query may be a
//! signature with which everyone could read the file.

use std::borrow::Cow;
use std::fmt;

/// A URL without user and query. Other text is shown unchanged.
#[derive(Clone, Copy)]
pub(crate) struct ShownUrl<'a>(pub(crate) &'a str);

impl fmt::Display for ShownUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return f.write_str(self.0);
        };
        let (address, query) = split_query(rest);
        let ellipsis = if query.len() > 1 { "?…" } else { "" };
        let address = without_user(address);
        write!(f, "{scheme}://{address}{ellipsis}")
    }
}

/// Registers the password before a URL's host, or the user if there is no password, as a secret: libraries
/// print hosts without the rest of the URL.
pub(crate) fn hide_user(url: &str) {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (address, _) = split_query(rest);
    let user = address.strip_suffix(without_user(address));
    if let Some(user) = user.and_then(|user| user.strip_suffix('@')) {
        let password = user.split_once(':').map(|(_, password)| password);
        super::hide(password.unwrap_or(user).as_bytes());
    }
}

/// A text whose URLs have no users, and no values of parameters whose names suggest a credential. It is for
/// texts of unknown origin, in which other parameters may matter.
pub(super) fn without_access(text: &str) -> Cow<'_, str> {
    const SCHEME_ENDS: &str = "://";
    if !text.contains(SCHEME_ENDS) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(SCHEME_ENDS) {
        let (before, url) = rest.split_at(at + SCHEME_ENDS.len());
        shown.push_str(before);
        let is_end = |it: char| {
            it.is_whitespace() || it.is_control() || matches!(it, '"' | '\'' | '`' | '<' | '>')
        };
        let end = url.find(is_end).unwrap_or(url.len());
        // Another URL may begin inside this one.
        let end = url[..end].find(SCHEME_ENDS).unwrap_or(end);
        let (url, after) = url.split_at(end);
        let (address, query) = split_query(url);
        shown.push_str(if has_container(before) {
            address
        } else {
            without_user(address)
        });
        push_query(&mut shown, query);
        rest = after;
    }
    shown.push_str(rest);
    shown.into()
}

/// Whether a text that ends with one of these schemes has an Azure container before the `@`.
fn has_container(before: &str) -> bool {
    let schemes = ["abfs://", "abfss://", "az://", "wasb://", "wasbs://"];
    schemes.iter().any(|scheme| before.ends_with(scheme))
}

/// Splits a URL before the query or the fragment.
fn split_query(url: &str) -> (&str, &str) {
    url.split_at(url.find(['?', '#']).unwrap_or(url.len()))
}

/// The part after `scheme://`, beginning with the host. A password with a slash, which makes the URL invalid,
/// is removed, too.
fn without_user(address: &str) -> &str {
    let (authority, _) = address.split_once('/').unwrap_or((address, ""));
    if let Some((user, _)) = authority.rsplit_once('@') {
        return &address[user.len() + 1..];
    }
    let is_host = authority.starts_with('[')
        || authority
            .rsplit_once(':')
            .is_none_or(|(_, port)| port.bytes().all(|it| it.is_ascii_digit()));
    match address.rsplit_once('@') {
        Some((_, host)) if !is_host => host,
        _ => address,
    }
}

/// Adds a query without the values of credentials.
fn push_query(shown: &mut String, query: &str) {
    const BETWEEN: [char; 4] = ['?', '&', ';', '#'];
    let mut rest = query;
    while let Some(mark) = rest.chars().next() {
        let end = rest[1..].find(BETWEEN).map_or(rest.len(), |end| end + 1);
        let (parameter, after) = rest[1..].split_at(end - 1);
        shown.push(mark);
        match parameter.split_once('=') {
            Some((name, value)) if gives_access(name) && !value.is_empty() => {
                let value = value.trim_end_matches([')', ']', '}', ',', '.', ':']);
                shown.extend([name, "=…", &parameter[name.len() + 1 + value.len()..]]);
            }
            _ => shown.push_str(parameter),
        }
        rest = after;
    }
}

/// Whether a parameter's name suggests a credential: `X-Amz-Signature`, `sig`, `access_token`, `apiKey`.
fn gives_access(name: &str) -> bool {
    const PARTS: [&str; 10] = [
        "sig", "token", "key", "secret", "pass", "pwd", "auth", "cred", "policy", "session",
    ];
    let name = name.to_ascii_lowercase();
    name == "code" || PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_gives_access_is_not_shown() {
        for (url, shown) in [
            (
                "https://user:word@host:8/a/b%20?Signature=s3cret",
                "https://host:8/a/b%20?…",
            ),
            ("http://user@host", "http://host"),
            ("tcp://u:p@h:1", "tcp://h:1"),
            ("http://user:pa/ss@host:3128/", "http://host:3128/"),
            ("https://host/a#access_token=x", "https://host/a?…"),
            ("https://host/a?", "https://host/a"),
            ("http://host/a@b", "http://host/a@b"),
            ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
            ("s3://bucket/a", "s3://bucket/a"),
            ("/a?b", "/a?b"),
            ("https://host/", "https://host/"),
        ] {
            assert_eq!(ShownUrl(url).to_string(), shown);
        }
    }

    #[test]
    fn urls_in_a_text_lose_what_gives_access_alone() {
        for (text, shown) in [
            (
                "error sending request for url (https://u:p@h/a?X-Amz-Signature=1&x=2&sv=3&sig=4), twice",
                "error sending request for url (https://h/a?X-Amz-Signature=…&x=2&sv=3&sig=…), twice",
            ),
            ("a://http://u:p@h/", "a://http://h/"),
            (
                "`https://a/?token=1`: `b://c@d`",
                "`https://a/?token=…`: `b://d`",
            ),
            ("no url: a@b?sig=1", "no url: a@b?sig=1"),
            ("s3://bucket/a?b", "s3://bucket/a?b"),
            (
                "https://h/#id_token=1&state=2",
                "https://h/#id_token=…&state=2",
            ),
            ("://", "://"),
            ("read abfs://box@one/a", "read abfs://box@one/a"),
        ] {
            let found = without_access(text);
            assert_eq!(found, shown);
        }
    }

    #[test]
    fn a_password_is_hidden_wherever_it_stands() {
        hide_user("http://me:0nly-here@host:3128/a@b");
        hide_user("t0ken-there@host");
        hide_user("http://host/a@b");
        let said = "pool (\"http\", me:0nly-here@host), t0ken-there@host, a@b";
        let shown = crate::console::clean(said);
        assert_eq!(
            shown,
            "pool (\"http\", me:[secret]@host), [secret]@host, a@b"
        );
    }

    proptest! {
        #[test]
        fn no_password_stays(
            before in "[ a-z:/]{0,9}",
            user in "[a-z:%@]{0,5}",
            password in "[A-Z]{6}",
            after in "[ -~]{0,20}",
        ) {
            let text = format!("{before}http://{user}x:{password}@host:80/{after}");
            let shown = without_access(&text);
            prop_assert!(!shown.contains(&password) || after.contains(&password), "{}", shown);
        }

        #[test]
        fn any_text_can_be_shown(text in any::<String>()) {
            let _ = (without_access(&text), ShownUrl(&text).to_string());
        }
    }
}
