//! What a launch plan says about its executions.

/// When a launch plan starts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule<'a> {
    /// At which times.
    pub timing: Timing<'a>,
    /// The input that gets the time for which an execution was meant; nothing for none.
    pub kickoff_time: &'a str,
}

/// At which times something starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing<'a> {
    /// At those that a cron line names.
    Cron(&'a str),
    /// Every so many units.
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

/// Who is told that an execution has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification<'a> {
    /// The ways to end that are told.
    pub phases: &'a [Phase],
    /// By which way.
    pub channel: Channel,
    /// Addresses for e-mail, also those of Slack and `PagerDuty`.
    pub recipients: &'a [&'a str],
}

/// How an execution ended, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Well.
    Succeeded = 4,
    /// With an error.
    Failed = 6,
    /// Somebody ended it.
    Aborted = 7,
    /// It took too long.
    TimedOut = 8,
}

/// The way to somebody, with the numbers of the fields of `Notification`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Email = 2,
    /// `PagerDuty`, by its addresses for e-mail.
    PagerDuty = 3,
    /// Slack, by its addresses for e-mail.
    Slack = 4,
}

/// How many executions of a launch plan, of all its versions, there may be at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concurrency {
    /// So many.
    pub max: u32,
    /// What becomes of one too many.
    pub behavior: Behavior,
}

/// What becomes of an execution that would be one too many, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behavior {
    /// It starts all the same.
    Unspecified = 0,
    /// It does not start.
    Skip = 1,
}
