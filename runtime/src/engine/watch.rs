//! Watches the engine of a run while the function works.

use std::fmt;

use crate::error::Error;
use crate::execute::Cancel;

/// Tells a run that its engine is lost, and cancels the run's work on the engine.
///
/// ```
/// use flytekit::engine::{Engine, Watch};
/// use flytekit::Error;
/// # struct Client;
/// # impl Client {
/// #     fn is_connected(&self) -> bool { true }
/// #     fn cancel_jobs(&self) {}
/// # }
/// # let client = std::sync::Arc::new(Client);
///
/// let cancelled = client.clone();
/// let watch = Watch::new(move |_| {
///     (!client.is_connected()).then(|| Error::system("the cluster is gone"))
/// })
/// .cancelled_by(move || cancelled.cancel_jobs());
/// ```
pub struct Watch {
    lost: Option<Lost>,
    cancel: Option<Cancel>,
}

type Lost = Box<dyn Fn(Moment) -> Option<Error> + Send>;

/// When a run asks whether its engine is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// Several times a second, while the function works.
    Working,
    /// Once, when the function has failed: to find out whether the engine caused it, a check of a second or
    /// two is acceptable.
    Failed,
}

impl Watch {
    /// Watches nothing: the engine's calls fail by themselves.
    pub fn nothing() -> Self {
        Watch {
            lost: None,
            cancel: None,
        }
    }

    /// Watches with `lost`, which returns a recoverable system error if the engine is lost.
    pub fn new(lost: impl Fn(Moment) -> Option<Error> + Send + 'static) -> Self {
        Watch {
            lost: Some(Box::new(lost)),
            cancel: None,
        }
    }

    /// Calls `cancel`, on a thread of its own, when the process is told to end (SIGTERM, Ctrl-C) while the
    /// function works. `cancel` has a few seconds; after that, the process ends regardless.
    #[must_use]
    pub fn cancelled_by(self, cancel: impl FnOnce() + Send + 'static) -> Self {
        Watch {
            cancel: Some(Box::new(cancel)),
            ..self
        }
    }

    /// Whether the engine can be lost.
    pub(crate) fn is_needed(&self) -> bool {
        self.lost.is_some()
    }

    /// The function that cancels the run; None after the first call.
    pub(crate) fn take_cancel(&mut self) -> Option<Cancel> {
        self.cancel.take()
    }

    /// Why the engine is lost, if it is.
    pub fn lost(&self, moment: Moment) -> Option<Error> {
        self.lost.as_ref().and_then(|lost| lost(moment))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("lost", &self.lost(Moment::Working))
            .field("can_cancel", &self.cancel.is_some())
            .finish()
    }
}
