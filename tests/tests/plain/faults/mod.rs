//! The fault matrix: everything that can happen to a task's container, and what it leaves then.
//!
//! The table is in `docs/failures.md`. A row of it and a fault of these modules are the same words:
//! one without the other fails, and so does a row whose container ends otherwise.

mod ends;
mod inputs;
mod machine;
mod row;
mod table;
mod templates;

use row::{Row, faults};

/// The faults of each module, in the order of the document's sections.
const MODULES: [&[Row]; 4] = [ends::ROWS, inputs::ROWS, templates::ROWS, machine::ROWS];
