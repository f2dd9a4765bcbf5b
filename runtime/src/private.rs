//! The items that the attributes' expansions name. Not a public API: they change with every version, so the
//! module's path contains the version of the macros.

pub use crate::declare::and_settings;
pub use flytekit_grammar::checked;
pub use flytekit_macros::__flytekit_beside as beside;
pub use inventory;

pub use crate::declare::mappable;
pub use crate::declare::{
    Accelerator, Arg, Args, Cache, DatasetColumn, DeckField, DeckOptions, Encoded, EnumType, Json,
    JsonLeaf, Location, Mount, Partition, PodTemplate, Resources, Secret, SharedMemory,
    TaskDescriptor, Variable,
};
pub use crate::declare::{
    Argument, Array, Binding, Branch, Calls, Case, Comparison, Condition, Constant, FailurePolicy,
    Gate, LaunchPlanDescriptor, Node, Operand, Otherwise, Overrides, Promise, Reference,
    ReferenceKind, Step, Success, Target, WorkflowDescriptor,
};
pub use crate::declare::{
    Behavior, Channel, Concurrency, Notification, Phase, RateUnit, Schedule, Timing,
};
pub use crate::declare::{
    Compared, ConstValue, another_signal, approvable, approved, argument, compared,
    failure_arguments, named, object, of_task, output_path, part, path, reader, whole,
};
pub use crate::declare::{Dataclass, LiteralType, Record, Union, Variant};
pub use crate::declare::{fixed, plan_input, returns, starts_by_itself, takes_all};
pub use crate::engine::{Engine, Plain};
pub use crate::entity::body::{Place, constant, text};
pub use crate::entity::elsewhere::{Elsewhere, FailsByError, FailsByPanic};
pub use crate::entity::gate::IsGate;
pub use crate::entity::map::{IsMap, Returned, ValueItself, ValueOfResult, element, some_outputs};
pub use crate::entity::{Configured, Entity, LaunchPlan, Signature, Task, Workflow};
pub use crate::error::Error;
pub use crate::execute::{
    Dispatch, Inputs, Run, RunResult, block_on, run_dynamic, run_function, run_launch_plan, session,
};
pub use crate::graph;
pub use crate::registry::RegisteredTask;
pub use crate::shim;
pub use crate::types::data::FlyteValue;
pub use crate::types::union::Candidate;
pub use crate::types::{
    Columns, Declared, FlyteType, Named, Outputs, OutputsReader, OutputsWriter, Returns,
    ValueError, WorkflowReturns,
};
pub use crate::types::{
    FlyteData, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, Written, choice, data,
    record, union,
};

/// For the project's other crates, which read archives.
#[cfg(feature = "fast")]
pub use crate::distribution::Ration;
#[cfg(feature = "container")]
pub use crate::engine::container;
#[cfg(feature = "dask")]
pub use crate::engine::dask;
#[cfg(feature = "spark")]
pub use crate::engine::databricks;
#[cfg(feature = "spark")]
pub use crate::engine::spark;

pub use crate::{
    __flytekit_configured as configured, __flytekit_custom as custom,
    __flytekit_dataclass as dataclass, __flytekit_deck as deck, __flytekit_encoded as encoded,
    __flytekit_mapped as mapped, __flytekit_register as register,
    __flytekit_register_launch_plan as register_launch_plan,
    __flytekit_register_mapped as register_mapped,
    __flytekit_register_workflow as register_workflow, __flytekit_task_name as task_name,
};

#[cfg(feature = "dask")]
pub use crate::__flytekit_register_worker_fn as register_worker_fn;

/// The settings of a task's page, if `$is_enabled`.
#[cfg(feature = "deck")]
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_deck {
    ($is_enabled:expr, $fields:expr, $source:expr) => {
        if $is_enabled {
            ::core::option::Option::Some($crate::__v0_1_0::DeckOptions::new($fields, $source))
        } else {
            ::core::option::Option::None
        }
    };
}

/// Without the feature `deck` there are no pages.
#[cfg(not(feature = "deck"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_deck {
    ($($tokens:tt)*) => {
        ::core::compile_error!(
            "`enable_deck` needs a feature of flytekit: `flytekit = { …, features = [\"deck\"] }`"
        )
    };
}

/// The name of function `$function` in the module where the macro stands.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_task_name {
    ($function:expr) => {{
        const DOTTED: $crate::declare::Dotted =
            $crate::declare::Dotted::new(::core::concat!(::core::module_path!(), "::", $function));
        DOTTED.as_str()
    }};
}

