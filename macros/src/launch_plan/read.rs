//! Parses `#[launch_plan(…)]`: all options are optional, and nothing is resolved.

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitFloat, LitInt, Meta};

use crate::syntax::error::{at, unknown};
use crate::syntax::group::{Group, options, path_of};
use crate::syntax::items;
use crate::syntax::lists::{Pairs, Readable, Texts};
use crate::syntax::value::{Flag, ItemPath, Number, Text, name_of, span_of, ungrouped, word};

options! {
    /// `#[launch_plan(…)]`
    pub(crate) struct LaunchPlanOptions {
        workflow: ItemPath,
        name: Text,
        fixed: Readable<Fixed>,
        schedule: Group<ScheduleOptions>,
        notifications: Readable<Notifications>,
        labels: Readable<Pairs>,
        annotations: Readable<Pairs>,
        env: Readable<Pairs>,
        raw_output_prefix: Text,
        max_parallelism: Number,
        interruptible: Flag,
        overwrite_cache: Flag,
        security: Group<SecurityOptions>,
        concurrency: Group<ConcurrencyOptions>,
        auto_activate: Flag,
        krate as "crate": ItemPath,
    }
}

options! {
    /// `schedule(cron = "0 2 * * *", kickoff_time = day)`, `schedule(rate = "2h")`
    pub(crate) struct ScheduleOptions {
        cron: Text,
        rate: Text,
        kickoff_time: Word,
    }
}

options! {
    /// `security(service_account = "etl", iam_role = "arn:…")`
    pub(crate) struct SecurityOptions {
        service_account: Text,
        iam_role: Text,
    }
}

options! {
    /// `concurrency(max = 2, behavior = skip)`
    pub(crate) struct ConcurrencyOptions {
        max: Number,
        behavior: Word,
    }
}

options! {
    /// `email(on(failed, timed_out), to("team@example.com"))`
    pub(crate) struct NotificationOptions {
        on: Words,
        to: Texts,
    }
}

/// A name: `kickoff_time = day`, `behavior = skip`.
#[derive(Debug)]
pub(crate) struct Word(pub(crate) Ident);

impl FromMeta for Word {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let name = |expr: &Expr| word(expr).map(Word);
        if let Meta::NameValue(pair) = item
            && let Some(word) = name(&pair.value)
        {
            return Ok(word);
        }
        let option = name_of(item);
        Err(at(
            span_of(item),
            format!("`{option}` takes a name, without quotes: `{option} = name`"),
        ))
    }
}

/// Names: `on(failed, timed_out)`.
#[derive(Debug)]
pub(crate) struct Words(pub(crate) Vec<Ident>);

impl FromMeta for Words {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let reason = "`on` takes phases of an execution: `on(failed, timed_out)`";
        let Meta::List(list) = item else {
            return Err(at(span_of(item), reason));
        };
        let items = items::parse(list.tokens.clone())?;
        let each = items.iter().map(|item| {
            let name = path_of(item).and_then(|path| path.get_ident());
            name.cloned().ok_or_else(|| at(item.span(), reason))
        });
        each.collect::<Result<_, _>>().map(Words)
    }
}

/// The fixed inputs: `fixed(cut = 0.9, mode = "fast")`.
#[derive(Debug)]
pub(crate) struct Fixed(pub(crate) Vec<(Ident, Expr)>);

impl FromMeta for Readable<Fixed> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let reason = "`fixed` takes inputs of the workflow with their values: `fixed(cut = 0.9)`";
        let Meta::List(list) = item else {
            return Err(at(span_of(item), reason));
        };
        let items = items::parse(list.tokens.clone())?;
        let read = |item: &NestedMeta| match item {
            NestedMeta::Meta(Meta::NameValue(pair)) => match pair.path.get_ident() {
                Some(name) => Ok((name.clone(), with_operator(&pair.value))),
                None => Err(at(pair.path.span(), reason)),
            },
            other => Err(at(other.span(), reason)),
        };
        Ok(Readable::each(&items, read, Fixed))
    }
}

/// `-1` with Rust's operator: in an attribute, syn parses the sign as part of the literal.
fn with_operator(expr: &Expr) -> Expr {
    let Expr::Lit(ExprLit { lit, .. }) = ungrouped(expr) else {
        return expr.clone();
    };
    let span = lit.span();
    let text = match lit {
        Lit::Int(int) => int.to_string(),
        Lit::Float(float) => float.to_string(),
        _ => return expr.clone(),
    };
    let Some(text) = text.strip_prefix('-') else {
        return expr.clone();
    };
    let positive = match lit {
        Lit::Int(_) => Lit::Int(LitInt::new(text, span)),
        _ => Lit::Float(LitFloat::new(text, span)),
    };
    syn::parse_quote_spanned!(span=> -#positive)
}

/// The channels of notifications, with the runtime's names.
pub(crate) const CHANNELS: [(&str, &str); 3] = [
    ("email", "Email"),
    ("pager_duty", "PagerDuty"),
    ("slack", "Slack"),
];

/// `notifications(email(on(failed), to("a@example.com")), slack(…))`.
#[derive(Debug)]
pub(crate) struct Notifications(pub(crate) Vec<(Ident, Group<NotificationOptions>)>);

impl FromMeta for Readable<Notifications> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let reason = "`notifications` takes channels with phases and recipients: `notifications(email(on(failed), \
                      to(\"team@example.com\")))`";
        let Meta::List(list) = item else {
            return Err(at(span_of(item), reason));
        };
        let items = items::parse(list.tokens.clone())?;
        let read = |item: &NestedMeta| {
            let NestedMeta::Meta(meta) = item else {
                return Err(at(item.span(), reason));
            };
            let names = CHANNELS.map(|(name, _)| name);
            match meta.path().get_ident() {
                Some(name) if names.iter().any(|it| name == it) => {
                    Ok((name.clone(), Group::from_meta(meta)?))
                }
                Some(name) => Err(unknown(
                    "notification",
                    &name.to_string(),
                    name.span(),
                    &names,
                )),
                None => Err(at(
                    meta.path().span(),
                    format!(
                        "expected a notification, one of {}",
                        crate::syntax::error::list(&names)
                    ),
                )),
            }
        };
        Ok(Readable::each(&items, read, Notifications))
    }
}
