//! The Jobs API.

use std::time::Instant;

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use super::auth::Way;
use super::state::phase;
use super::web::{self, Answer, Ask, Http, JSON};
use crate::{Call, Failure, Phase, json};

/// The path of flytekit's calls.
const PATH: &str = "/api/2.1/jobs";
const SUBMIT: &str = "runs/submit";

/// The kept part of a run's error, in bytes. It is the end, which holds the reason.
const ERROR: usize = 10_000;

/// A client of the API.
pub(super) struct Api {
    http: Http,
}

/// A run, or Databricks' message that it does not exist.
pub(super) enum Found {
    Run(Run),
    Gone(String),
}

/// The fields of `runs/get`'s answer that are used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Run {
    #[serde(rename = "run_id")]
    number: Option<Number>,
    #[serde(rename = "job_id")]
    of_job: Option<Number>,
    state: Option<State>,
    tasks: Vec<Run>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct State {
    #[serde(rename = "life_cycle_state")]
    life_cycle: Option<String>,
    #[serde(rename = "result_state")]
    result: Option<String>,
    #[serde(rename = "state_message")]
    message: Option<String>,
}

/// The fields of `runs/get-output`'s answer that are used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Output {
    error: Option<String>,
    error_trace: Option<String>,
    logs: Option<String>,
}

impl Run {
    /// The phase of the run; a run without a state is initializing.
    pub(super) fn phase(&self) -> Phase {
        let Some(state) = &self.state else {
            return Phase::Initializing;
        };
        match &state.life_cycle {
            Some(word) => phase(word, state.result.as_deref()),
            None => Phase::Initializing,
        }
    }

    pub(super) fn message(&self) -> &str {
        let message = self.state.as_ref().and_then(|it| it.message.as_deref());
        message.unwrap_or_default()
    }

    pub(super) fn job_id(&self) -> Option<String> {
        self.of_job.as_ref().map(ToString::to_string)
    }

    /// The run with output of its own: the failed task, or the first.
    fn with_output(&self) -> Option<String> {
        let failed = self
            .tasks
            .iter()
            .find(|it| matches!(it.phase(), Phase::Failed | Phase::RetryableFailed));
        let run = failed.or(self.tasks.first()).unwrap_or(self);
        run.number.as_ref().map(ToString::to_string)
    }
}

impl Api {
    pub(super) fn new(http: Http) -> Self {
        Api { http }
    }

    /// Submits a run, and returns its number.
    pub(super) async fn submit(
        &self,
        way: &Way<'_>,
        body: &Value,
        call: &Call,
    ) -> Result<String, Failure> {
        #[derive(Deserialize)]
        struct Submitted {
            run_id: Number,
        }
        let what = "create databricks job";
        let target = Target::new(way, call, what);
        let answer = self
            .call::<Submitted>(&target, Method::POST, SUBMIT, body.to_string().into())
            .await?;
        match answer {
            Ok(submitted) => Ok(submitted.run_id.to_string()),
            Err(refusal) => Err(refusal.failure(what)),
        }
    }

    pub(super) async fn get(
        &self,
        way: &Way<'_>,
        run_id: &str,
        call: &Call,
    ) -> Result<Found, Failure> {
        let what = format!("get databricks job {run_id}");
        let target = Target::new(way, call, &what);
        let path = format!("runs/get?run_id={}", number(run_id)?);
        let answer = self.call(&target, Method::GET, &path, Bytes::new()).await?;
        match answer {
            Ok(run) => Ok(Found::Run(run)),
            Err(refusal) if refusal.is_gone() => Ok(Found::Gone(refusal.words())),
            Err(refusal) => Err(refusal.failure(&what)),
        }
    }

    /// Cancels a run; a run that does not exist counts as cancelled.
    pub(super) async fn cancel(
        &self,
        way: &Way<'_>,
        run_id: &str,
        call: &Call,
    ) -> Result<(), Failure> {
        let what = format!("cancel databricks job {run_id}");
        let target = Target::new(way, call, &what);
        // As text, like flytekit.
        let body = serde_json::json!({"run_id": run_id}).to_string().into();
        let answer = self
            .call::<Value>(&target, Method::POST, "runs/cancel", body)
            .await?;
        match answer {
            Ok(_) => Ok(()),
            Err(refusal) if refusal.is_gone() => Ok(()),
            Err(refusal) => Err(refusal.failure(&what)),
        }
    }

    /// The error message of a failed run, if Databricks keeps it.
    pub(super) async fn error(&self, way: &Way<'_>, run: &Run, call: &Call) -> Option<String> {
        let output = self.output(way, run, call).await;
        let output = output
            .inspect_err(
                |failure| tracing::debug!(%failure, "Databricks keeps no error of the run"),
            )
            .ok()?;
        let parts = [output.error, output.error_trace];
        let parts: Vec<_> = parts
            .into_iter()
            .flatten()
            .filter(|it| !it.is_empty())
            .collect();
        (!parts.is_empty()).then(|| end_of(&parts.join("\n")).to_owned())
    }