/// The bytes that `$write` writes with the writer `$w`. It runs twice: to measure, and to write.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_encoded {
    (|$w:ident| $write:expr) => {{
        const LEN: ::core::primitive::usize = {
            let $w = &mut $crate::wire::Writer::counting();
            $write;
            $w.len()
        };
        const BYTES: [::core::primitive::u8; LEN] = {
            let mut __bytes = [0; LEN];
            let $w = &mut $crate::wire::Writer::new(&mut __bytes);
            $write;
            __bytes
        };
        &BYTES
    }};
    // Once, if enough room is known: unused room in front stays empty. If the room is too small, the build
    // stops here.
    (|$w:ident| $write:expr, $room:expr) => {{
        const ROOM: ::core::primitive::usize = $room;
        const WRITTEN: ([::core::primitive::u8; ROOM], ::core::primitive::usize) = {
            let mut __bytes = [0; ROOM];
            let $w = &mut $crate::wire::Writer::new(&mut __bytes);
            $write;
            let __len = $w.len();
            (__bytes, __len)
        };
        const BYTES: &[::core::primitive::u8] = &WRITTEN.0;
        BYTES.split_at(ROOM - WRITTEN.1).1
    }};
}

/// The dataclass with this title that the record `$record` describes.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_dataclass {
    ($title:expr, $record:expr, $renamed:expr) => {{
        const RECORD: $crate::declare::Record<'static> = $record;
        const BYTES: &$crate::declare::RecordBytes<{ RECORD.room() }> = &RECORD.encoded();
        RECORD.dataclass($title, $renamed, BYTES)
    }};
}

/// The configuration `$config`, encoded for `TaskTemplate.custom`.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_custom {
    ($config:expr) => {{
        // Named once, so that an unsuitable configuration is one error. The variables have underscores,
        // because a pattern could name a static of the user.
        const fn write(__out: &mut $crate::declare::Custom<'_>) {
            $config.custom(__out);
        }
        const COUNTED: (::core::primitive::usize, ::core::primitive::usize) = {
            let mut __out = $crate::declare::Custom::counting();
            write(&mut __out);
            (__out.len(), __out.images_len())
        };
        ::core::option::Option::Some($crate::__flytekit_custom!(@written write, COUNTED))
    }};
    (@written $write:ident, $counted:ident) => {{
        const CUSTOM: (
            [::core::primitive::u8; $counted.0],
            [::core::primitive::u8; $counted.1],
        ) = {
            let (mut __object, mut __images) = ([0; $counted.0], [0; $counted.1]);
            $write(&mut $crate::declare::Custom::with_images(&mut __object, &mut __images));
            (__object, __images)
        };
        $crate::declare::EncodedCustom {
            object: &CUSTOM.0,
            images: &CUSTOM.1,
        }
    }};
}

/// A descriptor with the configuration `$config` of a task with the pod `$pod` around its container, if any:
/// [`__flytekit_custom`], and the pod that the engine requests.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_configured {
    ($config:expr, $pod:expr) => {{
        const fn write(__out: &mut $crate::declare::Custom<'_>) {
            $config.custom(__out);
        }
        const COUNTED: (
            ::core::primitive::usize,
            ::core::primitive::usize,
            ::core::option::Option<$crate::declare::PodTemplate>,
        ) = {
            let mut __out = $crate::declare::Custom::around($pod);
            write(&mut __out);
            (__out.len(), __out.images_len(), __out.pod())
        };
        $crate::declare::TaskDescriptor {
            custom: ::core::option::Option::Some(
                $crate::__flytekit_custom!(@written write, COUNTED),
            ),
            pod_template: COUNTED.2,
            ..$crate::declare::TaskDescriptor::DEFAULT
        }
    }};
}

/// Puts task `$task`, whose engine has `$targets`, into the binary's section and into the dispatch
/// table.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_register {
    ($task:ty, $targets:expr, $dispatch:expr) => {
        #[used]
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,flytekit"))]
        #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = "flytekit"))]
        static __FLYTEKIT_FRAME: [::core::primitive::u8;
            <$task as $crate::Task>::DRAFT.frame_len()] = <$task as $crate::Task>::DRAFT.finish(
            $crate::registry::Declaration::Task(<$task as $crate::Task>::DESCRIPTOR),
        );
        $crate::__v0_1_0::inventory::submit! {
            $crate::registry::RegisteredTask::new(
                <$task as $crate::Task>::DESCRIPTOR,
                $targets,
                $dispatch,
            )
        }
    };
}

