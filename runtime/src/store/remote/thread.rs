//! The threads that make requests, and how other threads wait for them.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};

use tokio::runtime::{Builder, Runtime};

/// The runtime of all requests. It has threads of its own, because a task's threads may be blocked by the
/// very call that waits for a request.
pub(super) fn runtime() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("flytekit-store")
            .enable_all()
            .build()
    });
    let failed = |error: &io::Error| io::Error::new(error.kind(), error.to_string());
    runtime.as_ref().map_err(failed)
}

/// Blocks this thread until a future that other threads drive is complete. A runtime's own `block_on` panics
/// in a thread that runs async code, and a task's thread may be one.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
