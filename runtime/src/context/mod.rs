//! Where am I? What the platform says about this process, and what a run lends to its values.

mod platform;
mod scope;
mod secrets;

pub use platform::{Mode, execution};
pub use scope::{raw_output, with_session};
pub use secrets::secret;

pub(crate) use platform::{has_siblings, must_look_failed, worker};
#[cfg(any(test, feature = "container"))]
pub(crate) use scope::within_place;
pub(crate) use scope::{Lender, unique, unique_place, within};
pub(crate) use secrets::{ask_for_secrets, hide_secrets};
