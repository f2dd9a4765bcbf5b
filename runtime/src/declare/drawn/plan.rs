//! Random launch plans.

use super::random::{Random, all, forever};
use crate::declare::{
    Argument, Behavior, Binding, Channel, Concurrency, LaunchPlanDescriptor, LiteralType,
    Notification, Phase, RateUnit, Schedule, Timing, Variable,
};

impl Random {
    /// A launch plan of a workflow, with free and fixed inputs.
    pub(super) fn plan(&mut self) -> &'static LaunchPlanDescriptor<'static> {
        let workflow = self.workflow(1, 0);
        let (mut free, mut fixed, mut defaults) = (Vec::new(), Vec::new(), Vec::new());
        for input in workflow.inputs {
            match (self.below(3), self.value(input)) {
                (0, Some(value)) => fixed.push(value),
                (1, Some(value)) => {
                    defaults.push(value);
                    free.push(*input);
                }
                _ => free.push(*input),
            }
        }
        forever(LaunchPlanDescriptor {
            name: forever(format!("app.{}", self.text())),
            workflow,
            inputs: all(free),
            fixed: all(fixed),
            defaults: all(defaults),
            schedule: self.maybe(Random::schedule),
            notifications: self.several(3, |random, _| random.notification()),
            labels: self.entries(),
            annotations: self.entries(),
            raw_output_prefix: self.text(),
            service_account: self.text(),
            iam_role: self.text(),
            max_parallelism: self.pick(&[0, 4]),
            interruptible: self.maybe(|random| random.one_in(2)),
            overwrite_cache: self.one_in(2),
            env: self.entries(),
            concurrency: self.maybe(|random| Concurrency {
                max: random.pick(&[0, 2]),
                behavior: random.pick(&[Behavior::Unspecified, Behavior::Skip]),
            }),
            ..LaunchPlanDescriptor::DEFAULT
        })
    }

    fn value(&mut self, input: &Variable) -> Option<Argument<'static>> {
        Some(Argument {
            variable: input.name,
            literal_type: input.literal_type,
            value: self.literal(&input.literal_type)?,
        })
    }

    fn literal(&mut self, literal_type: &LiteralType) -> Option<Binding<'static>> {
        // An empty list or map has parts of any type.
        self.known(literal_type, |random, part| {
            let literal = random.literal(part);
            literal.expect("constants are of all types that are drawn")
        })
    }

    fn schedule(&mut self) -> Schedule<'static> {
        let unit = self.pick(&[RateUnit::Minute, RateUnit::Hour, RateUnit::Day]);
        Schedule {
            timing: if self.one_in(2) {
                Timing::Cron(self.pick(&["0 2 * * *", "@daily", ""]))
            } else {
                Timing::Rate(self.pick(&[0, 1, 90]), unit)
            },
            kickoff_time: self.text(),
        }
    }

    fn notification(&mut self) -> Notification<'static> {
        Notification {
            phases: self.several(4, |random, _| {
                random.pick(&[
                    Phase::Succeeded,
                    Phase::Failed,
                    Phase::Aborted,
                    Phase::TimedOut,
                ])
            }),
            channel: self.pick(&[Channel::Email, Channel::PagerDuty, Channel::Slack]),
            recipients: self.several(3, |random, _| random.text()),
        }
    }
}
