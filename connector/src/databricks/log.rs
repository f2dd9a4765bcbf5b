//! The output of a run.

use flytekit_proto::flyteidl::admin::LogLine;
use flytekit_proto::flyteidl::admin::LogLineOriginator;

use crate::{Failure, Logs, LogsQuery};

/// The default number of lines in an answer.
const LINES: usize = 1000;

/// The requested lines; the token is the number of lines before them.
pub(super) fn page(text: &str, query: &LogsQuery) -> Result<Logs, Failure> {
    let before: usize = match &*query.token {
        "" => 0,
        token => token
            .parse()
            .map_err(|_| Failure::user(format!("`{token}` is not a token of an earlier answer")))?,
    };
    let most = match usize::try_from(query.lines) {
        Ok(0) | Err(_) => LINES,
        Ok(most) => most.min(LINES),
    };
    let mut rest = text.lines().skip(before);
    let lines: Vec<_> = rest.by_ref().take(most).map(line).collect();
    let token = match rest.next() {
        Some(_) => (before + lines.len()).to_string(),
        None => String::new(),
    };
    Ok(Logs { lines, token })
}

fn line(text: &str) -> LogLine {
    LogLine {
        timestamp: None,
        message: text.to_owned(),
        originator: LogLineOriginator::User.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_page_by_page() {
        let mut query = LogsQuery {
            lines: 2,
            ..LogsQuery::default()
        };
        let mut seen = Vec::new();
        loop {
            let logs = page("a\nb\nc\nd\ne\n", &query).unwrap();
            seen.push(logs.lines.iter().map(|it| &*it.message).collect::<String>());
            if logs.token.is_empty() {
                break;
            }
            query.token = logs.token;
        }
        assert_eq!(seen, ["ab", "cd", "e"]);
        query.token = "x".to_owned();
        assert!(page("a", &query).is_err());
    }
}
