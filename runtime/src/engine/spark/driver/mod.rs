//! Spark in the cluster: `spark-submit` has started this process as the driver of an application, which has
//! to use `spark-submit`'s JVM.
//!
//! Spark's documented way for Python works for any program: for an application whose file ends in `.py`,
//! `PythonRunner` starts `spark.pyspark.driver.python FILE ARG…`. The environment has a port and a secret,
//! with which py4j accepts commands ([`gateway`], [`protocol`]). Flyte sets that program to the task's
//! `executorPath`, which is this executable.
//!
//! A few commands create a Spark context in the JVM, whose plugin is Spark Connect's server. The server
//! listens on the loopback interface only, on a port that the system chooses, and requires a token that is
//! new for each run. The rest is as with any other server: the session is the Spark project's own client.

pub(super) mod arguments;
mod gateway;
mod protocol;
mod running;

pub(super) use running::join;

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use self::gateway::{Gateway, GatewayError, unexpected};
use self::protocol::{CallArgument, Object, Target, Value};
use super::remote::{Remote, new_token};
use super::server::{self, Owned};
use super::settings::Settings;
use super::variables::SparkVariables;
use crate::engine::Progress;
use crate::engine::deadline::Deadline;
use crate::error::Error;

/// The oldest Spark whose Connect server can be restricted to this process: older ones listen on all
/// interfaces, without a token.
const OLDEST: u32 = 4;

/// The server, as a plugin of the driver (Spark's documentation, "Spark Connect overview").
const PLUGIN: &str = "org.apache.spark.sql.connect.SparkConnectPlugin";

const SYSTEM: Target<'static> = Target::Class("java.lang.System");

/// How long the context may take to stop: it finishes the event log, and notifies the cluster.
const STOPPING: Duration = Duration::from_secs(30);

/// How long the JVM may take to report why its server is gone.
const REASON: Duration = Duration::from_secs(2);

/// The address at which the JVM that started this process accepts commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Submitted {
    port: u16,
    secret: Secret,
    /// Whether the JVM already has a context, which another program created.
    pub(super) is_running: bool,
}

/// A secret, which is never shown.
#[derive(Clone, PartialEq, Eq)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Submitted {
    /// The address from `spark-submit`, if it started this process.
    ///
    /// # Errors
    ///
    /// If only a part of it is set.
    pub(super) fn find(variables: &SparkVariables) -> Result<Option<Self>, Error> {
        let Some(port) = &variables.gateway_port else {
            return Ok(None);
        };
        let text = |value: &OsString| value.to_str().map(str::to_owned);
        let port = text(port).and_then(|port| port.parse().ok());
        let secret = variables.gateway_secret.as_ref().and_then(text);
        match (port, secret) {
            (Some(port), Some(secret)) if !secret.contains(['\n', '\r']) => Ok(Some(Submitted {
                port,
                secret: Secret(secret),
                is_running: variables.context_is_running,
            })),
            (None, _) => Err(Error::system(
                "PYSPARK_GATEWAY_PORT, which spark-submit sets for its driver, is not a port",
            )),
            _ => Err(Error::system(
                "PYSPARK_GATEWAY_PORT is set, which spark-submit does for its driver, but PYSPARK_GATEWAY_SECRET \
                 has no secret",
            )),
        }
    }
}

impl Submitted {
    /// Connects to the JVM, and asks for its version of Spark.
    fn open(&self, deadline: &Deadline) -> Result<(Gateway, String), Error> {
        let of = if self.is_running {
            "the running driver's"
        } else {
            "spark-submit's"
        };
        let jvm = format!("{of} JVM on 127.0.0.1:{}", self.port);
        let mut gateway = Gateway::open(self.port, &self.secret.0, deadline)
            .map_err(|error| Error::system(format!("cannot use {jvm}")).with_source(error))?;
        let version = gateway.version(deadline).map_err(|error| {
            Error::system(format!("cannot get the version of Spark from {jvm}")).with_source(error)
        })?;
        Ok((gateway, version))
    }
}

/// A Spark context in the JVM that started this process, with its server as a plugin.
#[derive(Debug)]
pub(super) struct Driver {
    gateway: Gateway,
    /// The context, until it is stopped.
    context: Option<Object>,
    address: SocketAddr,
    token: String,
}