/// The mapped task of `$task`. `$whole` marks the inputs that are the same for all elements. `$some` are the
/// outputs if some elements may fail.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_mapped {
    ($task:expr, $whole:expr, $some:expr) => {{
        const TASK: &'static $crate::declare::TaskDescriptor = $task;
        const WHOLE: &[::core::primitive::bool] = $whole;
        const SOME: ::core::option::Option<&'static [$crate::declare::Variable]> = $some;
        const LEN: ::core::primitive::usize = TASK.inputs.len();
        const LISTS: [&'static ::core::primitive::str; $crate::declare::count(WHOLE, false, LEN)] =
            $crate::declare::names(TASK.inputs, WHOLE, false);
        const OTHERS: [&'static ::core::primitive::str; $crate::declare::count(WHOLE, true, LEN)] =
            $crate::declare::names(TASK.inputs, WHOLE, true);
        const INPUTS: [$crate::declare::Variable; LEN] =
            $crate::declare::map_inputs(TASK.inputs, WHOLE);
        const OUTPUTS: [$crate::declare::Variable; TASK.outputs.len()] =
            $crate::declare::map_outputs(TASK.outputs);
        const NAME: $crate::declare::MapName =
            $crate::declare::MapName::new(TASK.name, &OTHERS, SOME.is_some());
        &TASK.mapped(
            NAME.as_str(),
            &INPUTS,
            match SOME {
                ::core::option::Option::Some(outputs) => outputs,
                ::core::option::Option::None => &OUTPUTS,
            },
            $crate::declare::Mapped {
                task: TASK.name,
                lists: &LISTS,
                whole: &OTHERS,
            },
        )
    }};
}

/// Declares a map over a task as a task of its own, which is listed, registered and run like any other: flytekit's
/// `map_task` outside of a workflow. Maps in workflows need no declaration.
///
/// The inputs behind the colon are the same for all elements; all others are lists. The name of a map is that of
/// its task with `map_` before it and these inputs behind it: `etl.map_scale-factor-arraynode`.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task]
/// fn scale(n: i64, factor: i64) -> i64 {
///     n * factor
/// }
///
/// flytekit::map_task!(scale: factor);
///
/// # let registry = flytekit::registry::Registry::load().unwrap();
/// # let mut names = registry.tasks.names();
/// # assert!(names.any(|name| name.ends_with("map_scale-factor-arraynode")));
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_map_task {
    ($task:path $(: $($whole:ident),+)? $(,)?) => {
        const _: () = {
            const DECLARED: &'static $crate::declare::TaskDescriptor =
                <$task as $crate::Task>::DESCRIPTOR;
            const MARKS: [::core::primitive::bool; DECLARED.inputs.len()] =
                $crate::declare::named_inputs(
                    DECLARED.inputs,
                    &[$($(::core::stringify!($whole)),+)?],
                );
            const MAPPED: &'static $crate::declare::TaskDescriptor = $crate::__flytekit_mapped!(
                $crate::declare::mappable(DECLARED, &MARKS),
                &MARKS,
                ::core::option::Option::None
            );
            $crate::__flytekit_register_mapped!(MAPPED);
        };
    };
}

/// Puts the mapped task `$mapped` into the binary's section and into the table of tasks. Several workflows
/// may do so with the same task.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_register_mapped {
    ($mapped:expr) => {
        $crate::__flytekit_in_section!(
            $mapped,
            $crate::declare::TaskDescriptor,
            $crate::registry::Draft,
            $crate::registry::Declaration::Task,
            $crate::registry::RegisteredTask,
            mapped
        );
    };
}

/// Puts the workflow with the descriptor `$workflow`, and its default launch plan, into the binary's section
/// and into the table of workflows.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_register_workflow {
    ($workflow:expr, $room:literal) => {
        $crate::__flytekit_in_section!(
            $workflow,
            $crate::declare::WorkflowDescriptor<'static>,
            $crate::registry::Draft<$room>,
            $crate::registry::Declaration::Workflow,
            $crate::registry::RegisteredWorkflow
        );
    };
}

/// Puts the launch plan with the descriptor `$plan` into the binary's section and into the table of launch
/// plans.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_register_launch_plan {
    ($plan:expr) => {
        $crate::__flytekit_in_section!(
            $plan,
            $crate::declare::LaunchPlanDescriptor<'static>,
            $crate::registry::Draft,
            $crate::registry::Declaration::LaunchPlan,
            $crate::registry::RegisteredLaunchPlan
        );
    };
}

/// Puts the entity of `$descriptor` into the section, by a draft of the type `$draft`, and into the table of
/// `$registered`.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_in_section {
    ($descriptor:expr, $type:ty, $draft:ty, $kind:path, $registered:ty) => {
        $crate::__flytekit_in_section!($descriptor, $type, $draft, $kind, $registered, new);
    };
    ($descriptor:expr, $type:ty, $draft:ty, $kind:path, $registered:ty, $new:ident) => {
        const _: () = {
            const __DESCRIPTOR: &$type = $descriptor;
            const __DRAFT: $draft = <$draft>::new($kind(__DESCRIPTOR));
            #[used]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,flytekit"))]
            #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = "flytekit"))]
            static __FLYTEKIT_FRAME: [::core::primitive::u8; __DRAFT.frame_len()] =
                __DRAFT.finish($kind(__DESCRIPTOR));
            $crate::__v0_1_0::inventory::submit! {
                <$registered>::$new(__DESCRIPTOR)
            }
        };
    };
}

/// Puts the type `$function` into the process's table of functions that workers run.
#[cfg(feature = "dask")]
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_register_worker_fn {
    ($function:ty) => {
        $crate::__v0_1_0::inventory::submit! {
            $crate::dask::WorkerFnEntry::new::<$function>()
        }
    };
}
