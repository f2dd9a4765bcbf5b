//! The names of workspaces and secrets on Databricks, and texts that must not contain secrets.

use crate::kubernetes::is_dns_subdomain;

/// Checks the host name of a workspace, without `https://`.
///
/// ```
/// use flytekit_grammar::databricks_instance;
/// assert!(databricks_instance("adb-1234567890123456.7.azuredatabricks.net").is_ok());
/// assert!(databricks_instance("https://my.cloud.databricks.com/").is_err());
/// ```
///
/// # Errors
///
/// The mistake, as the end of a sentence that begins with the name.
pub const fn databricks_instance(name: &str) -> Result<(), &'static str> {
    let bytes = name.as_bytes();
    let mut end = bytes.len();
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'/' | b'@' | b'?' | b'#' => {
                return Err(
                    "is more than the host name of a workspace: leave out `https://` and the path, as in `my.cloud.databricks.com`",
                );
            }
            b':' if end == bytes.len() => end = index,
            _ => {}
        }
        index += 1;
    }
    if end < bytes.len() && !is_port(bytes, end + 1) {
        Err("has a port that is not a number from 1 to 65535")
    } else if is_dns_subdomain(bytes, end) {
        Ok(())
    } else {
        Err(
            "is not a host name: write lower-case letters, digits and hyphens between dots, as in `my.cloud.databricks.com`",
        )
    }
}

/// Whether the bytes from this index on are a valid port number.
const fn is_port(bytes: &[u8], from: usize) -> bool {
    let mut port: u32 = 0;
    let mut index = from;
    while index < bytes.len() && port <= 0xffff {
        let digit = bytes[index];
        if !digit.is_ascii_digit() {
            return false;
        }
        port = port * 10 + (digit - b'0') as u32;
        index += 1;
    }
    port > 0 && port <= 0xffff
}

/// Checks the name of the Kubernetes secret with the credentials. Users may confuse it with the credentials
/// themselves.
///
/// ```
/// use flytekit_grammar::databricks_secret;
/// assert!(databricks_secret("databricks-token").is_ok());
/// assert!(databricks_secret("dapi0123456789abcdef0123456789abcdef").is_err());
/// ```
///
/// # Errors
///
/// The mistake, as the end of a sentence without the name, which may be a token.
pub const fn databricks_secret(name: &str) -> Result<(), &'static str> {
    if databricks_text(name).is_err() {
        Err(
            "is a token of Databricks, and everybody can read a template: name the Kubernetes secret that contains it, such as `databricks-token`",
        )
    } else if is_dns_subdomain(name.as_bytes(), name.len()) {
        Ok(())
    } else {
        Err(
            "is not the name of a Kubernetes secret: write lower-case letters, digits and hyphens, as in `databricks-token`",
        )
    }
}

/// The number of digits after the prefix of a Databricks token.
const DIGITS: usize = 32;

/// Checks that text contains no Databricks token: neither a personal access token nor the secret of a service
/// principal.
///
/// ```
/// use flytekit_grammar::databricks_text;
/// assert!(databricks_text("{{secrets/scope/key}}").is_ok());
/// assert!(databricks_text("token=dapi0123456789abcdef0123456789abcdef").is_err());
/// ```
///
/// # Errors
///
/// The mistake, as the end of a sentence without the text, which may contain a token.
pub const fn databricks_text(text: &str) -> Result<(), &'static str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 4 + DIGITS <= bytes.len() {
        if matches!(
            [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]],
            [b'd', b'a', b'p', b'i'] | [b'd', b'o', b's', b'e']
        ) && is_hexadecimal(bytes, at + 4)
        {
            return Err(
                "contains a token of Databricks, and everybody can read a template: write `{{secrets/SCOPE/KEY}}` for a secret on the cluster; the connector's own token comes from `credentials(…)`",
            );
        }
        at += 1;
    }
    Ok(())
}

const fn is_hexadecimal(bytes: &[u8], from: usize) -> bool {
    let mut at = from;
    while at < from + DIGITS {
        if !bytes[at].is_ascii_hexdigit() {
            return false;
        }
        at += 1;
    }
    true
}

/// Checks the path of a task's executable: an absolute path in the image or on a volume.
///
/// ```
/// use flytekit_grammar::databricks_executable;
/// assert!(databricks_executable("/Volumes/main/default/apps/my_app").is_ok());
/// assert!(databricks_executable("my_app").is_err());
/// ```
///
/// # Errors
///
/// The mistake, as the end of a sentence that begins with the path.
pub const fn databricks_executable(path: &str) -> Result<(), &'static str> {
    match path.as_bytes() {
        [b'/', .., last] if *last != b'/' => Ok(()),
        [b'd', b'b', b'f', b's', b':', ..] => Err(
            "is a URI, and a program is started by a path: write the path of its file, such as `/dbfs/apps/my_app`",
        ),
        _ => Err("is not the absolute path of a file, such as `/Volumes/main/default/apps/my_app`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspaces_are_host_names() {
        for name in [
            "my.cloud.databricks.com",
            "localhost",
            "127.0.0.1:8443",
            "a:1",
            "adb-1.2.azuredatabricks.net",
        ] {
            assert_eq!(databricks_instance(name), Ok(()), "{name}");
        }
        for name in [
            "",
            ".",
            "a..b",
            "a.",
            "https://a.b",
            "a.b/",
            "A.b",
            "a b",
            "a:",
            "a:0",
            "a:65536",
            "a:7777777",
            "a:b",
            "me@a.b",
            "a:1:2",
            ":1",
        ] {
            assert!(databricks_instance(name).is_err(), "{name}");
        }
    }

    #[test]
    fn tokens_are_seen_wherever_they_are() {
        let hex = "0123456789abcdef0123456789ABCDEF";
        for prefix in ["dapi", "dose"] {
            for text in [
                alloc::format!("{prefix}{hex}"),
                alloc::format!("x{prefix}{hex}-2"),
                alloc::format!("{prefix}{prefix}{hex}"),
            ] {
                assert!(databricks_text(&text).is_err(), "{text}");
                assert!(
                    databricks_secret(&text).unwrap_err().contains("token"),
                    "{text}"
                );
            }
        }
        for text in [
            "",
            "dapi",
            "dapi0123456789abcdef",
            "dapper0123456789abcdef0123456789abcdef0",
        ] {
            assert_eq!(databricks_text(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn secrets_have_names_of_kubernetes() {
        for name in ["databricks-token", "team.token", "a"] {
            assert_eq!(databricks_secret(name), Ok(()), "{name}");
        }
        for name in ["", "My", "a_b", "a/b", ".a", "a."] {
            assert!(databricks_secret(name).is_err(), "{name}");
        }
    }
}
