//! Azure Blob Storage.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::azure::{AzureConfigKey as Key, MicrosoftAzureBuilder};

use super::client::{Access, Settings};
use super::listen::Listening;
use crate::environment::Environment;

/// flytekit's variables, which take precedence over Azure's.
const OWN: [(&str, Key); 5] = [
    ("FLYTE_AZURE_STORAGE_ACCOUNT_NAME", Key::AccountName),
    ("FLYTE_AZURE_STORAGE_ACCOUNT_KEY", Key::AccessKey),
    ("FLYTE_AZURE_TENANT_ID", Key::AuthorityId),
    ("FLYTE_AZURE_CLIENT_ID", Key::ClientId),
    ("FLYTE_AZURE_CLIENT_SECRET", Key::ClientSecret),
];

/// The domain of accounts unless their URI names another.
const CLOUD: &str = "core.windows.net";

pub(super) fn client(authority: &str, settings: Settings) -> Result<Arc<dyn ObjectStore>, String> {
    let client = builder(authority, settings).build();
    Ok(Arc::new(client.map_err(|error| error.to_string())?))
}

/// A client of `container`, or of `container@account.dfs.core.windows.net`.
fn builder(authority: &str, settings: Settings) -> MicrosoftAzureBuilder {
    let Settings {
        environment,
        options,
        retry,
        access,
    } = settings;
    let builder = MicrosoftAzureBuilder::new()
        .with_client_options(options)
        .with_http_connector(Listening)
        .with_retry(retry);
    let builder = configured(builder, &environment);
    let (container, account) = authority
        .split_once('@')
        .map_or((authority, None), |(container, account)| {
            (container, Some(account))
        });
    let builder = builder.with_container_name(container);
    let builder = match account {
        Some(account) => with_account(builder, account),
        None => builder,
    };
    let endpoint = builder.get_config_value(&Key::Endpoint);
    let plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    let builder = builder.with_allow_http(plain);
    match access {
        Access::Configured => builder,
        Access::Anonymous => builder.with_skip_signature(true),
    }
}

fn configured(builder: MicrosoftAzureBuilder, environment: &Environment) -> MicrosoftAzureBuilder {
    let of_azure = environment
        .starting_with("AZURE_")
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value)));
    let own = OWN
        .iter()
        .filter_map(|(name, key)| Some((*key, environment.get(name)?)));
    of_azure.chain(own).fold(builder, |builder, (key, value)| {
        builder.with_config(key, value)
    })
}

/// Sets the account of `account.dfs.core.windows.net` and, in another cloud, also the endpoint.
fn with_account(builder: MicrosoftAzureBuilder, host: &str) -> MicrosoftAzureBuilder {
    let (account, rest) = host.split_once('.').unwrap_or((host, CLOUD));
    let builder = builder.with_account(account);
    let cloud = rest
        .split_once('.')
        .map_or(rest, |(service, cloud)| match service {
            "dfs" | "blob" => cloud,
            _ => rest,
        });
    let has_endpoint = builder.get_config_value(&Key::Endpoint).is_some();
    if cloud == CLOUD || has_endpoint {
        builder
    } else {
        builder.with_endpoint(format!("https://{account}.blob.{cloud}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(variables: &[(&str, &str)], authority: &str, key: Key) -> Option<String> {
        builder(authority, Settings::with(variables)).get_config_value(&key)
    }

    #[test]
    fn flytekits_variables_come_before_those_of_azure() {
        let variables = [
            ("AZURE_STORAGE_ACCOUNT_NAME", "another"),
            ("FLYTE_AZURE_STORAGE_ACCOUNT_NAME", "account"),
            ("FLYTE_AZURE_STORAGE_ACCOUNT_KEY", "a2V5"),
            ("FLYTE_AZURE_TENANT_ID", "tenant"),
            ("FLYTE_AZURE_CLIENT_ID", "client"),
            ("FLYTE_AZURE_CLIENT_SECRET", "secret"),
        ];
        for (key, expected) in [
            (Key::AccountName, "account"),
            (Key::AccessKey, "a2V5"),
            (Key::AuthorityId, "tenant"),
            (Key::ClientId, "client"),
            (Key::ClientSecret, "secret"),
            (Key::ContainerName, "box"),
        ] {
            assert_eq!(value(&variables, "box", key).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_uri_may_name_the_account() {
        for (authority, account, endpoint) in [
            ("box@one.dfs.core.windows.net", "one", None),
            ("box@one.blob.core.windows.net", "one", None),
            ("box@one", "one", None),
            (
                "box@one.dfs.core.chinacloudapi.cn",
                "one",
                Some("https://one.blob.core.chinacloudapi.cn"),
            ),
        ] {
            let variables = [("FLYTE_AZURE_STORAGE_ACCOUNT_NAME", "another")];
            let value = |key| value(&variables, authority, key);
            assert_eq!(value(Key::ContainerName).as_deref(), Some("box"));
            assert_eq!(value(Key::AccountName).as_deref(), Some(account));
            assert_eq!(value(Key::Endpoint).as_deref(), endpoint);
        }
    }
}
