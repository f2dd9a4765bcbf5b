//! The placeholder for object stores in a build that has none of their features.

use std::fmt;

use super::scheme::Scheme;
use super::{StoreEntry, StoreError, StoreReader, Unfinished};

/// An object in a store. The type has no values, because there are no stores.
pub(super) enum Object {}

impl Object {
    pub(super) fn at(uri: &str, tried: &impl fmt::Display) -> Result<Self, StoreError> {
        Err(Scheme::of(uri, tried)?.unreachable(tried))
    }

    pub(super) fn open(self, _ahead: usize) -> Result<StoreReader, StoreError> {
        match self {}
    }

    pub(super) fn create(self, _ahead: usize) -> Result<Box<dyn Unfinished>, StoreError> {
        match self {}
    }

    pub(super) fn list(self) -> Result<Vec<StoreEntry>, StoreError> {
        match self {}
    }

    pub(super) fn remove(self) -> Result<(), StoreError> {
        match self {}
    }

    pub(super) fn copy(self, _to: &str) -> Result<(), StoreError> {
        match self {}
    }
}
