//! The deadlines of callers.

use std::time::{Duration, Instant};

use tonic::metadata::MetadataMap;

/// gRPC's header: up to eight digits, and a unit.
const HEADER: &str = "grpc-timeout";

/// The deadline in a caller's header, counted from now.
pub(crate) fn deadline(metadata: &MetadataMap) -> Option<Instant> {
    let text = metadata.get(HEADER)?.to_str().ok()?;
    Instant::now().checked_add(length(text)?)
}

fn length(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count.checked_mul(3600)?)),
        "M" => Some(Duration::from_secs(count.checked_mul(60)?)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_has_its_length() {
        for (text, length) in [
            ("2H", Duration::from_secs(7200)),
            ("2M", Duration::from_secs(120)),
            ("10S", Duration::from_secs(10)),
            ("9999m", Duration::from_millis(9999)),
            ("7u", Duration::from_micros(7)),
            ("7n", Duration::from_nanos(7)),
        ] {
            assert_eq!(super::length(text), Some(length), "{text}");
        }
        for text in ["", "S", "10", "10s", "-1S", "1€"] {
            assert_eq!(super::length(text), None, "{text}");
        }
    }
}
