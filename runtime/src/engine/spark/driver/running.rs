//! A context that the JVM already has, for example on a Databricks cluster. It is used, and left unchanged.

use super::super::remote::{Remote, new_token};
use super::gateway::{Gateway, GatewayError, unexpected};
use super::protocol::{CallArgument, Object, Target, Value};
use super::{Submitted, introduce, too_old};
use crate::engine::Progress;
use crate::engine::deadline::Deadline;
use crate::error::Error;

/// The JVM's exception on shared clusters, which allow only some methods over py4j.
const SHARED: &str = "Py4JSecurityException";

/// Returns the server of the existing context, and starts one if there is none. The server stays, for current
/// and later runs on the same cluster.
///
/// # Errors
///
/// If the JVM does not answer, its Spark is too old, or its server does not start.
pub(in crate::engine::spark) fn join(
    submitted: &Submitted,
    told: &Progress,
    deadline: &Deadline,
) -> Result<Remote, Error> {
    let (mut gateway, version) = submitted.open(deadline)?;
    too_old(&version)?;
    let joined = gateway.join(&new_token(), deadline);
    let (context, remote) = joined.map_err(|error| cannot_join(&version, error))?;
    introduce(&mut gateway, &version, &context, told, deadline);
    Ok(remote)
}

impl Gateway {
    /// The context, and its server's address.
    fn join(&mut self, token: &str, deadline: &Deadline) -> Result<(Object, Remote), GatewayError> {
        let contexts = Target::Class("org.apache.spark.SparkContext");
        let context = self.object(contexts, "getOrCreate", deadline)?;
        let conf = self.object(Target::Object(&context), "conf", deadline)?;
        let service = self.service(deadline)?;
        let before = self.address(&service, deadline)?;
        let address = if let Some(address) = before {
            address
        } else {
            self.start_server(&context, &conf, &service, token, deadline)?;
            let started = self.address(&service, deadline)?;
            started.ok_or_else(|| GatewayError::Foreign("no address".to_owned()))?
        };
        let port = self.port(&address, deadline)?;
        let key = CallArgument::Text("spark.connect.authenticate.token");
        let none = CallArgument::Text("");
        let token = self.call(Target::Object(&conf), "get", &[key, none], deadline)?;
        let token = match token {
            Value::Text(token) => Some(token).filter(|token| !token.is_empty()),
            other => return Err(unexpected(&other)),
        };
        Ok((context, Remote::on_loopback(port, token.as_deref())))
    }

    /// The address on which the server listens, if there is a server.
    fn address(
        &mut self,
        service: &Object,
        deadline: &Deadline,
    ) -> Result<Option<Object>, GatewayError> {
        match self.call(Target::Object(service), "bindingAddress", &[], deadline)? {
            Value::Object(address) => Ok(Some(address)),
            Value::Nothing => Ok(None),
            other => Err(unexpected(&other)),
        }
    }

    /// Starts the server on the loopback interface, with a token for its clients. It reads its settings from
    /// the context when it starts.
    fn start_server(
        &mut self,
        context: &Object,
        conf: &Object,
        service: &Object,
        token: &str,
        deadline: &Deadline,
    ) -> Result<(), GatewayError> {
        for (key, value) in [
            ("spark.connect.grpc.binding.address", "127.0.0.1"),
            ("spark.connect.grpc.binding.port", "0"),
            ("spark.connect.authenticate.token", token),
        ] {
            let pair = [CallArgument::Text(key), CallArgument::Text(value)];
            self.call(Target::Object(conf), "set", &pair, deadline)?;
        }
        let with = [CallArgument::Object(context)];
        self.call(Target::Object(service), "start", &with, deadline)
            .map(drop)
    }
}

fn cannot_join(version: &str, error: GatewayError) -> Error {
    let said = error.to_string();
    let hint = if said.contains(SHARED) {
        "; the cluster is shared: a task in Rust needs one in the dedicated access mode \
         (`data_security_mode = SINGLE_USER`)"
    } else if said.contains("SparkConnectService") {
        "; its Spark lacks Spark Connect"
    } else {
        ""
    };
    Error::system(format!(
        "cannot use the running Spark {version} of the driver's JVM{hint}"
    ))
    .with_source(error)
}