impl Driver {
    /// Creates the context, with its server.
    ///
    /// # Errors
    ///
    /// If the JVM cannot be reached, its Spark is too old, or it cannot create the context within the
    /// deadline (the message has its exception).
    pub(super) fn start(
        submitted: &Submitted,
        name: &str,
        settings: &Settings,
        told: &Progress,
        deadline: &Deadline,
    ) -> Result<Self, Error> {
        let (mut gateway, version) = submitted.open(deadline)?;
        too_old(&version)?;
        let token = new_token();
        let named = settings.iter().any(|(key, _)| key == "spark.app.name");
        // The default name from `spark-submit` is the name of a file.
        let name = (!named).then_some(name);
        let started = gateway.start(name, told, &token, deadline);
        let (context, port) = started.map_err(|error| cannot_start(&version, error))?;
        introduce(&mut gateway, &version, &context, told, deadline);
        Ok(Driver {
            gateway,
            context: Some(context),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            token,
        })
    }

    /// The server's address, with the token that it requires.
    pub(super) fn remote(&self) -> Remote {
        Remote::on_loopback(self.address.port(), Some(&self.token))
    }

    /// Why the server is gone, if the JVM still answers.
    fn reason(&mut self) -> &'static str {
        let Some(context) = &self.context else {
            return "its context was stopped";
        };
        let deadline = Deadline::after(REASON);
        let context = Target::Object(context);
        match self.gateway.call(context, "isStopped", &[], &deadline) {
            Ok(Value::Boolean(true)) => "its context was stopped",
            Ok(_) => "its Spark Connect server stopped listening",
            Err(GatewayError::Silent { .. }) => "its JVM is ending or does not respond",
            Err(_) => "its JVM ended",
        }
    }
}

impl Owned for Driver {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn gone(&mut self) -> Option<String> {
        if server::is_taken(self.address) {
            return None;
        }
        let reason = self.reason();
        Some(format!("the Spark driver is lost during the run: {reason}"))
    }

    /// The JVM's log is the container's.
    fn keep_log(&mut self) -> String {
        "see the driver's log".to_owned()
    }

    /// Stops the context. A context that is already stopped, or whose JVM is gone, is not a failure.
    fn stop(&mut self) -> io::Result<()> {
        let Some(context) = self.context.take() else {
            return Ok(());
        };
        let deadline = Deadline::after(STOPPING);
        let context = Target::Object(&context);
        match self.gateway.call(context, "stop", &[], &deadline) {
            Ok(_) | Err(GatewayError::Gone(_)) => Ok(()),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl Drop for Driver {
    /// Stops the context of a run that ends before it is watched.
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "cannot stop the Spark context");
        }
    }
}

/// ```text
/// 3.5.6   this is Spark 3.5.6, but a driver in Rust needs …
/// ```
fn too_old(version: &str) -> Result<(), Error> {
    if major(version).is_some_and(|major| major < OLDEST) {
        return Err(Error::user(format!(
            "this is Spark {version}, but a driver in Rust needs Spark {OLDEST}.0 or newer, whose Spark Connect \
             server can be restricted to this process; use an image with a newer Spark"
        )));
    }
    Ok(())
}

/// Reports the application's id and the address of its user interface.
fn introduce(
    gateway: &mut Gateway,
    version: &str,
    context: &Object,
    told: &Progress,
    deadline: &Deadline,
) {
    let context = Target::Object(context);
    if let Ok(Value::Text(id)) = gateway.call(context, "applicationId", &[], deadline) {
        told.tell(format_args!("Spark {version}, application {id}"));
    }
    let link = gateway.object(context, "uiWebUrl", deadline);
    let link = link.and_then(|link| gateway.call(Target::Object(&link), "get", &[], deadline));
    // There is no address if the user interface is turned off.
    if let Ok(Value::Text(link)) = link {
        told.tell(format_args!("Spark UI at {link}"));
    }
}

/// The commands with which a driver creates a Spark Connect server in its JVM.
impl Gateway {
    fn version(&mut self, deadline: &Deadline) -> Result<String, GatewayError> {
        let package = self.module("org.apache.spark.package$", deadline)?;
        let version = self.call(Target::Object(&package), "SPARK_VERSION", &[], deadline)?;
        match version {
            Value::Text(version) => Ok(version),
            other => Err(unexpected(&other)),
        }
    }

