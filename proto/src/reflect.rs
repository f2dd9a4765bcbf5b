//! Messages by name, for prost-reflect.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MessageDescriptor};

use crate::FILE_DESCRIPTOR_SET;

static DESCRIPTORS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the checked-in descriptors are valid")
});

/// The descriptor of the message whose full name is `name`.
///
/// ```
/// use flytekit_proto::flyteidl::core::RetryStrategy;
/// use flytekit_proto::prost_reflect::{DynamicMessage, Value};
/// use prost::{Message, Name};
///
/// let bytes = RetryStrategy { retries: 3 }.encode_to_vec();
/// let descriptor = flytekit_proto::descriptor(&RetryStrategy::full_name()).expect("a message");
/// let retries = DynamicMessage::decode(descriptor, &*bytes)?;
/// let value = retries.get_field_by_name("retries");
/// assert_eq!(value.as_deref(), Some(&Value::U32(3)));
/// # Ok::<(), prost::DecodeError>(())
/// ```
pub fn descriptor(name: &str) -> Option<MessageDescriptor> {
    DESCRIPTORS.get_message_by_name(name)
}
