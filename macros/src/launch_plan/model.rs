//! A launch plan, resolved.

use proc_macro2::{Ident, Span};
use syn::Path;

use super::read::{
    CHANNELS, Fixed, LaunchPlanOptions, NotificationOptions, Notifications, ScheduleOptions, Word,
    Words,
};
use crate::syntax::error::{Sink, at};
use crate::syntax::group::Group;
use crate::syntax::lists::{Pairs, Texts};
use crate::syntax::name::Name;
use crate::syntax::value::{Flag, Number, Text, runtime};
use crate::workflow::model::value::Value;
use crate::workflow::model::{constant, defaults};
use crate::workflow::read::function::Function;

/// Everything that the expansion needs.
#[derive(Debug)]
pub(crate) struct LaunchPlan {
    pub(crate) function: Function,
    /// The path of the runtime.
    pub(crate) krate: Path,
    pub(crate) name: Name,
    /// The handle of the workflow; `None` if it is missing.
    pub(crate) workflow: Option<Path>,
    /// The fixed inputs, and their values.
    pub(crate) fixed: Vec<(Ident, Value)>,
    /// The defaults, by the input's index.
    pub(crate) defaults: Vec<(usize, Value)>,
    pub(crate) schedule: Option<Schedule>,
    pub(crate) notifications: Vec<Notification>,
    pub(crate) labels: Pairs,
    pub(crate) annotations: Pairs,
    pub(crate) env: Pairs,
    pub(crate) raw_output_prefix: Option<Text>,
    pub(crate) max_parallelism: Option<Number>,
    pub(crate) interruptible: Option<Flag>,
    pub(crate) overwrite_cache: Option<Flag>,
    pub(crate) service_account: Option<Text>,
    pub(crate) iam_role: Option<Text>,
    pub(crate) concurrency: Option<Concurrency>,
    pub(crate) auto_activate: Option<Flag>,
}

/// The schedule.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// The place in the source.
    pub(crate) span: Span,
    pub(crate) timing: Timing,
    pub(crate) kickoff_time: Option<Ident>,
}

/// The times.
#[derive(Debug)]
pub(crate) enum Timing {
    Cron(Text),
    Rate(Text),
}

/// A notification about the end of an execution.
#[derive(Debug)]
pub(crate) struct Notification {
    /// The place in the source, and the name of the runtime's channel.
    pub(crate) channel: Ident,
    pub(crate) phases: Vec<Ident>,
    pub(crate) recipients: Texts,
}

/// The limit of simultaneous executions.
#[derive(Debug)]
pub(crate) struct Concurrency {
    pub(crate) max: Number,
    pub(crate) behavior: Option<Ident>,
}

impl LaunchPlan {
    /// Resolves the options; mistakes go to the sink.
    pub(super) fn resolve(
        options: LaunchPlanOptions,
        function: Function,
        whole: bool,
        sink: &mut Sink,
    ) -> Self {
        if options.workflow.is_none() && whole {
            sink.push(at(
                function.name.span(),
                "a launch plan needs a workflow: `#[launch_plan(workflow = report)]`",
            ));
        }
        let security = options.security.map(|group| group.open(sink));
        let security = security.unwrap_or_default();
        LaunchPlan {
            krate: runtime(options.krate.as_ref()),
            name: Name::resolve(options.name),
            workflow: options.workflow.map(|path| path.0),
            fixed: options.fixed.map_or_else(Vec::new, |fixed| {
                let Fixed(fixed) = fixed.open(sink);
                let each = fixed.into_iter().filter_map(|(name, expr)| {
                    let value = constant(&expr, "a fixed input");
                    Some((name, sink.handle(value)?))
                });
                each.collect()
            }),
            defaults: defaults::of(&function, sink),
            schedule: options
                .schedule
                .and_then(|group| Schedule::resolve(group, sink)),
            notifications: options
                .notifications
                .map_or_else(Vec::new, |notifications| {
                    let Notifications(each) = notifications.open(sink);
                    let each = each.into_iter();
                    each.filter_map(|(channel, group)| Notification::resolve(&channel, group, sink))
                        .collect()
                }),
            labels: Pairs::resolve(options.labels, sink).sorted(),
            annotations: Pairs::resolve(options.annotations, sink).sorted(),
            env: Pairs::resolve(options.env, sink),
            raw_output_prefix: options.raw_output_prefix,
            max_parallelism: options.max_parallelism,
            interruptible: options.interruptible,
            overwrite_cache: options.overwrite_cache,
            service_account: security.service_account,
            iam_role: security.iam_role,
            concurrency: options.concurrency.and_then(|group| {
                let span = group.span;
                let options = group.open(sink);
                let Some(max) = options.max else {
                    sink.push(at(
                        span,
                        "`concurrency` needs a maximum: `concurrency(max = 1)`",
                    ));
                    return None;
                };
                let behavior = options.behavior.map(|Word(word)| word);
                Some(Concurrency { max, behavior })
            }),
            auto_activate: options.auto_activate,
            function,
        }
    }
}

impl Schedule {
    fn resolve(group: Group<ScheduleOptions>, sink: &mut Sink) -> Option<Self> {
        let (span, whole) = (group.span, group.is_whole());
        let options = group.open(sink);
        let timing = match (options.cron, options.rate) {
            (Some(cron), None) => Timing::Cron(cron),
            (None, Some(rate)) => Timing::Rate(rate),
            (None, None) => {
                if whole {
                    let reason = "a schedule needs `cron = \"0 2 * * *\"` or `rate = \"2h\"`";
                    sink.push(at(span, reason));
                }
                return None;
            }
            (Some(_), Some(rate)) => {
                let reason = "a schedule has a cron expression or a rate: leave one of them out";
                sink.push(at(rate.span(), reason));
                return None;
            }
        };
        Some(Schedule {
            span,
            timing,
            kickoff_time: options.kickoff_time.map(|Word(word)| word),
        })
    }
}

impl Notification {
    fn resolve(
        channel: &Ident,
        group: Group<NotificationOptions>,
        sink: &mut Sink,
    ) -> Option<Self> {
        let whole = group.is_whole();
        let options = group.open(sink);
        let (Some(Words(phases)), Some(recipients)) = (options.on, options.to) else {
            if whole {
                let reason = format!(
                    "a notification needs phases and recipients: `{channel}(on(failed), \
                     to(\"team@example.com\"))`"
                );
                sink.push(at(channel.span(), reason));
            }
            return None;
        };
        let name = CHANNELS.iter().find(|(name, _)| *channel == name)?.1;
        Some(Notification {
            channel: Ident::new(name, channel.span()),
            phases,
            recipients,
        })
    }
}
