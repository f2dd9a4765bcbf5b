//! Rates of schedules.

use crate::duration;

/// Parses `10m`, `1h30m` or `2d` into Flyte's form: a number of minutes, hours or days, in the largest unit
/// that fits. The second part is 0 for minutes, 1 for hours, 2 for days.
///
/// ```
/// use flytekit_grammar::rate;
///
/// assert_eq!(rate("90m"), Ok((90, 0)));
/// assert_eq!(rate("25h"), Ok((25, 1)));
/// assert_eq!(rate("48h"), Ok((2, 2)));
/// assert!(rate("90s").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn rate(text: &str) -> Result<(u32, usize), &'static str> {
    const UNITS: [u64; 3] = [60, 60 * 60, 24 * 60 * 60];
    let (seconds, nanos) = match duration(text) {
        Ok(length) => length,
        Err(problem) => return Err(problem),
    };
    if seconds == 0 && nanos == 0 {
        return Err("is zero: write at least a minute");
    }
    if nanos != 0 || seconds % UNITS[0] != 0 {
        return Err("is not a whole number of minutes, Flyte's unit");
    }
    let mut unit = UNITS.len() - 1;
    while seconds % UNITS[unit] != 0 {
        unit -= 1;
    }
    let count = seconds / UNITS[unit];
    if count > u32::MAX as u64 {
        return Err("is longer than Flyte can count");
    }
    #[expect(clippy::cast_possible_truncation, reason = "asked above")]
    let count = count as u32;
    Ok((count, unit))
}
