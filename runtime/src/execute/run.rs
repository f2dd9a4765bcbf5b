//! One run: inputs, the engine's session, the function, clean-up.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::rc::Rc;
use std::sync::OnceLock;

use super::catch;
use super::inputs::Inputs;
use super::products::Products;
use super::watch::{self, Abandon};
use crate::context::{Context, Lender, lending};
use crate::declare::TaskDescriptor;
use crate::engine::{self, Engine, Outcome, Plain, TaskContext, Watch};
use crate::error::Error;
use crate::shim::{self, ByTemplate, Shim, TemplateInputs};
use crate::types::OutputsWriter;

/// The products of a run, or its error.
pub type RunResult = Result<Products, Error>;

/// One run, which the attribute's code receives.
#[derive(Debug)]
pub struct Run<'a> {
    context: TaskContext<'a>,
    inputs: Inputs<'a>,
    abandon: Abandon<'a>,
}

/// The functions of an engine that a run uses while the task's function works. This is a trait object, so
/// that tasks of all engines share one instance of the code.
trait AnyRunning: Lender {
    fn watch(&self) -> Watch;

    fn explain(&self, error: Error) -> Error;
}

/// An engine's running state.
struct OfEngine<E: Engine>(E::Running);

impl<E: Engine> Lender for OfEngine<E> {
    fn session(&self) -> &dyn Any {
        E::session(&self.0)
    }
}

impl<E: Engine> AnyRunning for OfEngine<E> {
    fn watch(&self) -> Watch {
        E::watch(&self.0)
    }

    fn explain(&self, error: Error) -> Error {
        if error.is_explained() {
            return error;
        }
        // The function may use another engine, too.
        engine::explain(E::explain(&self.0, error))
    }
}

impl<'a> Run<'a> {
    /// A run of `task` on these inputs.
    pub(crate) fn new(
        task: &'static TaskDescriptor,
        inputs: Inputs<'a>,
        context: &Context,
        target: Option<&'a str>,
        abandon: Abandon<'a>,
    ) -> Self {
        Run {
            context: TaskContext::new(task.name, context.mode()).with_target(target),
            inputs,
            abandon,
        }
    }

