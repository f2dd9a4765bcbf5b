//! The names in generated code.
//!
//! A task expands to the function, the type that represents the task, and one `const _: () = { … };`. For a
//! function `add` the type is `__flytekit_add`, and `add` is an alias of it. The user's expressions are
//! evaluated inside that block, so every item in it has a name that users do not write:
//!
//! | name | what it is |
//! |---|---|
//! | `__flytekit` | `::flytekit::__vMAJOR_MINOR_PATCH`, the runtime's private path of the macros' version |
//! | `__FlytekitEngine` | the engine's type |
//! | `__FLYTEKIT_CONFIG` | the engine's configuration |
//! | `__flytekit_run` | the function that the dispatch table calls |
//!
//! A worker function's block has `__flytekit`, the function as it was written under its own name, and
//!
//! | name | what it is |
//! |---|---|
//! | `__FLYTEKIT_FUNCTION` | the pointer to the function |
//!
//! The block of a type that derives `FlyteData` has `__flytekit`, and
//!
//! | name | what it is |
//! |---|---|
//! | `__NAMES`, `__DATACLASS` | the names of a struct's fields, and their description for Flyte |
//! | `__Constant` | the reader for constants of an enum |
//! | `__NAMES`, `__at`, `__name_of` | an enum's names, the variant at an index, and the name of a variant |
//! | `__NAMES_0`, `__DATACLASS_0`, … | the same for the fields of the variant at this index |
//! | `__unpack_0`, `__unpack_1`, … | the function that reads the variant at this index, if it has fields |
//! | `__CANDIDATES`, `__VARIANTS` | a union's variants, and their types |
//!
//! Local variables (`__inputs`, `__session`, `__outputs`, and `__0`, `__1`, … for the arguments) have the
//! macro's own hygiene, so they and the user's variables cannot see each other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::checked::checked;
use super::here;
use crate::syntax::name::Name;

/// The version-stamped module: a runtime of another version does not have it, and rustc's error names the
/// missing version.
pub(crate) fn private_module() -> Ident {
    let version = env!("CARGO_PKG_VERSION").replace(['.', '-', '+'], "_");
    Ident::new(&format!("__v{version}"), Span::call_site())
}

/// A local variable that the user's expressions cannot see. Hygiene does not separate it from a static or
/// constant of the user, to which a pattern with the same name would refer, so its name has underscores.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}

/// The type that represents the task of a function.
pub(crate) fn handle(function: &Ident) -> Ident {
    let name = format!("__flytekit_{}", function.unraw());
    Ident::new(&name, here(function.span()))
}

/// The variable for the argument at `index`.
pub(crate) fn argument(index: usize) -> Ident {
    local(&index.to_string())
}

/// The name in Flyte: `task_name!("add")`, or the given name.
pub(crate) fn declared(name: &Name, function: &Ident) -> TokenStream {
    match name {
        Name::OfFunction => {
            let function = function.unraw().to_string();
            quote!(__flytekit::task_name!(#function))
        }
        Name::Given(text) => checked(text, "task_name"),
    }
}
