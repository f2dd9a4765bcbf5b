//! The measured numbers of several runs.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

/// Numbers of one kind, at least one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Samples {
    sorted: Vec<f64>,
}

impl Samples {
    pub(super) fn new(mut values: Vec<f64>) -> Result<Self> {
        if values.is_empty() {
            bail!("nothing was measured");
        }
        values.sort_by(f64::total_cmp);
        Ok(Self { sorted: values })
    }

    pub(super) fn min(&self) -> f64 {
        self.sorted[0]
    }

    pub(super) fn max(&self) -> f64 {
        self.sorted[self.sorted.len() - 1]
    }

    /// The middle number, or the midpoint of the two in the middle.
    pub(super) fn median(&self) -> f64 {
        let (lower, upper) = ((self.sorted.len() - 1) / 2, self.sorted.len() / 2);
        f64::midpoint(self.sorted[lower], self.sorted[upper])
    }

    /// `2.4 ms (2.2 ms to 3.1 ms)`: the median between the extremes.
    pub(super) fn spread(&self, unit: Unit) -> String {
        let [min, median, max] = [self.min(), self.median(), self.max()].map(|v| unit.show(v));
        if min == max {
            median
        } else {
            format!("{median} ({min} to {max})")
        }
    }
}

/// The output of measuring programs, with one `series number` per line.
#[derive(Debug, Default)]
pub(super) struct Series {
    by_name: BTreeMap<String, Vec<f64>>,
}

impl Series {
    /// Adds a program's output.
    pub(super) fn read(&mut self, output: &str) -> Result<()> {
        for line in output.lines() {
            let (name, number) = line
                .split_once(' ')
                .and_then(|(name, number)| Some((name, number.parse().ok()?)))
                .with_context(|| format!("not a measurement: {line:?}"))?;
            self.by_name
                .entry(name.to_owned())
                .or_default()
                .push(number);
        }
        Ok(())
    }

    /// The numbers under this name.
    pub(super) fn take(&mut self, name: &str) -> Result<Samples> {
        let values = self.by_name.remove(name).unwrap_or_default();
        Samples::new(values).with_context(|| format!("no series {name}"))
    }
}

/// The unit of a number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    Seconds,
    Bytes,
    Allocations,
}

impl Unit {
    /// Three digits, because the noise makes more of them meaningless.
    pub(super) fn show(self, value: f64) -> String {
        let (scaled, name) = match self {
            Self::Seconds => match value.abs() {
                0.0..1e-3 => (value * 1e6, "µs"),
                1e-3..1.0 => (value * 1e3, "ms"),
                _ => (value, "s"),
            },
            Self::Bytes => match value.abs() {
                0.0..1_048_576.0 => (value / 1024.0, "KiB"),
                _ => (value / 1_048_576.0, "MiB"),
            },
            Self::Allocations => match value {
                0.5..1.5 => return "1 allocation".to_owned(),
                _ => return format!("{value} allocations"),
            },
        };
        format!("{} {name}", three_digits(scaled))
    }
}

/// `412`, `41.2`, `4.12`.
pub(super) fn three_digits(value: f64) -> String {
    let decimals = match value.abs() {
        0.0..9.995 => 2,
        9.995..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_between_the_extremes() {
        let odd = Samples::new(vec![3.0, 1.0, 2.0]).unwrap();
        assert_eq!(odd.spread(Unit::Seconds), "2.00 s (1.00 s to 3.00 s)");
        let even = Samples::new(vec![4.0, 1.0, 2.0, 3.0]).unwrap();
        assert_eq!(even.spread(Unit::Seconds), "2.50 s (1.00 s to 4.00 s)");
        assert!(Samples::new(Vec::new()).is_err());
    }

    #[test]
    fn series_are_read_line_by_line() {
        let mut series = Series::default();
        series.read("seconds 0.5\npeak_bytes 1024\n").unwrap();
        series.read("seconds 1.5\n").unwrap();
        let seconds = series.take("seconds").unwrap();
        assert_eq!(seconds, Samples::new(vec![0.5, 1.5]).unwrap());
        assert!(series.take("seconds").is_err());
        assert!(series.read("Traceback").is_err());
    }

    #[test]
    fn numbers_have_three_digits_and_a_fitting_unit() {
        let seconds = [0.000_012_3, 0.004_567, 12.3456].map(|value| Unit::Seconds.show(value));
        assert_eq!(seconds, ["12.3 µs", "4.57 ms", "12.3 s"]);
        assert_eq!(Unit::Seconds.show(-0.0021), "-2.10 ms");
        assert_eq!(Unit::Bytes.show(4_554_752.0), "4.34 MiB");
        assert_eq!(three_digits(99.97), "100");
    }

    #[test]
    fn a_spread_of_one_is_just_that() {
        let one = Samples::new(vec![2.0]).unwrap();
        assert_eq!(one.spread(Unit::Seconds), "2.00 s");
    }
}
