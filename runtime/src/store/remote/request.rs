//! One operation on a store: its requests, the wait for them, and the explanation of a failure.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use object_store::ObjectStore;

use super::client::{self, Access};
use super::failure;
use super::listen::Heard;
use super::object_uri::ObjectUri;
use super::thread;
use crate::store::StoreError;
use crate::store::scheme::Scheme;

/// An operation on a store: its description, and the client that performs it.
#[derive(Clone, Debug)]
pub(super) struct Request {
    store: Arc<dyn ObjectStore>,
    scheme: Scheme,
    tried: Arc<str>,
}

impl Request {
    pub(super) fn new(place: &ObjectUri, tried: &impl fmt::Display) -> Result<Self, StoreError> {
        Ok(Request {
            store: client::store(place, Access::Configured, tried)?,
            scheme: place.scheme,
            tried: tried.to_string().into(),
        })
    }

    /// A copy of this request with other credentials.
    pub(super) fn with_access(
        &self,
        place: &ObjectUri,
        access: Access,
    ) -> Result<Self, StoreError> {
        Ok(Request {
            store: client::store(place, access, &self.tried)?,
            ..self.clone()
        })
    }

    /// The store, for the future of an operation, which must own it.
    pub(super) fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    pub(super) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The operation's description, as the end of "cannot …".
    pub(super) fn tried(&self) -> &str {
        &self.tried
    }

    /// An operation whose failure is explained with the answers of the servers.
    pub(super) fn explained<T, F: Future<Output = object_store::Result<T>>>(
        &self,
        operation: F,
    ) -> impl Future<Output = Result<T, StoreError>> + use<T, F> {
        let (scheme, tried) = (self.scheme, Arc::clone(&self.tried));
        let heard = Heard::default();
        async move {
            let result = heard.during(operation).await;
            result.map_err(|error| failure::explain(scheme, &tried, &error, &heard.tries()))
        }
    }

    /// Runs an operation to its end. Each request in it has a deadline.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        operation: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.finish(self.explained(operation))
    }

    /// Runs a future to its end on the threads of the store.
    pub(super) fn finish<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let failed = |error: &dyn fmt::Display| StoreError::refused(self.tried(), error);
        let runtime = thread::runtime().map_err(|error| failed(&error))?;
        thread::wait(runtime.spawn(future)).unwrap_or_else(|error| Err(failed(&error)))
    }

    /// Starts a future on the threads of the store.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<tokio::task::JoinHandle<T>, StoreError> {
        let runtime = thread::runtime();
        let runtime = runtime.map_err(|error| StoreError::refused(self.tried(), error))?;
        Ok(runtime.spawn(future))
    }
}
