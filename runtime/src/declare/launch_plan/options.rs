//! The settings of a launch plan's executions.

/// The schedule of a launch plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule<'a> {
    /// The times.
    pub timing: Timing<'a>,
    /// The input that gets the scheduled time; empty for none.
    pub kickoff_time: &'a str,
}

/// The times of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing<'a> {
    /// The times of a cron expression.
    Cron(&'a str),
    /// A fixed rate: a number of units.
    Rate(u32, RateUnit),
}

/// The unit of a rate, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateUnit {
    /// 60 seconds.
    Minute = 0,
    /// 60 minutes.
    Hour = 1,
    /// 24 hours.
    Day = 2,
}

/// A notification about the end of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification<'a> {
    /// The phases that cause the notification.
    pub phases: &'a [Phase],
    /// The channel.
    pub channel: Channel,
    /// The e-mail addresses, also for Slack and `PagerDuty`.
    pub recipients: &'a [&'a str],
}

/// The final phase of an execution, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It succeeded.
    Succeeded = 4,
    /// It failed with an error.
    Failed = 6,
    /// A user aborted it.
    Aborted = 7,
    /// It timed out.
    TimedOut = 8,
}

/// The channel of a notification, with the numbers of the fields of `Notification`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Email = 2,
    /// `PagerDuty`, by its e-mail addresses.
    PagerDuty = 3,
    /// Slack, by its e-mail addresses.
    Slack = 4,
}

/// The limit of simultaneous executions of a launch plan, of all its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concurrency {
    /// The maximum number.
    pub max: u32,
    /// The treatment of further executions.
    pub behavior: Behavior,
}

/// The treatment of executions above the limit, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behavior {
    /// The execution starts.
    Unspecified = 0,
    /// The execution is skipped.
    Skip = 1,
}
