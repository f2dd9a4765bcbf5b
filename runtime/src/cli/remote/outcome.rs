//! The outcome of a run.

use flytekit_proto::flyteidl::admin::execution_closure::OutputResult;
use flytekit_proto::flyteidl::admin::{
    Execution, ExecutionClosure, UrlBlob, WorkflowExecutionGetDataRequest, literal_map_blob,
};
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::workflow_execution::Phase;
use flytekit_proto::flyteidl::core::{ExecutionError, WorkflowExecutionIdentifier};
use prost::Message;

use crate::register::admin::Admin;
use crate::register::remote::Ended;
use crate::store;

/// The outputs as a `LiteralMap`, or the reason why there are no outputs.
pub(super) async fn of(
    admin: &Admin,
    id: &WorkflowExecutionIdentifier,
    ended: Ended,
) -> Result<Vec<u8>, String> {
    let run = match ended {
        Ended::Run(run) => *run,
        Ended::Time(phase) => return Err(format!("the run is still {phase}, and continues")),
        Ended::Connection(error) => return Err(format!("{error}; the run continues")),
    };
    let closure = run.closure.clone().unwrap_or_default();
    if closure.phase() == Phase::Succeeded {
        outputs(admin, id, &run).await
    } else {
        Err(why(&closure))
    }
}

async fn outputs(
    admin: &Admin,
    id: &WorkflowExecutionIdentifier,
    run: &Execution,
) -> Result<Vec<u8>, String> {
    let request = WorkflowExecutionGetDataRequest {
        id: Some(id.clone()),
    };
    let data = admin.get_execution_data(request).await;
    let data = data.map_err(|error| format!("the run succeeded, but {error}"))?;
    let inline = data.full_outputs.unwrap_or_default();
    let stored = data.outputs.filter(|blob| blob.bytes > 0);
    match stored {
        // The outputs are too large for an answer.
        Some(stored) if inline.literals.is_empty() => fetch(admin, &stored, run).await,
        _ => Ok(inline.encode_to_vec()),
    }
}

async fn fetch(admin: &Admin, stored: &UrlBlob, run: &Execution) -> Result<Vec<u8>, String> {
    let url = &stored.url;
    let read = if url.starts_with("http://") || url.starts_with("https://") {
        admin.download(url).await
    } else {
        store::read(url).map_err(|error| error.to_string())
    };
    read.map_err(|error| {
        let place = place(run).map_or_else(String::new, |uri| format!(" at {uri}"));
        format!(
            "the run succeeded, but its outputs, {} bytes{place}, cannot be read: {error}",
            stored.bytes
        )
    })
}

/// The place of the outputs, for users with access.
fn place(run: &Execution) -> Option<&str> {
    let closure = run.closure.as_ref()?;
    let Some(OutputResult::Outputs(outputs)) = &closure.output_result else {
        return None;
    };
    match outputs.data.as_ref()? {
        literal_map_blob::Data::Uri(uri) => Some(uri),
        literal_map_blob::Data::Values(_) => None,
    }
}

/// The reason why a run did not succeed.
fn why(closure: &ExecutionClosure) -> String {
    let what = match closure.phase() {
        Phase::Aborted => "the run was aborted",
        Phase::TimedOut => "the run took too long",
        _ => "the run failed",
    };
    match &closure.output_result {
        Some(OutputResult::Error(error)) => format!("{what}{}", of_error(error)),
        Some(OutputResult::AbortMetadata(abort)) => {
            let by = Some(&abort.principal).filter(|by| !by.is_empty());
            let by = by.map_or_else(String::new, |by| format!(" by {by}"));
            format!("{what}{by}: {}", or_no_reason(&abort.cause))
        }
        // Older versions of Flyte send this phase.
        Some(OutputResult::AbortCause(cause)) => format!("{what}: {}", or_no_reason(cause)),
        _ => format!("{what}: {}", or_no_reason("")),
    }
}

fn or_no_reason(cause: &str) -> &str {
    if cause.is_empty() {
        "no reason is given"
    } else {
        cause
    }
}

/// ` (user error, code BadInput): `, the message, and the place of the error document. The error of a map has
/// no code.
fn of_error(error: &ExecutionError) -> String {
    let kind = match error.kind() {
        ErrorKind::Unknown => None,
        ErrorKind::User => Some("user error".to_owned()),
        ErrorKind::System => Some("system error".to_owned()),
    };
    let code = Some(&error.code).filter(|code| !code.is_empty());
    let code = code.map(|code| format!("code {code}"));
    let known: Vec<_> = kind.into_iter().chain(code).collect();
    let known = match known.join(", ").as_str() {
        "" => String::new(),
        known => format!(" ({known})"),
    };
    let uri = match error.error_uri.as_str() {
        "" => String::new(),
        uri => format!("\n{uri}"),
    };
    let message = error.message.trim();
    format!("{known}: {message}{uri}")
}

#[cfg(test)]
mod tests {
    use flytekit_proto::flyteidl::admin::execution_closure::OutputResult;
    use flytekit_proto::flyteidl::admin::{AbortMetadata, ExecutionClosure};
    use flytekit_proto::flyteidl::core::ExecutionError;
    use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
    use flytekit_proto::flyteidl::core::workflow_execution::Phase;

    use super::why;

    #[track_caller]
    fn check(phase: Phase, result: Option<OutputResult>, told: &str) {
        let closure = ExecutionClosure {
            phase: phase.into(),
            output_result: result,
            ..Default::default()
        };
        assert_eq!(why(&closure), told);
    }

    #[test]
    fn a_run_says_why_it_did_not_succeed() {
        let error = |kind: ErrorKind, error_uri: &str| {
            Some(OutputResult::Error(ExecutionError {
                code: "BadInput".to_owned(),
                message: "no number\n".to_owned(),
                error_uri: error_uri.to_owned(),
                kind: kind.into(),
                ..Default::default()
            }))
        };
        let failed = "the run failed (user error, code BadInput): no number\ns3://b/error.pb";
        check(
            Phase::Failed,
            error(ErrorKind::User, "s3://b/error.pb"),
            failed,
        );
        let failed = "the run took too long (system error, code BadInput): no number";
        check(Phase::TimedOut, error(ErrorKind::System, ""), failed);
        let failed = "the run failed (code BadInput): no number";
        check(Phase::Failed, error(ErrorKind::Unknown, ""), failed);
        let of_map = ExecutionError {
            message: "[2]: no number\n".to_owned(),
            ..Default::default()
        };
        let failed = "the run failed: [2]: no number";
        check(Phase::Failed, Some(OutputResult::Error(of_map)), failed);
        let abort = |cause: &str, principal: &str| {
            Some(OutputResult::AbortMetadata(AbortMetadata {
                cause: cause.to_owned(),
                principal: principal.to_owned(),
            }))
        };
        check(
            Phase::Aborted,
            abort("enough", "me"),
            "the run was aborted by me: enough",
        );
        check(
            Phase::Aborted,
            abort("", ""),
            "the run was aborted: no reason is given",
        );
        let cause = Some(OutputResult::AbortCause("enough".to_owned()));
        check(Phase::Aborted, cause, "the run was aborted: enough");
        check(Phase::Failed, None, "the run failed: no reason is given");
    }
}
