//! Tasks of a library: they are part of every binary that names this crate.

use flytekit::prelude::*;

/// Twice a number.
#[task]
pub fn double(number: i64) -> i64 {
    2 * number
}

pub mod etl {
    //! A module below, whose name is part of the task's.

    use flytekit::prelude::*;

    /// A name that is not a path.
    #[task(name = "etl.renamed")]
    pub fn renamed(text: String) -> String {
        text
    }

    /// A keyword as a name.
    #[task]
    pub fn r#match(r#type: String) -> String {
        r#type
    }
}
