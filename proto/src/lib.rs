//! The subset of flyteidl that flytekit for Rust speaks.

#[cfg(feature = "reflect")]
pub mod json;
#[cfg(feature = "reflect")]
mod reflect;
#[cfg(feature = "reflect")]
pub mod text;

#[cfg(feature = "reflect")]
pub use reflect::{Error, FILE_DESCRIPTOR_SET};

/// The packages of flyteidl.
pub mod flyteidl {
    macro_rules! package {
        ($name:ident, $file:literal, $doc:literal) => {
            #[doc = $doc]
            #[allow(missing_docs, clippy::pedantic, clippy::all)]
            pub mod $name {
                include!(concat!("gen/", $file));
            }
        };
    }
    package!(
        core,
        "flyteidl.core.rs",
        "Values, types, interfaces, task templates and errors."
    );
    package!(
        admin,
        "flyteidl.admin.rs",
        "What Flyte Admin and agents are asked and answer."
    );
    package!(
        plugins,
        "flyteidl.plugins.rs",
        "What task types carry in `TaskTemplate.custom`."
    );
    package!(service, "flyteidl.service.rs", "gRPC services.");
}

#[allow(missing_docs, clippy::pedantic, clippy::all)]
mod flytekit {
    pub(crate) mod registry {
        pub mod v1 {
            include!("gen/flytekit.registry.v1.rs");
        }
    }
}

pub use flytekit::registry::v1 as registry;
