//! Secret values.

use std::fmt;
use std::sync::Arc;

use flytekit::Redactor;

/// A password or a token, which is not printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(Arc<str>);

impl Secret {
    /// A value without surrounding whitespace, unless it is empty.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Secret(text.into()))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Redacts the secret in the text of another program, in each form in which it may be written there.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        let mut redactor = Redactor::default();
        redactor.add(self.0.as_bytes());
        redactor.redact(text).into_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
