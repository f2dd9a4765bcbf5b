//! The parsing code that attributes, derives and their items share.

pub(crate) mod check;
pub(crate) mod derive;
pub(crate) mod docs;
pub(crate) mod error;
pub(crate) mod function;
pub(crate) mod group;
pub(crate) mod items;
pub(crate) mod json;
pub(crate) mod lists;
pub(crate) mod name;
mod other_names;
pub(crate) mod parameter;
pub(crate) mod schema;
pub(crate) mod signature;
pub(crate) mod text;
pub(crate) mod types;
pub(crate) mod value;
#[cfg(feature = "yaml")]
pub(crate) mod yaml;
