//! Messages as protobuf JSON.

use serde_json::Value;

use crate::reflect::{self, Error};

/// The [canonical JSON form](https://protobuf.dev/programming-guides/json/) of a message.
///
/// Keys are in lower camel case, 64-bit integers are strings, enum values go by name, bytes are in
/// Base64, timestamps and durations are strings, a `Struct` is a plain object, and fields at their
/// default are left out. JSON has no place for fields that this crate does not declare: they are left
/// out too.
///
/// `message_name` is the full name, for example `flyteidl.core.TaskTemplate`.
///
/// ```
/// use flytekit_proto::flyteidl::core::RetryStrategy;
/// use flytekit_proto::json;
/// use prost::{Message, Name};
///
/// let retries = RetryStrategy { retries: 3 };
/// let json = json::format(&RetryStrategy::full_name(), &retries.encode_to_vec())?;
/// assert_eq!(json.to_string(), r#"{"retries":3}"#);
/// # Ok::<(), flytekit_proto::Error>(())
/// ```
///
/// # Errors
///
/// When no message has that name, when the bytes are none of it, or when a value has no JSON form.
pub fn format(message_name: &str, bytes: &[u8]) -> Result<Value, Error> {
    let message = reflect::decode(message_name, bytes)?;
    serde_json::to_value(&message).map_err(|source| Error::Json {
        name: message_name.to_owned(),
        source,
    })
}
