//! Storage for the data that the model of a graph borrows.

use std::cell::{Cell, OnceCell};

/// Any number of lists, which live as long as this value.
#[derive(Debug)]
pub(super) struct Room<T> {
    places: Box<[OnceCell<Vec<T>>]>,
    /// The next block is twice as large, so that few steps lead to the last one.
    more: OnceCell<Box<Room<T>>>,
}

impl<T> Room<T> {
    pub(super) fn new() -> Self {
        Room::of(16)
    }

    fn of(places: usize) -> Self {
        Room {
            places: (0..places).map(|_| OnceCell::new()).collect(),
            more: OnceCell::new(),
        }
    }

    pub(super) fn open(&self) -> Arena<'_, T> {
        Arena {
            room: Cell::new(self),
            used: Cell::new(0),
        }
    }
}

/// Adds lists to a [`Room`].
#[derive(Debug)]
pub(super) struct Arena<'a, T> {
    room: Cell<&'a Room<T>>,
    used: Cell<usize>,
}

impl<'a, T> Arena<'a, T> {
    /// Stores the list, and returns a reference to it.
    pub(super) fn list(&self, items: Vec<T>) -> &'a [T] {
        if items.is_empty() {
            return &[];
        }
        if self.used.get() == self.room.get().places.len() {
            let room = self.room.get();
            let more = room
                .more
                .get_or_init(|| Box::new(Room::of(2 * room.places.len())));
            self.room.set(more);
            self.used.set(0);
        }
        let place = self.used.get();
        self.used.set(place + 1);
        self.room.get().places[place].get_or_init(|| items)
    }

    /// Stores a single item.
    pub(super) fn one(&self, item: T) -> &'a T {
        &self.list(vec![item])[0]
    }
}
