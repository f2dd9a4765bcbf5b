//! A server of Flyte's connector services with the connector for Databricks.

use std::error::Error;
use std::process::ExitCode;

use flytekit_connector::databricks::Databricks;

fn main() -> ExitCode {
    flytekit_connector::main(|connectors| -> Result<_, Box<dyn Error>> {
        Ok(connectors.with(Databricks::new()?)?)
    })
}
