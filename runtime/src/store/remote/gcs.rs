//! Google Cloud Storage.

use std::sync::Arc;

use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder, GoogleConfigKey as Key};
use object_store::{ClientConfigKey, ObjectStore, StaticCredentialProvider};

use super::client::{Access, Settings};
use super::listen::Listening;
use crate::environment::Environment;

pub(super) fn client(bucket: &str, settings: Settings) -> Result<Arc<dyn ObjectStore>, String> {
    let client = builder(bucket, settings).build();
    Ok(Arc::new(client.map_err(|error| error.to_string())?))
}

fn builder(bucket: &str, settings: Settings) -> GoogleCloudStorageBuilder {
    let Settings {
        environment,
        options,
        retry,
        access,
    } = settings;
    let builder = GoogleCloudStorageBuilder::new()
        .with_http_connector(Listening)
        .with_client_options(options)
        .with_retry(retry);
    let builder = configured(builder, &environment).with_bucket_name(bucket);
    match access {
        Access::Configured => builder,
        Access::Anonymous => builder.with_skip_signature(true),
    }
}

fn configured(
    builder: GoogleCloudStorageBuilder,
    environment: &Environment,
) -> GoogleCloudStorageBuilder {
    let builder = environment
        .starting_with("GOOGLE_")
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value)))
        .fold(builder, |builder, (key, value): (Key, _)| {
            builder.with_config(key, value)
        });
    match environment.get("STORAGE_EMULATOR_HOST") {
        Some(host) => emulated(builder, host),
        None => builder,
    }
}

/// A client of an emulator, which checks no credentials. Its address may lack `http://`.
fn emulated(builder: GoogleCloudStorageBuilder, host: &str) -> GoogleCloudStorageBuilder {
    let url = if host.contains("://") {
        host.to_owned()
    } else {
        format!("http://{host}")
    };
    // For writes the crate `object_store` asks for credentials, although nothing is signed.
    let nobody = GcpCredential {
        bearer: "emulator".to_owned(),
    };
    builder
        .with_base_url(&url)
        .with_skip_signature(true)
        .with_credentials(Arc::new(StaticCredentialProvider::new(nobody)))
        .with_config(Key::Client(ClientConfigKey::AllowHttp), "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(variables: &[(&str, &str)], key: Key) -> Option<String> {
        builder("bucket", Settings::with(variables)).get_config_value(&key)
    }

    #[test]
    fn googles_variables_are_taken() {
        let variables = [
            ("GOOGLE_APPLICATION_CREDENTIALS", "/key.json"),
            ("GOOGLE_BUCKET", "another"),
        ];
        let credentials = value(&variables, Key::ApplicationCredentials);
        assert_eq!(credentials.as_deref(), Some("/key.json"));
        assert_eq!(value(&variables, Key::Bucket).as_deref(), Some("bucket"));
    }

    #[test]
    fn an_emulator_may_lack_its_scheme() {
        for host in ["127.0.0.1:4443", "http://127.0.0.1:4443"] {
            let variables = [("STORAGE_EMULATOR_HOST", host)];
            let url = value(&variables, Key::BaseUrl);
            assert_eq!(url.as_deref(), Some("http://127.0.0.1:4443"));
            assert_eq!(
                value(&variables, Key::SkipSignature).as_deref(),
                Some("true")
            );
        }
    }
}
