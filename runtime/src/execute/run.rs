//! One run: inputs, the engine's session, the function, clean-up.

use std::future::Future;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use super::inputs::Inputs;
use super::products::Products;
use super::watch::{self, Abandon};
use super::{panics, scope};
use crate::declare::TaskDescriptor;
use crate::engine::{Engine, Mode, Outcome, Plain, TaskContext};
use crate::error::Error;
use crate::types::OutputsWriter;

/// How long an engine may take to come up unless `FLYTEKIT_ENGINE_TIMEOUT` (seconds) says otherwise.
const ENGINE_DEADLINE: Duration = Duration::from_secs(120);

/// What a run leaves, or why it failed.
pub type RunResult = Result<Products, Error>;

pub(crate) fn engine_deadline() -> Duration {
    let seconds = std::env::var("FLYTEKIT_ENGINE_TIMEOUT")
        .ok()
        .and_then(|text| text.parse().ok());
    seconds.map_or(ENGINE_DEADLINE, Duration::from_secs)
}

/// One run, handed to the code that the attribute generates.
#[derive(Debug)]
pub struct Run<'a> {
    context: TaskContext<'a>,
    inputs: Inputs<'a>,
    raw_output_prefix: &'a str,
    abandon: Abandon<'a>,
}

impl<'a> Run<'a> {
    /// A run of `task` on the bytes of a `flyteidl.core.LiteralMap`.
    pub(crate) fn new(
        task: &'static TaskDescriptor,
        inputs: &'a [u8],
        mode: Mode,
        target: Option<&'a str>,
        raw_output_prefix: &'a str,
        abandon: Abandon<'a>,
    ) -> Result<Self, Error> {
        let context = TaskContext {
            task: task.name,
            mode,
            target,
            deadline: engine_deadline(),
        };
        let inputs = Inputs::new(task, inputs)?;
        Ok(Run {
            context,
            inputs,
            raw_output_prefix,
            abandon,
        })
    }

    /// Decodes the inputs, then calls the function between the engine's two hooks.
    ///
    /// Inputs come first, so that a mistake in them costs no engine's start, unless there are tables
    /// among them: those are opened by the engine's session. It takes functions, and hands them on
    /// as trait objects, so that tasks of equal types share one instance of all this.
    ///
    /// # Errors
    ///
    /// For bad inputs, an engine that does not come up or is lost, an error or a panic of the
    /// function, and outputs that Flyte cannot hold.
    pub fn task<E: Engine, A>(
        mut self,
        config: &'static E::Config,
        decode: fn(&mut Inputs<'_>) -> Option<A>,
        call: fn(&E::Session, A, &mut OutputsWriter) -> Result<(), Error>,
    ) -> RunResult {
        let mut arguments = None;
        if !self.inputs.hold_datasets() {
            // A default is the user's code, and may panic.
            panics::catch(&mut || {
                arguments = Some(self.inputs.decode_all(decode)?);
                Ok(())
            })?;
        }
        self.surrounded::<E>(config, &mut |session, inputs, outputs| {
            let arguments = match arguments.take() {
                Some(arguments) => arguments,
                None => inputs.decode_all(decode)?,
            };
            call(session, arguments, outputs)
        })
    }

    /// Makes the call between the engine's two hooks.
    fn surrounded<E: Engine>(
        mut self,
        config: &'static E::Config,
        call: &mut Call<'_, E::Session>,
    ) -> RunResult {
        let session = Rc::new(E::pre_execute(config, &self.context)?);
        let mut outputs = OutputsWriter::new();
        let inputs = &mut self.inputs;
        let mut call = || call(&session, inputs, &mut outputs);
        let called = watch::during(E::watch(&session), self.abandon, &mut || {
            scope::within(&session, self.raw_output_prefix, || {
                panics::catch(&mut call)
            })
        });
        #[cfg(feature = "spark")]
        let called = called.map_err(Error::with_spark_details);
        let outcome = if called.is_ok() {
            Outcome::Succeeded
        } else {
            Outcome::Failed
        };
        // Nobody else holds it: the scope lent it, and has ended.
        let mut session = Rc::into_inner(session);
        let closed = panics::catch(&mut || {
            let session = session.take();
            session.map_or(Ok(()), |session| E::post_execute(session, outcome))
        });
        if let (Err(_), Err(error)) = (&called, &closed) {
            tracing::warn!(task = self.context.task, "cleaning up failed too: {error}");
        }
        called
            .and(closed)
            .map(|()| Products::of_outputs(outputs.finish()))
    }
}

/// What happens in an engine's session.
type Call<'c, S> = dyn FnMut(&S, &mut Inputs<'_>, &mut OutputsWriter) -> Result<(), Error> + 'c;

/// The code that the attribute generates for a task.
#[derive(Clone, Copy, Debug)]
pub enum Dispatch {
    /// Of a task that nothing surrounds: decodes the inputs, calls the function and writes the
    /// outputs, all in one function, because there are many of them in a program.
    Plain(fn(&mut Inputs<'_>, &mut OutputsWriter) -> Result<(), Error>),
    /// Of a task with an engine: calls [`Run::task`].
    Engine(fn(Run<'_>) -> RunResult),
}

impl Dispatch {
    /// Makes the run.
    pub(crate) fn run(self, run: Run<'_>) -> RunResult {
        match self {
            Dispatch::Plain(call) => {
                run.surrounded::<Plain>(&(), &mut |(), inputs, outputs| call(inputs, outputs))
            }
            Dispatch::Engine(dispatch) => dispatch(run),
        }
    }
}

/// The session as the function wants it; a type that is not the engine's does not compile.
pub fn session<E: Engine, S: IsSession<E::Session> + ?Sized>(session: &E::Session) -> &S {
    S::of(session)
}

/// The type that a task's first parameter borrows: its engine's session `S`, and no other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the session of this task's engine, which is `{S}`",
    label = "this engine has no such session",
    note = "the first parameter may be a reference to `{S}`; inputs are taken by value"
)]
pub trait IsSession<S> {
    /// The session as this type.
    fn of(session: &S) -> &Self;
}

impl<S> IsSession<S> for S {
    fn of(session: &S) -> &S {
        session
    }
}

/// Runs an async task's future to its end, on a runtime that lives as long as the process.
///
/// # Panics
///
/// When the operating system gives no threads for the runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        runtime.expect("threads for the async runtime")
    });
    runtime.block_on(future)
}
