//! The fault matrix: everything that can happen to a task's container, and its resulting files.
//!
//! The table is in `docs/failures.md`. Each row of it has the words of a fault in these modules: a row
//! without a fault fails, a fault without a row fails, and so does a container that ends differently.

mod ends;
mod inputs;
mod machine;
mod row;
mod table;
mod templates;

use row::{Row, faults};

/// The faults of each module, in the order of the document's sections.
const MODULES: [&[Row]; 4] = [ends::ROWS, inputs::ROWS, templates::ROWS, machine::ROWS];
