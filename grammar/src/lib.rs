//! The grammar of Kubernetes quantities, durations, image references, names, cron lines and Spark settings,
//! and the encoding of settings.
//!
//! Every rule is a `const fn` over text, so that it serves twice: the attribute applies it to literals and
//! reports mistakes at the literal, and the runtime's constructors apply it to const expressions during const
//! evaluation ([`checked`]). There is one file per family, and each rule's documentation names its source.
//! For the same reason the protobuf [`wire`] format and the messages of a task's settings ([`template`]) are
//! encoded here.
//!
//! ```
//! use flytekit_grammar::{duration, quantity};
//!
//! assert!(quantity("2Gi").is_ok());
//! assert!(quantity("2Gb").is_err());
//! assert_eq!(duration("1h30m"), Ok((5400, 0)));
//! ```

#![no_std]

extern crate alloc;

pub mod calls;
pub mod checked;
pub mod template;
pub mod wire;

mod application;
mod container;
mod cron;
mod databricks;
mod duration;
mod image;
mod kubernetes;
mod name;
mod quantity;
mod rate;
mod spark;
mod text;

pub use application::{application_argument, jar, java_class, python_file, r_file};
pub use container::{COMMAND_VARIABLES, CommandVariable, INPUT_DIR, OUTPUT_DIR, container_folder};
pub use cron::cron;
pub use databricks::{
    databricks_executable, databricks_instance, databricks_secret, databricks_text,
};
pub use duration::duration;
pub use image::image;
pub use kubernetes::{dns_label, env_name, label_key, label_value};
pub use name::{config_key, executor_name, task_name};
pub use quantity::{Quantity, gpus, quantity};
pub use rate::rate;
pub use spark::{
    SparkValue, spark_application, spark_key, spark_keys, spark_memory, spark_time, spark_value,
};
