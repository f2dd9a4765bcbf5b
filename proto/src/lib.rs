//! The subset of flyteidl that flytekit for Rust speaks.
//!
//! Messages of which the name and the bytes are known are read by their fields' names ([`tree`]), and
//! printed to text and to JSON ([`text`], [`json`]). Their types, as [prost] messages, are behind the
//! feature `messages`:
//!
//! | module | protobuf package | holds |
//! |---|---|---|
//! | [`flyteidl::core`] | `flyteidl.core` | values, types, interfaces, task templates, errors |
//! | [`flyteidl::admin`] | `flyteidl.admin` | registration, runs, what agents are asked |
//! | [`flyteidl::plugins`] | `flyteidl.plugins` | what Spark and Dask tasks carry in `TaskTemplate.custom` |
//! | [`flyteidl::service`] | `flyteidl.service` | gRPC services |
//! | [`registry`] | `flytekit.registry.v1` | what each entity leaves in a binary |
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
//! None is on by default.
//!
//! - `messages`: the types of the messages.
//! - `grpc`: clients and servers in [`flyteidl::service`]. They come without a transport: a client is
//!   made from tonic's channel, or from any other tower service.
//! - `reflect`: the messages' descriptors as [prost-reflect] has them, which can also build and change
//!   messages.
//!
//! [prost-reflect]: https://docs.rs/prost-reflect
//!
//! # Where the messages come from
//!
//! The `.proto` files of this crate state the names, numbers and types of flyteidl 1.16.8. A test of
//! the workspace compares them with the official package, and lists what they leave out; a decoded
//! message has lost the fields left out.
//!
//! The Rust modules in `src/gen/` are checked in: users compile neither a protobuf compiler nor a code
//! generator. After a change to a `.proto` file, write them again with
//!
//! ```sh
//! FLYTEKIT_BLESS=1 cargo test -p flytekit-proto --test generate
//! ```
//!
//! The same test without the variable fails while they are stale.

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

/// Modules below are named as protobuf's packages are: their code refers to one another by these names.
///
/// Lints are off in them because prost decides on their style, and because a field whose name says all
/// has no comment.
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
        /// What Flyte Admin and agents are asked, and what they answer.
        admin,
        "flyteidl.admin.rs"
    );
    package!(
        /// What task types carry in `TaskTemplate.custom`.
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

#[cfg(feature = "messages")]
mod flytekit {
    pub(crate) mod registry {
        package!(
            /// What each entity leaves in a binary.
            v1,
            "flytekit.registry.v1.rs"
        );
    }
}
