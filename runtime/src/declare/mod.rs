//! Constants that describe entities, and the encoder that turns them into bytes at compile time.
//!
//! The attribute fills a [`TaskDescriptor`]; nothing here knows an engine. Values with rules (a quantity, a
//! name) have `const fn` constructors that check them, so that a team's shared constant is checked where it
//! is written.

#[cfg(all(test, feature = "package"))]
mod drawn;
mod interface;
mod json;
mod launch_plan;
mod name;
mod sorted;
mod task;
mod workflow;

pub use flytekit_grammar::template::CONTRACT_VERSION;

pub(crate) use crate::__flytekit_encoded as encoded;
pub use interface::{
    BlobType, Dataclass, DatasetColumn, EnumType, LiteralType, Record, RecordBytes, SimpleType,
    StructuredDatasetType, Union, Variable, Variant,
};
pub(crate) use interface::{encode_interface, words};
pub use json::Json;
#[doc(hidden)]
pub use json::JsonLeaf;
pub(crate) use json::{Short, encode_object, encode_value, schema};
pub(crate) use launch_plan::launch_plan;
pub use launch_plan::{
    Behavior, Channel, Concurrency, LaunchPlanDescriptor, Notification, Phase, RateUnit, Schedule,
    Timing,
};
#[doc(hidden)]
pub use launch_plan::{fixed, plan_input, returns, starts_by_itself, takes_all};
#[doc(hidden)]
pub use name::Dotted;
pub(crate) use sorted::equal;
#[doc(hidden)]
pub use task::check_from_container;
pub use task::{
    Accelerator, Arg, Args, Cache, Custom, DISTRIBUTION, DeckField, DeckOptions, DownloadMode,
    EXECUTABLE, EncodedCustom, IoStrategy, Mapped, MetadataFormat, Mount, Partition, PodTemplate,
    RawContainer, Resources, Secret, SharedMemory, TaskDescriptor, UploadMode,
};
pub(crate) use task::{
    BY_TEMPLATE, fetching, mapped_at_run_time, not_mappable, task_spec, task_spec_bytes,
};
#[doc(hidden)]
pub use task::{
    Encoded, MapName, count, encode_task_spec, map_inputs, map_outputs, mappable, named_inputs,
    names, task_spec_len,
};
pub use task::{SETTINGS, and_settings};
pub use workflow::{
    Argument, Array, Binding, Branch, Calls, Case, Comparison, Condition, Constant, FailurePolicy,
    Gate, Node, Operand, Otherwise, Overrides, Promise, Reference, ReferenceKind, Step, Success,
    Target, WorkflowDescriptor,
};
#[doc(hidden)]
pub use workflow::{
    Called, Compared, ConstValue, ReaderOf, another_signal, approvable, approved, argument,
    compared, encode_workflow_spec, failure_arguments, named, object, of_task, output_path, part,
    path, reader, whole, workflow_spec_len,
};
pub(crate) use workflow::{
    FAILURE, Unpacked, dynamic_job, element, entered, literal, member, workflow_spec,
    write_constant,
};

/// A place in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, like `file!()`.
    pub file: &'static str,
    /// The line, counted from one.
    pub line: u32,
}

impl core::fmt::Display for Location {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
