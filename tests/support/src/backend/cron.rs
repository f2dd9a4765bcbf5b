//! The parser of schedules.

use serde::{Deserialize, Serialize};

use super::ask;

/// Parses cron lines with the parser of Flyte Admin and its scheduler. Returns the error of each line, or
/// None.
///
/// # Panics
///
/// If the request is invalid.
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
