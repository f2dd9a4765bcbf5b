//! Large parts of values, which travel beside the values: nothing copies them into a record or out of it.
//!
//! serde's traits have no way around the format, which copies all bytes. So a value gives its parts to the
//! record that its thread is writing, and serializes only their places in the record:
//!
//! ```text
//! values: […, {"len": 1000000, "buffers": [[0, 8000000]], …}, …]
//! attached: the 8000000 bytes of a column
//! ```

use std::cell::RefCell;
use std::mem;
use std::thread::LocalKey;

use bytes::Bytes;

/// Parts start at multiples of this, so that columns of numbers can be read in place.
pub(super) const ALIGNMENT: usize = 16;

/// The parts of a record's values.
#[derive(Debug, Default)]
pub(super) struct Attached {
    pub(super) parts: Vec<Bytes>,
    /// The length of all parts, each of which is extended to a multiple of the alignment.
    pub(super) len: usize,
}

/// The start and the length of a part, among the parts of its record.
#[cfg(feature = "arrow")]
pub(super) type Place = (u64, u64);

thread_local! {
    /// The parts of the record that this thread is writing.
    static WRITTEN: RefCell<Option<Attached>> = const { RefCell::new(None) };
    /// The parts of the record that this thread is reading.
    static READ: RefCell<Option<Bytes>> = const { RefCell::new(None) };
}

impl Attached {
    /// Serializes a value, whose parts are added to these.
    pub(super) fn while_writing<R>(&mut self, write: impl FnOnce() -> R) -> R {
        let _outer = Scope::enter(&WRITTEN, mem::take(self));
        let written = write();
        *self = WRITTEN.take().unwrap_or_default();
        written
    }

    #[cfg(feature = "arrow")]
    fn push(&mut self, part: Bytes) -> Place {
        let place = (self.len as u64, part.len() as u64);
        self.len += part.len().next_multiple_of(ALIGNMENT);
        self.parts.push(part);
        place
    }
}

/// Deserializes a value that may have parts among these.
pub(super) fn while_reading<R>(parts: Bytes, read: impl FnOnce() -> R) -> R {
    let _outer = Scope::enter(&READ, parts);
    read()
}

/// Adds a part of a value to the record that this thread is writing; None if it is writing none, because the
/// value is serialized for another purpose.
#[cfg(feature = "arrow")]
pub(super) fn attach(part: Bytes) -> Option<Place> {
    WRITTEN.with_borrow_mut(|attached| Some(attached.as_mut()?.push(part)))
}

/// The part at this place of the record that this thread is reading, if there is one.
#[cfg(feature = "arrow")]
pub(super) fn find((start, len): Place) -> Option<Bytes> {
    let start = usize::try_from(start).ok()?;
    let end = start.checked_add(usize::try_from(len).ok()?)?;
    READ.with_borrow(|parts| {
        let parts = parts.as_ref()?;
        (end <= parts.len()).then(|| parts.slice(start..end))
    })
}

/// Sets a variable of the thread, and sets it back at the end, also after a panic.
struct Scope<T: 'static> {
    variable: &'static LocalKey<RefCell<Option<T>>>,
    outer: Option<T>,
}

impl<T: 'static> Scope<T> {
    fn enter(variable: &'static LocalKey<RefCell<Option<T>>>, value: T) -> Self {
        let outer = variable.replace(Some(value));
        Scope { variable, outer }
    }
}

impl<T: 'static> Drop for Scope<T> {
    fn drop(&mut self) {
        self.variable.set(self.outer.take());
    }
}
