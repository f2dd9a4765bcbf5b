//! Databricks.
