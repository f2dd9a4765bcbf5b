//! `conf(…)` and `hadoop_conf(…)`: the settings of Spark, of a session as of an application.

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

    /// ```text
    /// conf("executorMemory" = "4g")           `executorMemory` has no dot: …
    /// conf("spark.executor.memory" = "4Gi")   `4Gi` has the suffix of a Kubernetes quantity: …
    /// ```
    pub(super) fn check(&self, check: &mut Check<'_>) {
        check.keys(&self.conf, grammar::spark_key);
        for pair in self.conf.entries() {
            setting(pair, check);
        }
        check.keys(&self.hadoop_conf, grammar::spark_key);
    }

    /// `.conf(…).hadoop_conf(…)`
    ///
    /// The configuration's constructors check what is given, at the place of what only they can check.
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

fn setting(Pair { key, value }: &Pair, check: &mut Check<'_>) {
    let Some(name) = key.literal() else { return };
    let kind = grammar::spark_value(&name);
    if let Some(text) = value.literal()
        && let Err(problem) = kind.check(&text)
    {
        let words = match kind.words() {
            [] => String::new(),
            words => format!(", expected one of {}", list(words)),
        };
        check.refuse(value.span(), sentence(&text, problem) + &words);
    }
    if let Some(known) = misspelt(&name) {
        let message = format!("Spark 4.2 declares no setting `{name}`; did you mean `{known}`?");
        check.warn(key.span(), message);
    }
}

/// How many letters may be wrong in a misspelt key.
const SLIPS: usize = 2;

/// The declared key that was probably meant by another one.
fn misspelt(key: &str) -> Option<&'static str> {
    if !key.starts_with("spark.") || grammar::spark_keys().any(|known| known == key) {
        return None;
    }
    grammar::spark_keys()
        .filter(|known| known.len().abs_diff(key.len()) <= SLIPS)
        .map(|known| (strsim::osa_distance(known, key), known))
        .min()
        .filter(|(slips, _)| *slips <= SLIPS)
        .map(|(_, known)| known)
}
