//! The requests and limits of containers: `requests(…)`, `limits(…)`, `resources(…)`.

use flytekit_grammar as grammar;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Expr;
use syn::spanned::Spanned;

use crate::emit::checked::checked;
use crate::pod::check::quantity;
use crate::syntax::check::{Check, Rule};
use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, GroupOrConst, options};
use crate::syntax::value::{Amount, AmountPair, Text};

options! {
    /// `requests(cpu = "1", mem = "2Gi")`
    pub(crate) struct AmountOptions {
        cpu: Amount,
        mem: Amount,
        gpu: Amount,
        ephemeral_storage: Amount,
    }
}

options! {
    /// `resources(cpu = ("1", "2"), mem = "2Gi")`
    pub(crate) struct AmountPairOptions {
        cpu: AmountPair,
        mem: AmountPair,
        gpu: AmountPair,
        ephemeral_storage: AmountPair,
    }
}

/// Resources, with the names of the runtime's constructors.
#[derive(Debug)]
pub(crate) enum Amounts {
    Const(Expr),
    Written(Vec<(&'static str, Text)>),
}

impl Default for Amounts {
    fn default() -> Self {
        Amounts::Written(Vec::new())
    }
}

impl Amounts {
    /// Whether no resource was given.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Amounts::Written(amounts) if amounts.is_empty())
    }

    /// The span of the first resource.
    pub(crate) fn place(&self) -> Option<Span> {
        match self {
            Amounts::Const(expr) => Some(expr.span()),
            Amounts::Written(amounts) => amounts.first().map(|(_, amount)| amount.span()),
        }
    }

    /// The span of an amount that only const evaluation can compare.
    pub(crate) fn constant(&self) -> Option<Span> {
        match self {
            Amounts::Const(expr) => Some(expr.span()),
            Amounts::Written(amounts) => {
                let constant = amounts
                    .iter()
                    .find(|(_, amount)| amount.literal().is_none());
                constant.map(|(_, amount)| amount.span())
            }
        }
    }

    /// `requests(…)` or `limits(…)`
    pub(crate) fn resolve(options: Option<GroupOrConst<AmountOptions>>, sink: &mut Sink) -> Self {
        let group = match options {
            None => return Amounts::default(),
            Some(GroupOrConst::Const(expr)) => return Amounts::Const(expr),
            Some(GroupOrConst::Group(group)) => group,
        };
        let options = group.open(sink);
        let named = [
            ("cpu", options.cpu),
            ("mem", options.mem),
            ("gpu", options.gpu),
            ("ephemeral_storage", options.ephemeral_storage),
        ];
        let written = named
            .into_iter()
            .filter_map(|(name, amount)| Some((name, amount?.0)));
        Amounts::Written(written.collect())
    }
}

/// ```text
/// #[task(resources(mem = "1Gi"), limits(mem = "2Gi"))]   `resources` says both, …
/// ```
pub(crate) fn resources(
    requests: Option<GroupOrConst<AmountOptions>>,
    limits: Option<GroupOrConst<AmountOptions>>,
    both: Option<Group<AmountPairOptions>>,
    sink: &mut Sink,
) -> (Amounts, Amounts) {
    let separate = requests.is_some() || limits.is_some();
    let (requests, limits) = (
        Amounts::resolve(requests, sink),
        Amounts::resolve(limits, sink),
    );
    let Some(both) = both else {
        return (requests, limits);
    };
    if separate {
        let reason = "`resources` sets both requests and limits: give either `resources`, or `requests` and `limits`";
        sink.push(at(both.span, reason));
    }
    let options = both.open(sink);
    let pairs = [
        ("cpu", options.cpu),
        ("mem", options.mem),
        ("gpu", options.gpu),
        ("ephemeral_storage", options.ephemeral_storage),
    ];
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    for (name, pair) in pairs {
        let Some(AmountPair { request, limit }) = pair else {
            continue;
        };
        requests.push((name, request.0));
        limits.extend(limit.map(|limit| (name, limit.0)));
    }
    (Amounts::Written(requests), Amounts::Written(limits))
}

impl Check<'_> {
    /// ```text
    /// requests(mem = "2Gb")                        `2Gb` has an unknown suffix: …
    /// requests(mem = "2Gi"), limits(mem = "1Gi")   the limit `1Gi` is below the request `2Gi`
    /// ```
    pub(crate) fn amounts(&mut self, requests: &Amounts, limits: &Amounts) {
        for amounts in [requests, limits] {
            let Amounts::Written(amounts) = amounts else {
                continue;
            };
            for (name, amount) in amounts {
                self.text(amount, rule(name));
                self.doubt(name, Some(amount));
            }
        }
        self.limits(requests, limits);
    }

