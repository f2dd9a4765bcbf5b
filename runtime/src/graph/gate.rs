//! Gates: nodes that wait.

use std::time::Duration;

use super::node::{Planned, Wait, What};
use super::promise::{Giver, Promise, Source, Whole};
use super::{Graph, here};
use crate::declare::Location;
use crate::types::FlyteType;

impl Graph {
    /// Adds a gate that waits for an approval, under the name of a signal, and passes the value on. A
    /// rejection fails the graph.
    #[track_caller]
    pub fn approve<T: FlyteType>(
        &self,
        value: &Promise<T>,
        signal: impl Into<String>,
    ) -> Promise<T> {
        let wait = Wait::Approve {
            signal: signal.into(),
            value: value.source.clone(),
        };
        let giver = self.wait(wait, None, here());
        // An approved value keeps its name.
        let name = value.source.variable().unwrap_or("o0");
        Promise::whole(giver.graph(), giver, Whole::One(name, T::LITERAL_TYPE))
    }

    /// Adds a gate that waits for a value, under the name of a signal.
    #[track_caller]
    pub fn wait_for_input<T: FlyteType>(&self, signal: impl Into<String>) -> Promise<T> {
        let wait = Wait::Input {
            signal: signal.into(),
            literal_type: T::LITERAL_TYPE,
        };
        let giver = self.wait(wait, None, here());
        giver.output("o0")
    }

    /// Adds a gate that waits for some time, without occupying a machine. Nodes wait for the gate by
    /// [`after`](super::Call::after).
    #[track_caller]
    pub fn sleep(&self, length: Duration) -> Promise<()> {
        self.sleep_after(length, None::<&Promise<()>>)
    }

    /// Like [`sleep`](Self::sleep), beginning after the node of this promise.
    #[track_caller]
    pub fn sleep_after<T>(&self, length: Duration, before: Option<&Promise<T>>) -> Promise<()> {
        let before = before.map(|promise| promise.source.clone());
        let giver = self.wait(Wait::Sleep(length), before, here());
        giver.output("o0")
    }

    fn wait(&self, wait: Wait, before: Option<Source>, place: Location) -> Giver {
        let mut planned = Planned::new(What::Gate(wait), Vec::new());
        planned.settings.after.extend(before);
        self.state().place(planned, place)
    }
}
