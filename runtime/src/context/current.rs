//! The run that a thread works for.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;
use std::thread::{self, JoinHandle};

use tracing::Span;

use super::Context;

thread_local! {
    static OF_THREAD: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// The contexts of the runs in progress in this process.
static UNDER_WAY: Mutex<Vec<Context>> = Mutex::new(Vec::new());

/// The context of the run that this thread works for.
///
/// This is the context of the thread or of the future, if it has one, or else that of the process's only run
/// in progress. Outside of a run, the context is a placeholder: values that only Flyte knows are `local`, or
/// missing.
///
/// ```
/// assert_eq!(flytekit::context().attempt(), 0);
/// ```
pub fn context() -> Context {
    of_run().unwrap_or_else(|| {
        static OF_PROCESS: OnceLock<Context> = OnceLock::new();
        OF_PROCESS.get_or_init(Context::of_process).clone()
    })
}

/// The context of the run that this thread works for, if there is one.
pub(super) fn of_run() -> Option<Context> {
    let of_thread = OF_THREAD.try_with(|it| it.borrow().clone()).ok().flatten();
    of_thread.or_else(|| match &under_way()[..] {
        [only] => Some(only.clone()),
        _ => None,
    })
}

/// Adds the context of a run that begins.
pub(super) fn begins(context: &Context) {
    under_way().push(context.clone());
}

/// Removes the context of a run that ends.
pub(super) fn ends(context: &Context) {
    under_way().retain(|other| !Arc::ptr_eq(&other.0, &context.0));
}

fn under_way() -> MutexGuard<'static, Vec<Context>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Context {
    /// Calls `work` in this context, and in its span of `tracing`: for threads of other libraries.
    ///
    /// ```
    /// let context = flytekit::context();
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| context.within(|| flytekit::context().attempt()));
    /// });
    /// ```
    pub fn within<R>(&self, work: impl FnOnce() -> R) -> R {
        let _entered = self.span().enter();
        let _restored = Restored(OF_THREAD.replace(Some(self.clone())));
        work()
    }

    /// Starts a thread in this context.
    ///
    /// # Panics
    ///
    /// If the operating system cannot create a thread, like [`std::thread::spawn`].
    ///
    /// ```
    /// let attempt = flytekit::context().spawn(|| flytekit::context().attempt());
    /// assert_eq!(attempt.join().expect("no panic"), 0);
    /// ```
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let context = self.clone();
        thread::spawn(move || context.within(work))
    }

    /// A future that runs in this context on any thread.
    ///
    /// ```
    /// # async fn fetch(_: &str) {}
    /// # async fn spawn<T>(future: impl Future<Output = T>) -> T { future.await }
    /// # async fn task() {
    /// let page = spawn(flytekit::context().scope(fetch("https://example.org"))).await;
    /// # }
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> Scoped<F> {
        Scoped {
            context: self.clone(),
            future: Box::pin(future),
        }
    }

    fn span(&self) -> &Span {
        self.0.span.get_or_init(|| self.new_span())
    }
}

/// Restores the previous context, also after a panic.
struct Restored(Option<Context>);

impl Drop for Restored {
    fn drop(&mut self) {
        OF_THREAD.set(self.0.take());
    }
}

/// A future in a context: see [`Context::scope`].
#[must_use = "futures do nothing unless they are polled"]
pub struct Scoped<F> {
    context: Context,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<F::Output> {
        let Scoped { context, future } = self.get_mut();
        context.within(|| future.as_mut().poll(cx))
    }
}

impl<F> fmt::Debug for Scoped<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scoped").field(&self.context).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{self, AssertUnwindSafe};

    use crate::context::{RunContext, Whereabouts, context};

    fn run(place: &str) -> RunContext {
        RunContext::without_task(Whereabouts::here(place))
    }

    /// Other tests have runs in progress, too, so this test does not use threads without a context.
    #[test]
    fn a_thread_and_a_future_are_in_the_context_that_they_are_given() {
        let (first, second) = (run("/first"), run("/second"));
        first.context().within(|| {
            assert_eq!(context().raw_output_prefix(), "/first");
            let inner = second.context().within(|| context().spawn(context));
            assert_eq!(inner.join().unwrap().raw_output_prefix(), "/second");
            assert_eq!(context().raw_output_prefix(), "/first");
        });
        let scoped = second.context().scope(async { context() });
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let task = runtime.spawn(scoped);
        let seen = runtime.block_on(task).unwrap();
        assert_eq!(seen.raw_output_prefix(), "/second");
    }

    #[test]
    fn the_working_directory_goes_with_the_run() {
        let run = run("/raw");
        let context = run.context().clone();
        let path = context.working_directory().unwrap();
        std::fs::write(path.join("left"), "over").unwrap();
        assert_eq!(context.working_directory().unwrap(), path);
        drop(run);
        assert!(!path.exists());
        let error = context.working_directory().unwrap_err().to_string();
        assert!(error.contains("the run of the task is over"), "{error}");
    }

    #[test]
    fn a_panic_ends_the_scope() {
        let (outer, inner) = (run("/outer"), run("/inner"));
        outer.context().within(|| {
            let panics = || inner.context().within(|| panic!("boom"));
            assert!(panic::catch_unwind(AssertUnwindSafe(panics)).is_err());
            assert_eq!(context().raw_output_prefix(), "/outer");
        });
    }
}