    /// Checks that no limit is below its request.
    pub(crate) fn limits(&mut self, requests: &Amounts, limits: &Amounts) {
        let (Amounts::Written(requests), Amounts::Written(limits)) = (requests, limits) else {
            return;
        };
        for (name, request) in requests {
            let Some((_, limit)) = limits.iter().find(|(limited, _)| limited == name) else {
                continue;
            };
            let (Some(request), Some(most)) = (request.literal(), limit.literal()) else {
                continue;
            };
            if let (Ok(requested), Ok(limited)) =
                (grammar::quantity(&request), grammar::quantity(&most))
                && requested > limited
            {
                self.refuse(
                    limit.span(),
                    format!("the limit `{most}` is below the request `{request}`"),
                );
            }
        }
    }
}

/// The rule for an amount of a resource.
pub(crate) fn rule(resource: &str) -> Rule {
    if resource == "gpu" {
        grammar::gpus
    } else {
        quantity
    }
}

impl Check<'_> {
    /// Warns about an implausible amount.
    pub(crate) fn doubt(&mut self, resource: &str, amount: Option<&Text>) {
        if let Some(amount) = amount
            && let Some(value) = amount.literal()
            && let Some(doubt) = doubt(resource, &value)
        {
            self.warn(amount.span(), doubt);
        }
    }
}

/// The warning about an amount that is well formed but implausible.
///
/// ```text
/// mem = "100m"    `100m` is less than a byte; did you mean `100Mi`?
/// mem = "2048"    `2048` is 2048 bytes; did you mean `2048Mi`?
/// cpu = "200Mi"   `200Mi` is 209715200 cores; did you mean `200m`?
/// ```
pub(crate) fn doubt(resource: &str, text: &str) -> Option<String> {
    const NANOS: u128 = 1_000_000_000;
    /// The limits of plausible amounts: no container runs in less memory, or has so many cores or devices.
    const LEAST_BYTES: u128 = 1 << 20;
    const MOST_CORES: u128 = 1_000;
    let amount = grammar::quantity(text).ok()?;
    let (count, digits) = (
        amount.nanos() / NANOS,
        text.trim_end_matches(char::is_alphabetic),
    );
    let is_cpu = resource == "cpu";
    let is_bytes = matches!(
        resource,
        "mem"
            | "memory"
            | "ephemeral_storage"
            | "ephemeral-storage"
            | "size_limit"
            | "shared_memory"
    );
    if is_bytes && !amount.is_zero() && count < LEAST_BYTES {
        let size = match count {
            0 => "less than a byte".to_owned(),
            1 => "1 byte".to_owned(),
            count => format!("{count} bytes"),
        };
        return Some(format!("`{text}` is {size}; did you mean `{digits}Mi`?"));
    }
    if is_cpu && count > MOST_CORES {
        return Some(format!(
            "`{text}` is {count} cores; did you mean `{digits}m`?"
        ));
    }
    if (resource == "gpu" || resource.ends_with("/gpu")) && count > MOST_CORES {
        return Some(format!(
            "`{text}` is {count} devices; did you mean `{digits}`?"
        ));
    }
    None
}

/// `Resources::new().cpu("1").mem(checked::quantity(MEM))`, or for literals, which were checked,
/// `Resources::checked(Some("1"), None, None, None)`
pub(crate) fn expand(amounts: &Amounts) -> Option<TokenStream> {
    match amounts {
        Amounts::Const(expr) => Some(expr.to_token_stream()),
        Amounts::Written(amounts) if amounts.is_empty() => None,
        Amounts::Written(written) if amounts.constant().is_none() => {
            let fields = ["cpu", "mem", "gpu", "ephemeral_storage"].map(|field| {
                let amount = written.iter().find(|(name, _)| *name == field);
                amount.map_or_else(
                    || quote!(::core::option::Option::None),
                    |(_, amount)| quote!(::core::option::Option::Some(#amount)),
                )
            });
            Some(quote!(__flytekit::Resources::checked(#(#fields),*)))
        }
        Amounts::Written(amounts) => {
            let calls = amounts.iter().map(|(name, amount)| {
                let rule = if *name == "gpu" { "gpus" } else { "quantity" };
                let (name, amount) = (format_ident!("{name}"), checked(amount, rule));
                quote!(.#name(#amount))
            });
            Some(quote!(__flytekit::Resources::new()#(#calls)*))
        }
    }
}
