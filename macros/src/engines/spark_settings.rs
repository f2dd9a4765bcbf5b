//! `conf(…)` and `hadoop_conf(…)`: the settings of Spark, for sessions and for applications.

use std::sync::LazyLock;

use flytekit_grammar as grammar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::emit::here;
use crate::syntax::check::{Check, sentence};
use crate::syntax::error::{Sink, list};
use crate::syntax::group::options;
use crate::syntax::lists::{Pair, Pairs, Readable};

options! {
    /// `conf("spark.executor.instances" = "2"), hadoop_conf("fs.s3a.endpoint" = "…")`
    pub(crate) struct SettingsOptions {
        conf: Readable<Pairs>,
        hadoop_conf: Readable<Pairs>,
    }
}

#[derive(Debug)]
pub(super) struct Settings {
    conf: Pairs,
    hadoop_conf: Pairs,
}

impl Settings {
    pub(super) fn resolve(options: SettingsOptions, sink: &mut Sink) -> Self {
        Settings {
            conf: Pairs::resolve(options.conf, sink),
            hadoop_conf: Pairs::resolve(options.hadoop_conf, sink),
        }
    }

    /// Whether there are Spark settings.
    pub(super) fn has_conf(&self) -> bool {
        !self.conf.is_empty()
    }

    /// The settings that are written as literals.
    pub(super) fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.conf.entries().iter().chain(self.hadoop_conf.entries())
    }

    /// ```text
    /// conf("executorMemory" = "4g")           `executorMemory` has no dot: …
    /// conf("spark.executor.memory" = "4Gi")   `4Gi` has the suffix of a Kubernetes quantity: …
    /// ```
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.keys(&self.conf, grammar::spark_key);
        for pair in self.conf.entries() {
            if let Some(name) = pair.key.literal() {
                let value = pair.value.literal().map(|it| (it, pair.value.span()));
                setting((&name, pair.key.span()), value, check);
            }
        }
        check.keys(&self.hadoop_conf, grammar::spark_key);
    }

    /// `.conf(…).hadoop_conf(…)`
    ///
    /// The configuration's constructors check values that are not literals, at the spans of these values.
    pub(super) fn expand(&self) -> TokenStream {
        let call = |pairs: &Pairs, name: &str| {
            let place = here(pairs.constant().unwrap_or_else(Span::call_site));
            let name = Ident::new(name, place);
            let pairs = pairs.sorted();
            (!pairs.is_empty()).then(|| quote_spanned!(place=> .#name(#pairs)))
        };
        let conf = match self.conf.constant() {
            Some(_) => "conf",
            None => "checked_conf",
        };
        let calls = [
            call(&self.conf, conf),
            call(&self.hadoop_conf, "hadoop_conf"),
        ];
        calls.into_iter().flatten().collect()
    }
}

/// Checks a setting by its key: the value, if it is known, and whether Spark declares the key.
///
/// ```text
/// "spark.executor.memory" = "4Gi"      `4Gi` has the suffix of a Kubernetes quantity: …
/// "spark.executor.instnaces" = "2"     Spark 4.2 declares no setting `spark.executor.instnaces`; did you mean …
/// ```
pub(super) fn setting(
    (name, key): (&str, Span),
    value: Option<(String, Span)>,
    check: &mut Check<'_>,
) {
    let kind = grammar::spark_value(name);
    if let Some((text, place)) = value
        && let Err(problem) = kind.check(&text)
    {
        let words = match kind.words() {
            [] => String::new(),
            words => format!(", expected one of {}", list(words)),
        };
        check.refuse(place, sentence(&text, problem) + &words);
    }
    if let Some(known) = misspelt(name) {
        let message = format!("Spark 4.2 declares no setting `{name}`; did you mean `{known}`?");
        check.warn(key, message);
    }
}

/// The maximum number of wrong letters in a misspelt key.
const SLIPS: usize = 2;

/// The declared keys in their order, each with its letters.
static DECLARED: LazyLock<Vec<(&str, u128)>> = LazyLock::new(|| {
    let keys = grammar::spark_keys();
    keys.map(|key| (key, letters(key))).collect()
});

/// The declared key that an unknown key probably means.
fn misspelt(key: &str) -> Option<&'static str> {
    let is_declared = DECLARED.binary_search_by_key(&key, |(known, _)| known);
    if !key.starts_with("spark.") || is_declared.is_ok() {
        return None;
    }
    let letters = letters(key);
    DECLARED
        .iter()
        .filter(|(known, _)| known.len().abs_diff(key.len()) <= SLIPS)
        // A slip removes at most one letter, and adds at most one. This alone distinguishes most keys, for a
        // thousandth of the work.
        .filter(|(_, known)| (known ^ letters).count_ones() as usize <= 2 * SLIPS)
        .map(|(known, _)| (strsim::osa_distance(known, key), *known))
        .min()
        .filter(|(slips, _)| *slips <= SLIPS)
        .map(|(_, known)| known)
}

/// A bit for each ASCII letter in the key.
fn letters(key: &str) -> u128 {
    let ascii = key.bytes().filter(u8::is_ascii);
    ascii.fold(0, |letters, letter| letters | 1 << letter)
}

#[cfg(test)]
mod tests {
    use flytekit_grammar::spark_keys;

    use super::misspelt;

    #[test]
    fn two_slips_in_any_key_are_seen() {
        for key in spark_keys() {
            let (kept, last) = key.split_at(key.len() - 1);
            let slips = [
                format!("{kept}_{last}_"),
                format!("{kept}_"),
                format!("{key}__"),
            ];
            for slip in slips {
                assert!(misspelt(&slip).is_some(), "{slip}");
            }
            assert_eq!(misspelt(key), None, "{key}");
        }
        assert_eq!(misspelt("spark.sql.catalog.lake.warehouse"), None);
    }
}
