//! The compiler.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ask;

/// What is to be compiled.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Compile {
    /// Archives, folders and files of `package` and `pyflyte serialize`.
    pub closure: Vec<PathBuf>,
    /// Files of cases.
    pub cases: Vec<PathBuf>,
}

/// The compiler's verdict on one case or entity.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// Of the case, or `task NAME`, `workflow NAME`, `launch plan NAME`.
    pub case: String,
    /// None for what the compiler takes.
    pub errors: Vec<Refusal>,
}

/// One error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// `MismatchingTypes`, …
    pub code: String,
    /// The node's id, or what the compiler calls the place.
    pub node: String,
    /// All that the compiler says.
    pub text: String,
}

/// Asks the backend's compiler.
///
/// # Panics
///
/// When the request is none.
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
