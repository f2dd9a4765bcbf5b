//! Asks Flyte's compiler.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ask;

/// A request to compile.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Compile {
    /// Archives, folders and files of `package` and `pyflyte serialize`.
    pub closure: Vec<PathBuf>,
    /// Files with cases.
    pub cases: Vec<PathBuf>,
}

/// The compiler's verdict on one case or entity.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// The name of the case, or `task NAME`, `workflow NAME`, `launch plan NAME`.
    pub case: String,
    /// The errors; empty if the compiler accepts it.
    pub errors: Vec<Refusal>,
}

/// One error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// The code: `MismatchingTypes`, …
    pub code: String,
    /// The node's id, or the compiler's name of the position.
    pub node: String,
    /// The compiler's whole message.
    pub text: String,
}

/// Asks the backend's compiler.
///
/// # Panics
///
/// If the request is invalid.
///
/// ```no_run
/// use flytekit_test_support::backend::{Compile, compile};
///
/// let verdicts = compile(&Compile { closure: vec!["package.tgz".into()], ..Compile::default() });
/// assert!(verdicts.iter().all(|verdict| verdict.errors.is_empty()), "{verdicts:#?}");
/// ```
pub fn compile(request: &Compile) -> Vec<Verdict> {
    #[derive(Deserialize)]
    struct Answer {
        verdicts: Vec<Verdict>,
    }
    ask::<Answer>("compile", request).verdicts
}
