//! Fetches the details of a failed operation from its server: the whole message, the position in the query,
//! and the causes.

use std::time::Duration;

use spark_connect_core::runtime::block_on;
use spark_connect_core::{ChannelBuilder, SparkConnectClient};
use spark_connect_proto::fetch_error_details_response::Error as Detail;
use spark_connect_proto::fetch_error_details_response::query_context::ContextType;
use spark_connect_proto::{FetchErrorDetailsRequest, FetchErrorDetailsResponse, UserContext};

use super::remote::Remote;
use crate::engine::wait::within;

/// How long all sessions together may take to answer.
const LIMIT: Duration = Duration::from_secs(3);

/// The details of an error from its server.
pub(super) struct Details {
    /// The whole message.
    pub(super) message: String,
    /// The position in the query, and the causes, on several lines.
    pub(super) more: String,
}

/// Asks a server for the error `id` of one of these sessions. A server returns an error only once.
pub(super) fn fetch(id: &str, remote: &Remote, sessions: Vec<String>) -> Option<Details> {
    let (id, remote) = (id.to_owned(), remote.clone());
    within(LIMIT, move || {
        sessions
            .iter()
            .find_map(|session| Details::read(ask(&id, &remote, session)?))
    })?
}

fn ask(id: &str, remote: &Remote, session: &str) -> Option<FetchErrorDetailsResponse> {
    let request = FetchErrorDetailsRequest {
        session_id: session.to_owned(),
        user_context: Some(UserContext::default()),
        error_id: id.to_owned(),
        ..FetchErrorDetailsRequest::default()
    };
    let answer = block_on(async {
        let address = ChannelBuilder::parse(remote.url())?;
        let client = SparkConnectClient::connect(&address).await?;
        client.fetch_error_details(request).await
    });
    match answer {
        Ok(answer) => Some(answer),
        Err(error) => {
            tracing::debug!(%error, "the server does not tell more about an error");
            None
        }
    }
}

impl Details {
    fn read(answer: FetchErrorDetailsResponse) -> Option<Self> {
        let FetchErrorDetailsResponse {
            root_error_idx,
            errors,
            ..
        } = answer;
        let at = |index: Option<i32>| errors.get(usize::try_from(index?).ok()?);
        let root = at(root_error_idx)?;
        // At most as many as there are, because the server may send a cyclic chain.
        let causes = std::iter::successors(at(root.cause_idx), |error| at(error.cause_idx))
            .take(errors.len())
            .filter(|cause| !root.message.contains(&cause.message))
            .map(named);
        let more: Vec<String> = place(root).into_iter().chain(causes).collect();
        Some(Details {
            message: root.message.trim_start().to_owned(),
            more: more.join("\n"),
        })
    }
}

/// Formats an error like Java: `Caused by: java.io.IOException: message`.
fn named(error: &Detail) -> String {
    let class = error.error_type_hierarchy.first();
    let class = class.map_or_else(String::new, |class| format!("{class}: "));
    format!("Caused by: {class}{}", error.message)
}

/// The position in the query, if the message does not show it.
fn place(error: &Detail) -> Option<String> {
    let contexts = &error.spark_throwable.as_ref()?.query_contexts;
    let context = contexts.first().filter(|context| {
        context.context_type() == ContextType::Sql && !context.fragment.is_empty()
    })?;
    if error.message.contains("== SQL") {
        return None;
    }
    let start = context.start_index.saturating_add(1);
    let fragment = &context.fragment;
    Some(format!(
        "In the query from character {start} on: {fragment}"
    ))
}
