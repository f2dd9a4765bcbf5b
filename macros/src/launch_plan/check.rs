//! Refuses launch plans that are well-formed, but wrong. Checks that depend on the workflow are made when
//! rustc evaluates the constant.

use std::collections::HashSet;

use flytekit_grammar as grammar;
use syn::ext::IdentExt;

use super::model::{LaunchPlan, Notification, Schedule, Timing};
use crate::syntax::check::Check;
use crate::syntax::error::{Sink, unknown};
use crate::syntax::lists::Texts;

/// The final phases of executions, with the runtime's names.
pub(super) const PHASES: [(&str, &str); 4] = [
    ("succeeded", "Succeeded"),
    ("failed", "Failed"),
    ("aborted", "Aborted"),
    ("timed_out", "TimedOut"),
];

/// The treatment of executions above the limit, with the runtime's names.
pub(super) const BEHAVIORS: [(&str, &str); 2] = [("start", "Unspecified"), ("skip", "Skip")];

/// The maximum number of labels in Flyte Admin.
const MOST_LABELS: usize = 16;

/// Checks everything, so that all mistakes are reported together.
pub(super) fn launch_plan(plan: &LaunchPlan, sink: &mut Sink) {
    let mut check = Check::new(sink);
    check.name(&plan.name);
    check.fixed(plan);
    if let Some(schedule) = &plan.schedule {
        check.schedule(schedule, plan);
    }
    plan.notifications
        .iter()
        .for_each(|it| check.notification(it));
    check.labels(&plan.labels);
    if let Some(one_more) = plan.labels.entries().get(MOST_LABELS) {
        check.refuse(one_more.key.span(), "Flyte takes at most 16 labels");
    }
    check.annotations(&plan.annotations);
    check.env(&plan.env);
    check.non_empty(
        plan.raw_output_prefix.as_ref(),
        "files and tables go to a place such as `s3://bucket/folder`",
    );
    check.non_empty(
        plan.service_account.as_ref(),
        "a service account has a name",
    );
    check.non_empty(plan.iam_role.as_ref(), "a role has a name");
    if let Some(number) = plan.max_parallelism.as_ref().filter(|it| it.is_zero()) {
        check.refuse(
            number.span(),
            "no node could run: leave `max_parallelism` out for the platform's default",
        );
    }
    if let Some(concurrency) = &plan.concurrency {
        if concurrency.max.is_zero() {
            check.refuse(
                concurrency.max.span(),
                "no execution could start: write at least 1",
            );
        }
        if let Some(word) = &concurrency.behavior {
            check.one_of("behavior", word, &BEHAVIORS);
        }
    }
}

impl Check<'_> {
    /// ```text
    /// fixed(day = …) fn nightly(day: Date)   `day` is fixed, and a parameter: …
    /// fixed(cut = 1, cut = 2)                `cut` is given twice
    /// ```
    fn fixed(&mut self, plan: &LaunchPlan) {
        let mut seen = HashSet::new();
        for (name, _) in &plan.fixed {
            let name_of = name.unraw().to_string();
            if plan
                .function
                .inputs
                .iter()
                .any(|input| input.name == name_of)
            {
                self.refuse(
                    name.span(),
                    format!("`{name}` is fixed, and a parameter: leave one of them out"),
                );
            } else if !seen.insert(name_of) {
                self.refuse(name.span(), format!("`{name}` is given twice"));
            }
        }
    }

    /// ```text
    /// schedule(cron = "0 0 * * 7")                   `0 0 * * 7` has a day of the week …
    /// schedule(rate = "90s")                         …
    /// schedule(cron = "@daily", kickoff_time = when) unknown input `when`, …
    /// ```
    fn schedule(&mut self, schedule: &Schedule, plan: &LaunchPlan) {
        match &schedule.timing {
            Timing::Cron(line) => self.text(line, grammar::cron),
            Timing::Rate(rate) if rate.literal().is_none() => {
                self.refuse(rate.span(), "a rate is a literal, as in `rate = \"2h\"`");
            }
            Timing::Rate(rate) => self.text(rate, |text| grammar::rate(text).map(|_| ())),
        }
        if let Some(kickoff) = &schedule.kickoff_time {
            let name = kickoff.unraw().to_string();
            if plan.fixed.iter().any(|(fixed, _)| fixed.unraw() == name) {
                self.refuse(
                    kickoff.span(),
                    "the kickoff time is given by the schedule, so it cannot be fixed",
                );
            } else {
                let none = "this launch plan has no parameters";
                self.input(&name, kickoff.span(), &plan.function.inputs, none);
            }
        }
    }

    /// ```text
    /// email(on(running), to("a"))   unknown phase `running`, …
    /// email(on(failed), to())       …
    /// ```
    fn notification(&mut self, notification: &Notification) {
        for phase in &notification.phases {
            self.one_of("phase", phase, &PHASES);
        }
        if notification.phases.is_empty() {
            self.refuse(
                notification.channel.span(),
                "a notification needs phases: `on(failed, timed_out)`",
            );
        }
        if let Texts::Entries(recipients) = &notification.recipients {
            if recipients.is_empty() {
                self.refuse(
                    notification.channel.span(),
                    "a notification needs recipients: `to(\"team@example.com\")`",
                );
            }
            for recipient in recipients {
                self.non_empty(Some(recipient), "write an e-mail address");
            }
        }
    }

    fn one_of(&mut self, what: &str, word: &syn::Ident, known: &[(&str, &str)]) {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        if !names.iter().any(|name| word == name) {
            self.sink
                .push(unknown(what, &word.to_string(), word.span(), &names));
        }
    }
}
