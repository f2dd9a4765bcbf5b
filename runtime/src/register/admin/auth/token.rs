//! Tokens, which are shown only to servers.

use std::time::SystemTime;

use oauth2::basic::BasicTokenResponse;
use oauth2::{RefreshToken, TokenResponse};
use tonic::metadata::{Ascii, MetadataKey, MetadataMap, MetadataValue};

use super::SignInError;
use super::server::Server;
use crate::register::settings::Secret;

/// A token, and the header that carries it.
#[derive(Clone, Debug)]
pub(in crate::register::admin) struct Token {
    key: MetadataKey<Ascii>,
    value: MetadataValue<Ascii>,
    access: Secret,
    refresh: Option<RefreshToken>,
    expires: Option<SystemTime>,
}

impl Token {
    /// A token of which only the text is known.
    pub(super) fn new(key: MetadataKey<Ascii>, access: Secret) -> Result<Self, SignInError> {
        Ok(Token {
            key,
            value: bearer(&access)?,
            access,
            refresh: None,
            expires: None,
        })
    }

    /// A token from a server's answer.
    pub(super) fn of_answer(
        server: &Server,
        answer: &BasicTokenResponse,
    ) -> Result<Self, SignInError> {
        let access = Secret(answer.access_token().secret().clone());
        let lifetime = answer.expires_in();
        Ok(Token {
            refresh: answer.refresh_token().cloned(),
            expires: lifetime.and_then(|it| SystemTime::now().checked_add(it)),
            ..Token::new(server.key.clone(), access)?
        })
    }

    /// This token with a refresh token and an expiry.
    pub(super) fn with(mut self, refresh: Option<Secret>, expires: Option<SystemTime>) -> Self {
        self.refresh = refresh.map(|it| RefreshToken::new(it.0));
        self.expires = expires;
        self
    }

    pub(super) fn without_refresh(self) -> Self {
        Token {
            refresh: None,
            ..self
        }
    }

    /// Keeps the old refresh token if the server has sent no new one.
    pub(super) fn or_refresh_by(mut self, old: &RefreshToken) -> Self {
        self.refresh.get_or_insert_with(|| old.clone());
        self
    }

    /// Adds the token to the metadata of a call.
    pub(in crate::register::admin) fn show(&self, metadata: &mut MetadataMap) {
        metadata.insert(self.key.clone(), self.value.clone());
    }

    pub(super) fn key(&self) -> &MetadataKey<Ascii> {
        &self.key
    }

    pub(super) fn access(&self) -> &Secret {
        &self.access
    }

    pub(super) fn refresh(&self) -> Option<&RefreshToken> {
        self.refresh.as_ref()
    }

    pub(super) fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    pub(super) fn is_expired(&self) -> bool {
        self.expires.is_some_and(|it| it <= SystemTime::now())
    }

    pub(super) fn is_same(&self, other: &Token) -> bool {
        self.access == other.access
    }
}

/// A token as the value of a header.
pub(in crate::register::admin) fn bearer(
    token: &Secret,
) -> Result<MetadataValue<Ascii>, SignInError> {
    let value: Result<MetadataValue<Ascii>, _> = format!("Bearer {}", token.0).parse();
    let mut value = value.map_err(|_| {
        SignInError::new(
            "the token has characters that headers cannot contain",
            "it must be one line of ASCII",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_sees_it() {
        let key = MetadataKey::from_static("authorization");
        let token = Token::new(key, Secret("s3cret".to_owned())).expect("a token");
        let token = token.with(Some(Secret("s3cret too".to_owned())), None);
        let mut metadata = MetadataMap::new();
        token.show(&mut metadata);
        assert_eq!(metadata.get("authorization").expect("it"), "Bearer s3cret");
        let shown = format!("{token:?} {metadata:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn one_that_no_header_can_carry_is_refused_without_it() {
        let token = bearer(&Secret("s3cret\nlines".to_owned()));
        let error = token.expect_err("two lines").message;
        assert_eq!(
            error,
            "the token has characters that headers cannot contain"
        );
    }
}