    /// Creates the context with its server, and returns the server's port.
    fn start(
        &mut self,
        name: Option<&str>,
        told: &Progress,
        token: &str,
        deadline: &Deadline,
    ) -> Result<(Object, u16), GatewayError> {
        let plugins = self.property("spark.plugins", deadline)?;
        self.set("spark.plugins", &with_plugin(plugins.as_deref()), deadline)?;
        self.set("spark.connect.grpc.binding.address", "127.0.0.1", deadline)?;
        self.set("spark.connect.grpc.binding.port", "0", deadline)?;
        self.set("spark.connect.authenticate.token", token, deadline)?;
        if let Some(name) = name {
            self.set("spark.app.name", name, deadline)?;
        }
        let waiting = || {
            let seconds = deadline.elapsed().as_secs();
            told.tell(format_args!("waiting for the Spark context ({seconds} s)"));
        };
        // The context reads its configuration from the system properties, which have the settings of
        // spark-submit and these.
        let context = self.construct("org.apache.spark.SparkContext", deadline, waiting)?;
        // In Spark 4.0's server, sessions are children of the default one.
        let sessions = Target::Class("org.apache.spark.sql.SparkSession");
        let builder = self.object(sessions, "builder", deadline)?;
        self.object(Target::Object(&builder), "getOrCreate", deadline)?;
        let service = self.service(deadline)?;
        let address = self.object(Target::Object(&service), "bindingAddress", deadline)?;
        Ok((context, self.port(&address, deadline)?))
    }

    /// The server's object.
    fn service(&mut self, deadline: &Deadline) -> Result<Object, GatewayError> {
        self.module(
            "org.apache.spark.sql.connect.service.SparkConnectService$",
            deadline,
        )
    }

    /// The port of an address.
    fn port(&mut self, address: &Object, deadline: &Deadline) -> Result<u16, GatewayError> {
        match self.call(Target::Object(address), "getPort", &[], deadline)? {
            // The pattern only matches valid ports.
            Value::Integer(port @ 1..=0xffff) => Ok(u16::try_from(port).unwrap_or_default()),
            other => Err(unexpected(&other)),
        }
    }

    fn property(&mut self, key: &str, deadline: &Deadline) -> Result<Option<String>, GatewayError> {
        match self.call(SYSTEM, "getProperty", &[CallArgument::Text(key)], deadline)? {
            Value::Text(value) => Ok(Some(value)),
            Value::Nothing => Ok(None),
            other => Err(unexpected(&other)),
        }
    }

    fn set(&mut self, key: &str, value: &str, deadline: &Deadline) -> Result<(), GatewayError> {
        let pair = [CallArgument::Text(key), CallArgument::Text(value)];
        self.call(SYSTEM, "setProperty", &pair, deadline).map(drop)
    }
}

/// The configured plugins, with the server's added if it is missing.
fn with_plugin(plugins: Option<&str>) -> String {
    let mut plugins: Vec<&str> = plugins
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|plugin| !plugin.is_empty())
        .collect();
    if !plugins.contains(&PLUGIN) {
        plugins.push(PLUGIN);
    }
    plugins.join(",")
}

/// The major version: 4 for `4.2.1`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn cannot_start(version: &str, error: GatewayError) -> Error {
    let hint = match &error {
        GatewayError::Thrown(trace) if trace.contains(PLUGIN) => {
            "; the image's Spark lacks Spark Connect (jars/spark-connect_*.jar), which Spark's own images have"
        }
        _ => "",
    };
    Error::system(format!(
        "cannot start Spark {version} in the driver's JVM{hint}"
    ))
    .with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_plugins_are_kept() {
        assert_eq!(with_plugin(None), PLUGIN);
        assert_eq!(with_plugin(Some("")), PLUGIN);
        assert_eq!(with_plugin(Some("a.B, c.D,")), format!("a.B,c.D,{PLUGIN}"));
        let given = format!("{PLUGIN},a.B");
        assert_eq!(with_plugin(Some(&given)), given);
    }

    #[test]
    fn versions_have_a_major_number() {
        assert_eq!(major("4.2.1"), Some(4));
        assert_eq!(major("3.5.9-SNAPSHOT"), Some(3));
        assert_eq!(major("unknown"), None);
    }

    #[test]
    fn half_an_invitation_is_refused() {
        let variables = |port: Option<&str>, secret: Option<&str>| SparkVariables {
            gateway_port: port.map(Into::into),
            gateway_secret: secret.map(Into::into),
            ..SparkVariables::default()
        };
        let found = |port, secret| Submitted::find(&variables(port, secret));
        assert!(matches!(found(None, Some("s")), Ok(None)));
        let submitted = found(Some("4711"), Some("hush")).unwrap().unwrap();
        assert_eq!(submitted.port, 4711);
        assert!(!format!("{submitted:?}").contains("hush"));
        for (port, secret, named) in [
            ("x", Some("s"), "PYSPARK_GATEWAY_PORT"),
            ("70000", Some("s"), "PYSPARK_GATEWAY_PORT"),
            ("4711", None, "PYSPARK_GATEWAY_SECRET"),
            ("4711", Some("a\nb"), "PYSPARK_GATEWAY_SECRET"),
        ] {
            let error = found(Some(port), secret).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
