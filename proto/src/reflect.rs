//! Messages by name: the descriptors that the printers share.

use std::fmt;
use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, DynamicMessage};

/// The descriptors of all messages and services of this crate and of the well-known types that they
/// use, as an encoded `google.protobuf.FileDescriptorSet` without comments.
///
/// ```
/// use prost::Message;
///
/// let files = prost_types::FileDescriptorSet::decode(flytekit_proto::FILE_DESCRIPTOR_SET)?;
/// assert!(files.file.iter().any(|file| file.name() == "flyteidl/core/tasks.proto"));
/// # Ok::<(), prost::DecodeError>(())
/// ```
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("gen/descriptors.bin");

static DESCRIPTORS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the checked-in descriptors are valid")
});

/// Why bytes could not be printed as a message.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// This crate has no message of that name.
    UnknownMessage {
        /// The name that was asked for.
        name: String,
    },
    /// The bytes are no message of that name.
    Decode {
        /// Full name of the message.
        name: String,
        /// What is wrong with the bytes.
        source: prost::DecodeError,
    },
    /// The message has no JSON form, for example because a timestamp lies after the year 9999.
    Json {
        /// Full name of the message.
        name: String,
        /// What has no JSON form.
        source: serde_json::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMessage { name } => write!(
                f,
                "no message is called `{name}`; a full name is expected, such as `flyteidl.core.TaskTemplate`"
            ),
            Self::Decode { name, .. } => write!(f, "the bytes are no `{name}`"),
            Self::Json { name, .. } => write!(f, "this `{name}` has no JSON form"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::UnknownMessage { .. } => None,
            Self::Decode { source, .. } => Some(source),
            Self::Json { source, .. } => Some(source),
        }
    }
}

/// Reads `bytes` as the message called `name`.
///
/// ```
/// use flytekit_proto::flyteidl::core::RetryStrategy;
/// use flytekit_proto::prost_reflect::Value;
/// use prost::{Message, Name};
///
/// let bytes = RetryStrategy { retries: 3 }.encode_to_vec();
/// let retries = flytekit_proto::decode(&RetryStrategy::full_name(), &bytes)?;
/// let value = retries.get_field_by_name("retries");
/// assert_eq!(value.as_deref(), Some(&Value::U32(3)));
/// # Ok::<(), flytekit_proto::Error>(())
/// ```
///
/// # Errors
///
/// When no message has that name, and when the bytes are none of it.
pub fn decode(name: &str, bytes: &[u8]) -> Result<DynamicMessage, Error> {
    let descriptor =
        DESCRIPTORS
            .get_message_by_name(name)
            .ok_or_else(|| Error::UnknownMessage {
                name: name.to_owned(),
            })?;
    DynamicMessage::decode(descriptor, bytes).map_err(|source| Error::Decode {
        name: name.to_owned(),
        source,
    })
}
