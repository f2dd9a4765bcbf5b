//! The subset of flyteidl that flytekit for Rust uses.
//!
//! A message whose name and bytes are known can be read by its fields' names ([`tree`]), and printed as text
//! and as JSON ([`text`], [`json`]). The types of the messages, as [prost] messages, are behind the feature
//! `messages`:
//!
//! | module | protobuf package | holds |
//! |---|---|---|
//! | [`flyteidl::core`] | `flyteidl.core` | values, types, interfaces, task templates, errors |
//! | [`flyteidl::admin`] | `flyteidl.admin` | registration, runs, requests to agents |
//! | [`flyteidl::event`] | `flyteidl.event` | the elements of a map while it runs |
//! | [`flyteidl::plugins`] | `flyteidl.plugins` | the content of `TaskTemplate.custom` for Spark and Dask tasks |
//! | [`flyteidl::service`] | `flyteidl.service` | gRPC services |
//! | [`flyteidl2::connector`] | `flyteidl2.connector` | requests to connectors in Flyte 2 |
//! | [`registry`] | `flytekit.registry.v1` | the entry of each entity in a binary |
//!
//! ```
//! use flytekit_proto::flyteidl::core::{Primitive, primitive};
//! use prost::Message;
//!
//! let one = Primitive { value: Some(primitive::Value::Integer(1)) };
//! let bytes = one.encode_to_vec();
//! assert_eq!(bytes, [0x08, 0x01]);
//! assert_eq!(Primitive::decode(&*bytes)?, one);
//! # Ok::<(), prost::DecodeError>(())
//! ```
//!
//! Maps are sorted, so equal messages have equal bytes.
//!
//! # Features
//!
//! No feature is on by default.
//!
//! - `messages`: the types of the messages.
//! - `grpc`: clients and servers in [`flyteidl::service`]. They have no transport: a client is created from
//!   tonic's channel, or from any other tower service.
//! - `reflect`: the messages' descriptors for [prost-reflect], which can also build and change messages.
//!
//! [prost-reflect]: https://docs.rs/prost-reflect
//!
//! # Where the messages come from
//!
//! The `.proto` files of this crate have the names, numbers and types of flyteidl 1.16.8. A test of the
//! workspace compares them with the official package, and lists the fields that they omit; a decoded message
//! loses these fields.
//!
//! The Rust modules in `src/gen/` are under version control: users compile neither a protobuf compiler nor a
//! code generator. After a change to a `.proto` file, regenerate them with
//!
//! ```sh
//! FLYTEKIT_BLESS=1 cargo test -p flytekit-proto --test generate
//! ```
//!
//! Without the variable, the same test fails while they are out of date.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod declared;
mod error;
pub mod json;
#[cfg(feature = "reflect")]
mod reflect;
pub mod text;
pub mod tree;
pub mod wire;

pub use declared::FILE_DESCRIPTOR_SET;
pub use error::{Error, NoJson};
#[cfg(feature = "reflect")]
pub use prost_reflect;
#[cfg(feature = "reflect")]
pub use reflect::descriptor;

#[cfg(feature = "messages")]
pub use flytekit::registry::v1 as registry;

/// The modules below are named after protobuf's packages: their code refers to one another by these names.
///
/// Lints are off in them because prost determines their style, and because fields with self-explanatory names
/// have no comments.
#[cfg(feature = "messages")]
macro_rules! package {
    ($(#[$doc:meta])* $name:ident, $file:literal) => {
        $(#[$doc])*
        #[allow(missing_docs, clippy::all, clippy::pedantic)]
        pub mod $name {
            include!(concat!("gen/", $file));
        }
    };
}

/// The protobuf packages of flyteidl.
#[cfg(feature = "messages")]
pub mod flyteidl {
    package!(
        /// Values, types, interfaces, task templates and errors.
        core,
        "flyteidl.core.rs"
    );
    package!(
        /// Requests to Flyte Admin and to agents, and their answers.
        admin,
        "flyteidl.admin.rs"
    );
    package!(
        /// The elements of a map while it runs.
        event,
        "flyteidl.event.rs"
    );
    package!(
        /// The content of `TaskTemplate.custom` per task type.
        plugins,
        "flyteidl.plugins.rs"
    );
    package!(
        /// The gRPC services, and the messages that only they use.
        ///
        /// Clients and servers need the feature `grpc`.
        service,
        "flyteidl.service.rs"
    );
}

/// The protobuf packages of Flyte 2's IDL, as far as they differ from those of [`flyteidl`] on the wire.
#[cfg(feature = "messages")]
pub mod flyteidl2 {
    package!(
        /// Requests to connectors, and their gRPC services.
        ///
        /// Clients and servers need the feature `grpc`.
        connector,
        "flyteidl2.connector.rs"
    );
    package!(
        /// Messages that requests to connectors contain.
        core,
        "flyteidl2.core.rs"
    );
}

#[cfg(feature = "messages")]
mod flytekit {
    pub(crate) mod registry {
        package!(
            /// The entry of each entity in a binary.
            v1,
            "flytekit.registry.v1.rs"
        );
    }
}
