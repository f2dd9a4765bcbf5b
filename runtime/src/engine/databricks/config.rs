//! The configuration of `#[task(databricks(...))]`.

use flytekit_grammar::checked;

use super::credentials::{AuthType, Credentials};
use crate::declare::{Custom, Json, equal};
use crate::spark::SparkConfig;

/// The members of a JSON object.
type Members = &'static [(&'static str, Json<'static>)];

/// Names and texts.
type Pairs = &'static [(&'static str, &'static str)];

/// The kinds of compute. A run names at least one of them.
const COMPUTE: [&str; 4] = [
    "new_cluster",
    "existing_cluster_id",
    "environments",
    "environment_key",
];

/// A Databricks task's configuration: `DatabricksV2(...)` of flytekit's Spark plugin.
///
/// The request to Databricks has the names of its Jobs API. The attribute checks a request in its own syntax,
/// and accepts a constant as `databricks_conf = JOB`:
///
/// ```
/// use flytekit::databricks::DatabricksConfig;
/// use flytekit::declare::Json;
/// use flytekit::spark::SparkConfig;
///
/// const JOB: &[(&str, Json<'static>)] = &[("existing_cluster_id", Json::String("0923-164208-meows279"))];
/// const SMALL: DatabricksConfig =
///     DatabricksConfig::new(SparkConfig::new(), JOB).instance("my.cloud.databricks.com");
/// ```
///
/// ```compile_fail
/// use flytekit::databricks::DatabricksConfig;
/// use flytekit::spark::SparkConfig;
///
/// // The request does not say where the run is.
/// const SMALL: DatabricksConfig = DatabricksConfig::new(SparkConfig::new(), &[]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DatabricksConfig {
    spark: SparkConfig,
    job: Members,
    instance: Option<&'static str>,
    credentials: Credentials,
    service_credential_provider: Option<&'static str>,
    notebook: Option<(&'static str, Pairs)>,
}

impl DatabricksConfig {
    /// A run with Spark's settings, and the request to Databricks: `databricks_conf` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the request names no compute.
    #[track_caller]
    pub const fn new(spark: SparkConfig, job: Members) -> Self {
        assert!(
            names_compute(job),
            "a run on Databricks needs compute: name one of `new_cluster`, `existing_cluster_id`, `environments`, `environment_key`"
        );
        DatabricksConfig {
            spark,
            job,
            instance: None,
            credentials: Credentials::new(),
            service_credential_provider: None,
            notebook: None,
        }
    }

    /// The host name of the workspace: `databricks_instance` of flytekit. The connector's own unless set.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is not a host name.
    #[must_use]
    #[track_caller]
    pub const fn instance(mut self, name: &'static str) -> Self {
        self.instance = Some(checked::databricks_instance(name));
        self
    }

    /// The connector's credentials.
    #[must_use]
    pub const fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The service credential by which serverless compute reaches a cloud's storage:
    /// `databricks_service_credential_provider` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is empty or a token.
    #[must_use]
    #[track_caller]
    pub const fn service_credential_provider(mut self, name: &'static str) -> Self {
        self.service_credential_provider = Some(checked::databricks_text(name));
        self
    }

    /// A notebook instead of a function: `notebook_path` and `notebook_base_parameters` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the path is empty or a token.
    #[must_use]
    #[track_caller]
    pub const fn notebook(mut self, path: &'static str, parameters: Pairs) -> Self {
        self.notebook = Some((checked::databricks_text(path), parameters));
        self
    }

    /// Writes `plugins.SparkJob`, and the members that flytekit's plugin adds, although no message has them.
    pub const fn custom(&self, out: &mut Custom<'_>) {
        let [driver, path, executor, hadoop, file, conf] = self.spark.members();
        let credentials = &self.credentials;
        let (notebook, parameters) = match self.notebook {
            Some((path, parameters)) => (Some(path), parameters),
            None => (None, [].as_slice()),
        };
        out.object(&[
            (
                "databricksAuthType",
                Json::optional(name(credentials.auth_type)),
            ),
            ("databricksClientId", Json::optional(credentials.client_id)),
            ("databricksConf", Json::Object(self.job)),
            ("databricksInstance", Json::optional(self.instance)),
            (
                "databricksOauthSecret",
                Json::optional(credentials.oauth_secret),
            ),
            (
                "databricksOidcAudience",
                Json::optional(credentials.oidc_audience),
            ),
            (
                "databricksOidcTokenFile",
                Json::optional(credentials.oidc_token_file),
            ),
            (
                "databricksServiceCredentialProvider",
                Json::optional(self.service_credential_provider),
            ),
            (
                "databricksTokenSecret",
                Json::optional(credentials.token_secret),
            ),
            driver,
            path,
            executor,
            hadoop,
            file,
            ("notebookBaseParameters", Json::strings_nonempty(parameters)),
            ("notebookPath", Json::optional(notebook)),
            conf,
        ]);
        self.spark.say_places(out);
        out.image(&["databricksConf", "new_cluster", "docker_image", "url"]);
    }

