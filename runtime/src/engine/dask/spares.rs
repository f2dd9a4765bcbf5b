//! Memory of large bodies, which is used again: to fill fresh memory costs more than the copy into it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// The memory of smaller bodies is not kept.
const LARGE: usize = 1 << 20;

/// How much memory is kept.
const KEPT: usize = 64 << 20;

/// Memory that no body needs at the moment, the oldest first.
#[derive(Clone, Default)]
pub(super) struct Spares(Arc<Mutex<Vec<Vec<u8>>>>);

impl Spares {
    /// Memory for a body of this length, or none. It is empty, and not much larger than the body.
    pub(super) fn take(&self, len: usize) -> Vec<u8> {
        let mut spares = self.lock();
        let sizes = len..=len.saturating_mul(2);
        let fitting = spares
            .iter()
            .position(|spare| sizes.contains(&spare.capacity()));
        let mut memory = fitting.map_or_else(Vec::new, |index| spares.remove(index));
        memory.clear();
        memory
    }

    /// Bytes that many can share. Their memory comes back when nobody needs them.
    pub(super) fn lend(&self, memory: Vec<u8>) -> Bytes {
        if memory.capacity() < LARGE {
            return memory.into();
        }
        let spares = self.clone();
        Bytes::from_owner(Loan { memory, spares })
    }

    fn take_back(&self, memory: Vec<u8>) {
        let mut spares = self.lock();
        spares.push(memory);
        let mut size: usize = spares.iter().map(Vec::capacity).sum();
        while size > KEPT {
            size -= spares.remove(0).capacity();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Spares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<usize> = self.lock().iter().map(Vec::capacity).collect();
        f.debug_tuple("Spares").field(&sizes).finish()
    }
}

/// The owner of bytes that are on loan.
struct Loan {
    memory: Vec<u8>,
    spares: Spares,
}

impl AsRef<[u8]> for Loan {
    fn as_ref(&self) -> &[u8] {
        &self.memory
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.spares.take_back(std::mem::take(&mut self.memory));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(spares: &Spares) -> Vec<usize> {
        spares.lock().iter().map(Vec::capacity).collect()
    }

    #[test]
    fn memory_comes_back_with_the_last_holder_of_its_bytes() {
        let spares = Spares::default();
        let bytes = spares.lend(vec![7; LARGE]);
        let part = bytes.slice(3..5);
        drop(bytes);
        assert_eq!(sizes(&spares), [0; 0]);
        assert_eq!(*part, [7, 7]);
        drop(part);
        assert_eq!(sizes(&spares), [LARGE]);
        assert_eq!(spares.take(LARGE), [0; 0]);
        assert_eq!(sizes(&spares), [0; 0]);
    }

    #[test]
    fn memory_fits_its_body() {
        let spares = Spares::default();
        drop(spares.lend(vec![0; 4 * LARGE]));
        for len in [0, 1, LARGE, 4 * LARGE + 1, usize::MAX] {
            assert_eq!(spares.take(len).capacity(), 0, "{len}");
        }
        assert_eq!(spares.take(2 * LARGE).capacity(), 4 * LARGE);
        assert_eq!(spares.take(2 * LARGE).capacity(), 0);
    }

    #[test]
    fn not_much_memory_is_kept() {
        let spares = Spares::default();
        drop(spares.lend(vec![0; 1]));
        drop(spares.lend(vec![0; KEPT + 1]));
        assert_eq!(sizes(&spares), [0; 0]);
        for size in [KEPT / 2, KEPT / 4, KEPT / 2] {
            drop(spares.lend(vec![0; size]));
        }
        assert_eq!(sizes(&spares), [KEPT / 4, KEPT / 2]);
    }
}