    /// The part of a run's output that Databricks keeps.
    pub(super) async fn log(
        &self,
        way: &Way<'_>,
        run_id: &str,
        call: &Call,
    ) -> Result<String, Failure> {
        match self.get(way, run_id, call).await? {
            Found::Gone(words) => Err(Failure::user(words)),
            Found::Run(run) => {
                let output = self.output(way, &run, call).await?;
                Ok(output.logs.unwrap_or_default())
            }
        }
    }

    async fn output(&self, way: &Way<'_>, run: &Run, call: &Call) -> Result<Output, Failure> {
        let Some(run_id) = run.with_output() else {
            return Ok(Output::default());
        };
        let what = format!("get the output of databricks job {run_id}");
        let target = Target::new(way, call, &what);
        let path = format!("runs/get-output?run_id={run_id}");
        let answer = self.call(&target, Method::GET, &path, Bytes::new()).await?;
        answer.map_err(|refusal: Refusal| refusal.failure(&what))
    }

    /// Calls with a token, and with a new token if the first is refused.
    ///
    /// A refusal contains no token.
    async fn call<T: DeserializeOwned>(
        &self,
        target: &Target<'_>,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Result<T, Refusal>, Failure> {
        let url = format!("https://{}{PATH}/{path}", target.way.workspace());
        let mut refused = None;
        loop {
            let token = target.way.token(target.until).await;
            let token = token.map_err(|failure| target.failed(&failure))?;
            if let Some((refusal, _)) = refused.take_if(|(_, known)| *known == token) {
                return Ok(Err(refusal));
            }
            let ask = Ask {
                method: method.clone(),
                url: &url,
                token: Some(&token),
                hidden: None,
                kind: JSON,
                body: body.clone(),
                // Otherwise, a run whose number nobody knows could continue.
                is_settled: path == SUBMIT,
            };
            let answer = web::ask(&self.http, &ask, target.until, |answer| read(&answer)).await;
            let answer = answer.map_err(|failure| target.failed(&failure))?;
            match answer {
                Err(refusal) if refused.is_none() && refusal.status == StatusCode::UNAUTHORIZED => {
                    target.way.forget(&token).await;
                    refused = Some((refusal, token));
                }
                answer => return Ok(answer),
            }
        }
    }
}

/// The destination and the purpose of a call.
struct Target<'a> {
    way: &'a Way<'a>,
    until: Instant,
    what: &'a str,
}

impl<'a> Target<'a> {
    fn new(way: &'a Way<'a>, call: &Call, what: &'a str) -> Self {
        Target {
            way,
            until: web::until(call.deadline),
            what,
        }
    }

    fn failed(&self, failure: &Failure) -> Failure {
        failure.with(format!("Failed to {} with error: {failure}", self.what))
    }
}

/// Databricks' refusal of a request.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    code: String,
    message: String,
}

impl Refusal {
    fn of(answer: &Answer) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Body {
            error_code: String,
            message: String,
        }
        let body: Body = serde_json::from_str(&answer.body).unwrap_or_default();
        let message = if body.message.is_empty() {
            &answer.body
        } else {
            &body.message
        };
        Refusal {
            status: answer.status,
            code: body.error_code,
            message: web::shown(message),
        }
    }

    /// Whether the run does not exist. The older API reports that as a wrong parameter.
    fn is_gone(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
            || self.code == "RESOURCE_DOES_NOT_EXIST"
            || (self.code == "INVALID_PARAMETER_VALUE" && self.message.contains("does not exist"))
    }

    fn words(&self) -> String {
        let Refusal {
            status,
            code,
            message,
        } = self;
        let reason = status.canonical_reason().unwrap_or_default();
        let parts = [reason, code, message].map(str::trim);
        let parts: Vec<_> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        parts.join(": ")
    }

    fn failure(&self, what: &str) -> Failure {
        let words = self.words();
        let help = match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                "; the credentials are refused: check the secret that the task or the connector names"
            }
            _ => "",
        };
        Failure::user(format!("Failed to {what} with error: {words}{help}"))
    }
}

/// Parses a whole answer; a truncated answer is an error.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<Result<T, Refusal>, String> {
    if answer.status != StatusCode::OK {
        return Ok(Err(Refusal::of(answer)));
    }
    let body = if answer.body.trim().is_empty() {
        "{}"
    } else {
        &answer.body
    };
    let read = json::read(body.as_bytes());
    read.map(Ok)
        .map_err(|reason| format!("Databricks' answer does not have the expected form: {reason}"))
}

/// A run's number, checked because it becomes a part of URLs.
fn number(run_id: &str) -> Result<&str, Failure> {
    let is_number = !run_id.is_empty() && run_id.bytes().all(|it| it.is_ascii_digit());
    if is_number {
        return Ok(run_id);
    }
    Err(Failure::internal(format!(
        "`{run_id}` in `resource_meta` is not the number of a run"
    )))
}

/// The last characters.
fn end_of(text: &str) -> &str {
    let start = text.len().saturating_sub(ERROR);
    let start = (start..=text.len()).find(|&it| text.is_char_boundary(it));
    &text[start.unwrap_or_default()..]
}
