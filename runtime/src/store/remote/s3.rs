//! Amazon S3, and servers with the same protocol.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey as Key};

use super::client::{Access, Settings};
use super::listen::Listening;
use crate::console::ShownUrl;
use crate::environment::Environment;

/// flytekit's variables, which take precedence over those of AWS.
const OWN: [(&str, Key); 3] = [
    ("FLYTE_AWS_ENDPOINT", Key::S3Endpoint),
    ("FLYTE_AWS_ACCESS_KEY_ID", Key::AccessKeyId),
    ("FLYTE_AWS_SECRET_ACCESS_KEY", Key::SecretAccessKey),
];

pub(super) fn client(bucket: &str, settings: Settings) -> Result<Arc<dyn ObjectStore>, String> {
    let builder = builder(bucket, settings)?;
    let client = builder.build().map_err(|error| error.to_string())?;
    Ok(Arc::new(client))
}

fn builder(bucket: &str, settings: Settings) -> Result<AmazonS3Builder, String> {
    let Settings {
        environment,
        options,
        retry,
        access,
    } = settings;
    let builder = AmazonS3Builder::new()
        .with_http_connector(Listening)
        .with_client_options(options)
        .with_retry(retry);
    let builder = configured(builder, &environment).with_bucket_name(bucket);
    let builder = addressed(builder, bucket, &environment)?;
    Ok(match access {
        Access::Configured => builder,
        Access::Anonymous => builder.with_skip_signature(true),
    })
}

fn configured(builder: AmazonS3Builder, environment: &Environment) -> AmazonS3Builder {
    let own_credentials = environment.get("FLYTE_AWS_ACCESS_KEY_ID").is_some();
    let of_aws = environment
        .starting_with("AWS_")
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value)))
        // A session token belongs to the key with which it was issued.
        .filter(|(key, _)| !(own_credentials && *key == Key::Token));
    let own = OWN
        .iter()
        .filter_map(|(name, key)| Some((*key, environment.get(name)?)));
    of_aws.chain(own).fold(builder, |builder, (key, value)| {
        builder.with_config(key, value)
    })
}

/// Chooses between `host/bucket` and `bucket.host`, as `FLYTE_AWS_ADDRESSING_STYLE` says: `path`, `virtual`
/// or `auto`. `auto` means `bucket.host` for Amazon, and `host/bucket`, which needs no DNS, for all others.
fn addressed(
    builder: AmazonS3Builder,
    bucket: &str,
    environment: &Environment,
) -> Result<AmazonS3Builder, String> {
    let endpoint = builder
        .get_config_value(&Key::S3Endpoint)
        .or_else(|| builder.get_config_value(&Key::Endpoint));
    let plain = endpoint
        .as_ref()
        .is_some_and(|endpoint| endpoint.starts_with("http://"));
    let builder = if plain {
        builder.with_allow_http(true)
    } else {
        builder
    };
    let style = environment.get("FLYTE_AWS_ADDRESSING_STYLE");
    match (style, endpoint) {
        (Some("path"), _) => Ok(builder.with_virtual_hosted_style_request(false)),
        (Some("virtual"), None) => Ok(builder.with_virtual_hosted_style_request(true)),
        (Some("virtual"), Some(endpoint)) => {
            let Some((scheme, host)) = endpoint.split_once("://") else {
                let endpoint = ShownUrl(&endpoint);
                return Err(format!("the endpoint `{endpoint}` is not a URL"));
            };
            let endpoint = format!("{scheme}://{bucket}.{host}");
            Ok(builder
                .with_config(Key::S3Endpoint, endpoint)
                .with_virtual_hosted_style_request(true))
        }
        (Some("auto") | None, None)
            if environment
                .get("AWS_VIRTUAL_HOSTED_STYLE_REQUEST")
                .is_none() =>
        {
            // A certificate for *.host does not cover a bucket with dots.
            Ok(builder.with_virtual_hosted_style_request(!bucket.contains('.')))
        }
        (Some("auto") | None, _) => Ok(builder),
        (Some(other), _) => Err(format!(
            "FLYTE_AWS_ADDRESSING_STYLE is `{other}`; expected path, virtual or auto"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(variables: &[(&str, &str)], bucket: &str, key: Key) -> Option<String> {
        let builder = builder(bucket, Settings::with(variables)).expect("a builder");
        builder.get_config_value(&key)
    }

    #[test]
    fn flytekits_variables_come_before_those_of_aws() {
        let variables = [
            ("AWS_ENDPOINT_URL_S3", "https://aws.example"),
            ("FLYTE_AWS_ENDPOINT", "http://minio:9000"),
            ("AWS_ACCESS_KEY_ID", "key of aws"),
            ("AWS_SESSION_TOKEN", "token of that key"),
            ("FLYTE_AWS_ACCESS_KEY_ID", "key"),
            ("FLYTE_AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_BUCKET", "another"),
        ];
        let value = |key| value(&variables, "bucket", key);
        assert_eq!(value(Key::S3Endpoint).as_deref(), Some("http://minio:9000"));
        assert_eq!(value(Key::AccessKeyId).as_deref(), Some("key"));
        assert_eq!(value(Key::SecretAccessKey).as_deref(), Some("secret"));
        assert_eq!(value(Key::Token), None);
        assert_eq!(value(Key::Region).as_deref(), Some("eu-west-1"));
        assert_eq!(value(Key::Bucket).as_deref(), Some("bucket"));
        let http = Key::Client(object_store::ClientConfigKey::AllowHttp);
        assert_eq!(value(http).as_deref(), Some("true"));
    }

    #[test]
    fn variables_of_aws_suffice() {
        let variables = [
            ("AWS_ENDPOINT_URL", "https://aws.example"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SESSION_TOKEN", "token"),
            ("FLYTE_AWS_ENDPOINT", ""),
        ];
        let value = |key| value(&variables, "bucket", key);
        assert_eq!(value(Key::Endpoint).as_deref(), Some("https://aws.example"));
        assert_eq!(value(Key::S3Endpoint), None);
        assert_eq!(value(Key::Token).as_deref(), Some("token"));
    }

    #[test]
    fn the_style_of_addresses_is_honoured() {
        let style = "FLYTE_AWS_ADDRESSING_STYLE";
        let endpoint = ("FLYTE_AWS_ENDPOINT", "https://minio:9000");
        for (variables, bucket, in_host, url) in [
            (vec![], "bucket", "true", None),
            (vec![], "bucket.with.dots", "false", None),
            (vec![(style, "path")], "bucket", "false", None),
            (vec![(style, "auto")], "bucket", "true", None),
            (
                vec![("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "false")],
                "bucket",
                "false",
                None,
            ),
            (
                vec![endpoint],
                "bucket",
                "false",
                Some("https://minio:9000"),
            ),
            (
                vec![endpoint, (style, "path")],
                "bucket",
                "false",
                Some("https://minio:9000"),
            ),
            (
                vec![endpoint, (style, "virtual")],
                "bucket",
                "true",
                Some("https://bucket.minio:9000"),
            ),
        ] {
            let value = |key| value(&variables, bucket, key);
            let is_in_host = value(Key::VirtualHostedStyleRequest);
            assert_eq!(is_in_host.as_deref(), Some(in_host), "{variables:?}");
            assert_eq!(value(Key::S3Endpoint).as_deref(), url, "{variables:?}");
        }
    }
}