    /// Decodes the inputs, then calls the function between the engine's two hooks.
    ///
    /// Inputs come first, so that a mistake in them does not start the engine, unless they contain tables,
    /// which the engine's session opens. This takes functions, and passes them on as trait objects, so that
    /// tasks with equal types share one instance of the code.
    ///
    /// # Errors
    ///
    /// Bad inputs, an engine that does not start or is lost, an error or a panic of the function, and outputs
    /// that Flyte cannot represent.
    pub fn task<E: Engine, A>(
        mut self,
        config: &'static E::Config,
        decode: fn(&mut Inputs<'_>) -> Option<A>,
        call: fn(&E::Session, A, &mut OutputsWriter) -> Result<(), Error>,
    ) -> RunResult {
        let mut arguments = None;
        if !self.inputs.hold_datasets() {
            // A default runs the user's code, which may panic.
            catch(&mut || {
                arguments = Some(self.inputs.decode_all(decode, &engine::explain)?);
                Ok(())
            })?;
        }
        self.surrounded::<E>(config, &mut |running, inputs, outputs| {
            let arguments = match arguments.take() {
                Some(arguments) => arguments,
                None => inputs.decode_all(decode, &|error| running.explain(error))?,
            };
            call(E::session(&running.0), arguments, outputs)
        })
    }

    /// Runs a template's executor, between its two hooks.
    pub(crate) fn template(mut self, shim: &'static Shim) -> RunResult {
        let inputs = TemplateInputs(self.inputs.read_all(shim::input)?);
        self.surrounded::<ByTemplate>(shim, &mut |_, _, outputs| shim.call(&inputs, outputs))
    }

    /// Runs the call between the engine's two hooks.
    fn surrounded<E: Engine>(
        mut self,
        config: &'static E::Config,
        call: &mut Call<'_, E>,
    ) -> RunResult {
        let started = of_engine::<E, _>("the engine starts", || {
            E::pre_execute(config, &self.context)
        });
        let running = Rc::new(OfEngine::<E>(started?));
        let mut outputs = OutputsWriter::new();
        let any = Rc::clone(&running) as Rc<dyn AnyRunning>;
        let called = timed("the task's function", || {
            call_function(&any, self.abandon, &mut || {
                call(&running, &mut self.inputs, &mut outputs)
            })
        });
        drop(any);
        let outcome = if called.is_ok() {
            Outcome::Succeeded
        } else {
            Outcome::Failed
        };
        // This is the only owner: the scope lent it, and has ended.
        let mut running = Rc::into_inner(running);
        let closed = catch(&mut || {
            let running = running.take();
            let ended = || running.map_or(Ok(()), |running| E::post_execute(running.0, outcome));
            of_engine::<E, _>("the engine ends", ended)
        });
        if let (Err(_), Err(error)) = (&called, &closed) {
            tracing::warn!(task = self.context.task, "cleaning up failed too: {error}");
        }
        called.and(closed).and_then(|()| Products::of(outputs))
    }
}

/// Runs a part of the run that its timeline shows, if the task has an engine.
fn of_engine<E: Engine, R>(part: &str, work: impl FnOnce() -> R) -> R {
    if E::TASK_TYPE == Plain::TASK_TYPE {
        work()
    } else {
        timed(part, work)
    }
}

/// Runs a part of the run that its timeline shows.
#[cfg(feature = "deck")]
fn timed<R>(part: &str, work: impl FnOnce() -> R) -> R {
    crate::deck::timed(&crate::context::context(), part, work)
}

#[cfg(not(feature = "deck"))]
fn timed<R>(_part: &str, work: impl FnOnce() -> R) -> R {
    work()
}

/// The call between an engine's hooks.
type Call<'c, E> =
    dyn FnMut(&OfEngine<E>, &mut Inputs<'_>, &mut OutputsWriter) -> Result<(), Error> + 'c;

/// The code of a task: what its attribute generates.
#[derive(Clone, Copy, Debug)]
pub enum Dispatch {
    /// A task without an engine: decodes the inputs, calls the function and writes the outputs, all in one
    /// function, because a program has many of them.
    Plain(fn(&mut Inputs<'_>, &mut OutputsWriter) -> Result<(), Error>),
    /// A task with an engine: calls [`Run::task`].
    Engine(fn(Run<'_>) -> RunResult),
    /// A task that is only known by its template.
    Template(&'static dyn Templated),
    /// A mapped task, whose elements are runs of another task.
    Mapped,
}

/// A template with its executor. A trait, because a program without executors never creates one, and so
/// contains none of the code that runs templates.
pub trait Templated: fmt::Debug + Sync {
    /// Executes the run.
    fn run(&'static self, run: Run<'_>) -> RunResult;
}

impl Dispatch {
    /// Executes the run.
    pub(crate) fn run(self, run: Run<'_>) -> RunResult {
        match self {
            Dispatch::Plain(call) => {
                run.surrounded::<Plain>(&(), &mut |_, inputs, outputs| call(inputs, outputs))
            }
            Dispatch::Engine(dispatch) => dispatch(run),
            Dispatch::Template(template) => template.run(run),
            Dispatch::Mapped => Err(Error::system("only the elements of a mapped task can run")),
        }
    }
}

/// Calls the function in its surroundings.
fn call_function(
    running: &Rc<dyn AnyRunning>,
    abandon: Abandon<'_>,
    function: &mut dyn FnMut() -> Result<(), Error>,
) -> Result<(), Error> {
    let lender = Rc::clone(running) as Rc<dyn Lender>;
    let explain = |error| running.explain(error);
    watch::during(running.watch(), abandon, &explain, &mut || {
        lending(Rc::clone(&lender), || catch(function))
    })
}

/// The session with the type of the function's parameter; another type than the engine's does not compile.
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
/// If the operating system cannot create threads for the runtime.
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
