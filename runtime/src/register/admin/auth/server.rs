//! Flyte Admin's information about signing in.

use flytekit_proto::flyteidl::service::auth_metadata_service_client::AuthMetadataServiceClient;
use flytekit_proto::flyteidl::service::{
    OAuth2MetadataRequest, OAuth2MetadataResponse, PublicClientAuthConfigRequest,
    PublicClientAuthConfigResponse,
};
use oauth2::basic::BasicClient;
use oauth2::url::{Host, Url};
use oauth2::{ClientId, EndpointNotSet, EndpointSet, Scope, TokenUrl};
use tonic::Code;
use tonic::metadata::{Ascii, MetadataKey};

use super::SignInError;
use crate::console::ShownUrl;
use crate::register::admin::AdminError;
use crate::register::admin::channel;
use crate::register::admin::line::Line;
use crate::register::admin::retry::Repeat;
use crate::register::settings::{Auth, AuthMode};

/// A client that can request tokens for an application.
pub(super) type Client =
    BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The endpoints and parameters for obtaining tokens.
#[derive(Debug)]
pub(super) struct Server {
    /// The name of the header that carries the token.
    pub(super) key: MetadataKey<Ascii>,
    pub(super) token_endpoint: String,
    pub(super) authorization_endpoint: String,
    pub(super) device_endpoint: String,
    /// The client id for command lines.
    pub(super) client_id: String,
    /// The address of the client's listener.
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) audience: Option<String>,
    /// Whether the settings turn encryption off.
    is_plain: bool,
}

impl Server {
    /// Asks the server, without a token. The settings override the server's answers.
    pub(super) async fn ask(line: &Line) -> Result<Self, AdminError> {
        let auth = &line.platform().auth;
        let public = public_client(line).await;
        let endpoints = endpoints(line).await;
        // A program that provides tokens needs none of the server's information.
        let is_told = auth.mode == AuthMode::ExternalCommand;
        let (public, endpoints) = match (public, endpoints) {
            (Ok(public), Ok(endpoints)) => (public, endpoints),
            (public, _) if is_told => (
                public.unwrap_or_default(),
                OAuth2MetadataResponse::default(),
            ),
            (Err(error), _) | (_, Err(error)) => return Err(of_unable(error)),
        };
        Ok(Server {
            is_plain: line.address().is_plain(),
            ..Server::new(auth, public, endpoints)
        })
    }

    fn new(
        auth: &Auth,
        public: PublicClientAuthConfigResponse,
        endpoints: OAuth2MetadataResponse,
    ) -> Self {
        let usual = MetadataKey::from_static("authorization");
        let scopes = if auth.scopes.is_empty() {
            public.scopes
        } else {
            auth.scopes.clone()
        };
        let audience = auth.audience.clone().unwrap_or(public.audience);
        let own_client = auth.client_id.clone().unwrap_or_default();
        Server {
            key: public.authorization_metadata_key.parse().unwrap_or(usual),
            token_endpoint: endpoints.token_endpoint,
            authorization_endpoint: endpoints.authorization_endpoint,
            device_endpoint: endpoints.device_authorization_endpoint,
            client_id: Some(public.client_id)
                .filter(|it| !it.is_empty())
                .unwrap_or(own_client),
            redirect_uri: public.redirect_uri,
            scopes: scopes.into_iter().map(Scope::new).collect(),
            audience: Some(audience).filter(|it| !it.is_empty()),
            is_plain: false,
        }
    }

    /// A client for this application.
    pub(super) fn client(&self, id: &str) -> Result<Client, SignInError> {
        let token = self.place("token endpoint", &self.token_endpoint)?;
        let client = BasicClient::new(ClientId::new(id.to_owned()));
        Ok(client.set_token_uri(TokenUrl::from_url(token)))
    }

    /// Checks an address from the server, to which credentials or a browser are sent. It must be encrypted or
    /// local, unless the settings turn encryption off.
    pub(super) fn place(&self, what: &str, url: &str) -> Result<Url, SignInError> {
        let place = Url::parse(url).map_err(|why| no_url(what, url, &why))?;
        let is_this_machine = match place.host() {
            Some(Host::Domain(name)) => channel::is_loopback(name),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match place.scheme() {
            "https" => Ok(place),
            "http" if self.is_plain || is_this_machine => Ok(place),
            "http" => Err(SignInError::new(
                format!("the server's {what} `{}` is not encrypted", ShownUrl(url)),
                "credentials are not sent there: the administrators of Flyte must set it to an \
                 https:// URL; admin.insecure in config.yaml allows http://, without any secrecy",
            )),
            _ => Err(no_url(what, url, &"it does not begin with https://")),
        }
    }
}

/// The error for an invalid URL from the server.
pub(super) fn no_url(what: &str, url: &str, why: &dyn std::fmt::Display) -> SignInError {
    let message = match url {
        "" => format!("the server has no {what}"),
        url => format!(
            "the server's {what} `{}` is not a URL: {why}",
            ShownUrl(url)
        ),
    };
    SignInError::new(
        message,
        "Flyte is not configured for this kind of sign-in; admin.authType in config.yaml, or \
         FLYTE_CREDENTIALS_AUTH_MODE, selects another one",
    )
}

fn of_unable(error: AdminError) -> AdminError {
    match error.code() {
        Code::Unimplemented => error.advising(
            "the server requires a token, but does not say where to get one: use authType ExternalCommand \
             with a program that prints a token",
        ),
        _ => error,
    }
}

async fn public_client(line: &Line) -> Result<PublicClientAuthConfigResponse, AdminError> {
    let request = PublicClientAuthConfigRequest {};
    let call = |channel, request| async move {
        let mut client = AuthMetadataServiceClient::new(channel);
        client.get_public_client_config(request).await
    };
    let what = "ask how to sign in";
    line.call(what, Repeat::Harmless, &request, None, &call)
        .await
}

async fn endpoints(line: &Line) -> Result<OAuth2MetadataResponse, AdminError> {
    let request = OAuth2MetadataRequest {};
    let call = |channel, request| async move {
        let mut client = AuthMetadataServiceClient::new(channel);
        client.get_o_auth2_metadata(request).await
    };
    let what = "ask where to sign in";
    line.call(what, Repeat::Harmless, &request, None, &call)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(is_plain: bool) -> Server {
        let server = Server::new(
            &Auth::default(),
            PublicClientAuthConfigResponse::default(),
            OAuth2MetadataResponse::default(),
        );
        Server { is_plain, ..server }
    }

    #[test]
    fn credentials_go_where_nobody_listens() {
        let is_taken = |is_plain, url| server(is_plain).place("page", url).is_ok();
        for url in [
            "https://a/b",
            "http://localhost:1/",
            "http://127.0.0.9/",
            "http://[::1]/",
        ] {
            assert!(is_taken(false, url), "{url}");
        }
        for url in [
            "http://a/",
            "http://localhost.a/",
            "http://10.0.0.1/",
            "http://[::2]/",
        ] {
            assert!(!is_taken(false, url) && is_taken(true, url), "{url}");
        }
        for url in [
            "file:///a",
            "javascript:alert(1)",
            "data:text/html,a",
            "ws://a",
            "a",
            "",
        ] {
            assert!(!is_taken(true, url), "{url}");
        }
    }
}