    pub(super) fn spark(&self) -> &SparkConfig {
        &self.spark
    }

    pub(super) fn notebook_path(&self) -> Option<&'static str> {
        self.notebook.map(|(path, _)| path)
    }
}

const fn name(auth_type: Option<AuthType>) -> Option<&'static str> {
    match auth_type {
        Some(auth_type) => Some(auth_type.name()),
        None => None,
    }
}

const fn names_compute(job: Members) -> bool {
    let mut member = 0;
    while member < job.len() {
        let mut place = 0;
        while place < COMPUTE.len() {
            if equal(job[member].0.as_bytes(), COMPUTE[place].as_bytes()) {
                return true;
            }
            place += 1;
        }
        member += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::{Struct, value::Kind};

    use super::*;

    const JOB: Members = &[("environment_key", Json::String("small"))];

    fn keys(config: &DatabricksConfig) -> Vec<String> {
        let mut count = Custom::counting();
        config.custom(&mut count);
        let mut bytes = vec![0; count.len()];
        config.custom(&mut Custom::new(&mut bytes));
        let fields = Struct::decode(&*bytes).unwrap().fields;
        let members = fields.into_iter().map(|(key, value)| match value.kind {
            Some(Kind::StringValue(text)) => format!("{key}={text}"),
            _ => key,
        });
        members.collect()
    }

    #[test]
    fn what_is_not_said_is_left_out() {
        let [conf, path, file] = keys(&DatabricksConfig::new(SparkConfig::new(), JOB))
            .try_into()
            .unwrap();
        assert_eq!(conf, "databricksConf");
        assert!(path.starts_with("executorPath=") && file.starts_with("mainApplicationFile="));
    }

    #[test]
    fn options_have_flytekits_names() {
        const CREDENTIALS: Credentials = Credentials::new()
            .auth_type(AuthType::OidcFederation)
            .token_secret("t")
            .client_id("c")
            .oauth_secret("s")
            .oidc_token_file("/f")
            .oidc_audience("a");
        const EVERYTHING: DatabricksConfig = DatabricksConfig::new(SparkConfig::new(), JOB)
            .instance("a.b")
            .credentials(CREDENTIALS)
            .service_credential_provider("p")
            .notebook("/n", &[("k", "v")]);
        let keys = keys(&EVERYTHING);
        for expected in [
            "databricksAuthType=oidc_federation",
            "databricksClientId=c",
            "databricksInstance=a.b",
            "databricksOauthSecret=s",
            "databricksOidcAudience=a",
            "databricksOidcTokenFile=/f",
            "databricksServiceCredentialProvider=p",
            "databricksTokenSecret=t",
            "notebookBaseParameters",
            "notebookPath=/n",
        ] {
            assert!(
                keys.iter().any(|key| key == expected),
                "{expected}: {keys:?}"
            );
        }
    }

    #[test]
    fn mistakes_stop() {
        let stops = |check: fn()| std::panic::catch_unwind(check).is_err();
        assert!(!stops(|| _ = DatabricksConfig::new(SparkConfig::new(), JOB)));
        assert!(stops(|| _ = DatabricksConfig::new(SparkConfig::new(), &[])));
        let run_name = &[("run_name", Json::String("a"))];
        assert!(!names_compute(run_name));
        assert!(stops(
            || _ = DatabricksConfig::new(SparkConfig::new(), JOB).instance("https://a.b")
        ));
        assert!(stops(
            || _ = DatabricksConfig::new(SparkConfig::new(), JOB).notebook("", &[])
        ));
    }
}
