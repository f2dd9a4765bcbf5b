//! The parser of schedules.

use serde::{Deserialize, Serialize};

use super::ask;

/// What the parser that Flyte Admin and its scheduler use says of each of these cron lines: nothing, or what is
/// wrong with it.
///
/// # Panics
///
/// When the request is none.
///
/// ```no_run
/// use flytekit_test_support::backend::cron;
///
/// assert_eq!(cron(&["0 2 * * *".to_owned()]), [None]);
/// ```
pub fn cron(lines: &[String]) -> Vec<Option<String>> {
    #[derive(Serialize)]
    struct Question<'a> {
        lines: &'a [String],
    }
    #[derive(Deserialize)]
    struct Answer {
        problems: Vec<Option<String>>,
    }
    ask::<Answer>("cron", &Question { lines }).problems
}
