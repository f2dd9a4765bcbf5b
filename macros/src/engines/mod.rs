//! What surrounds the function of a task: one file an engine.
//!
//! A file has all that the macro knows of its engine: how it is written, the choices made, what is
//! refused, and the code. What the attribute says becomes one [`EngineUse`], and no stage asks which
//! engine that is. A further engine is one file, and one line in [`ENGINES`].

mod container;
mod dask;
mod databricks;
mod generic_spark;
mod open;
mod plain;
mod shim;
mod spark;
mod spark_settings;

use std::fmt::Debug;

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::emit::{here, names, types};
use crate::pod::model::PodTemplate;
use crate::syntax::check::Check;
use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, Options};
use crate::syntax::parameter::Input;
use crate::syntax::signature::Declared;
use crate::syntax::types::ungrouped;
use crate::syntax::value::Text;
use open::OpenOptions;

/// The engines that have an option of their own, in the order of the documentation.
const ENGINES: &[Entry] = &[
    Entry::of::<spark::SparkOptions>(),
    Entry::of::<generic_spark::GenericSparkOptions>(),
    Entry::of::<databricks::DatabricksOptions>(),
    Entry::of::<dask::DaskOptions>(),
    Entry::of::<container::ContainerOptions>(),
    Entry::of::<shim::ShimOptions>(),
];

/// How an engine is written: `NAME(…)`, with these options in the parentheses.
trait Engine: Options + Debug + 'static {
    const NAME: &'static str;

    /// What people call the type of its session.
    const SESSION: Option<&'static str> = None;

    /// What its task is that is declared without a body, because the engine writes it.
    fn declared(&self) -> Option<&'static Declared> {
        None
    }

    /// Makes the choices.
    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse;
}

/// The engine whose session has a type of this name, and the name.
///
/// For messages only: what a type is, rustc decides.
pub(crate) fn engine_of_session(ty: &Type) -> Option<(&'static str, &'static str)> {
    let Type::Path(path) = ungrouped(ty) else {
        return None;
    };
    let last = &path.path.segments.last()?.ident;
    let sessions = ENGINES.iter().filter_map(|it| Some((it.name, it.session?)));
    sessions.into_iter().find(|(_, session)| last == session)
}

/// How a task uses its engine.
#[derive(Debug)]
pub(crate) struct EngineUse {
    /// Where the engine is named: there rustc reports what only constants show.
    pub(crate) place: Span,
    /// Why a function cannot borrow a session, up to what to write instead of it.
    pub(crate) no_session: Option<&'static str>,
    /// Why a function cannot be `async`.
    pub(crate) not_async: Option<&'static str>,
    pub(crate) in_template: InTemplate,
    /// Whether nothing surrounds the function: no session, no configuration.
    pub(crate) is_bare: bool,
    pub(crate) parts: Box<dyn Parts>,
}

/// What the engine's configuration becomes in the task's template.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InTemplate {
    Nothing,
    /// The message of the engine's own, at this place.
    Custom(Span),
    /// And maybe a pod, which only const evaluation knows.
    CustomAndPod(Span),
}

/// The parts of a task that are its engine's, checked and written.
pub(crate) trait Parts: Debug {
    /// Refuses what is wrong with the engine's options.
    fn check(&self, beside: &Beside<'_>, check: &mut Check<'_>) {
        let _ = (beside, check);
    }

    /// The engine's type.
    fn engine(&self, place: Span) -> TokenStream;

    /// `TaskTemplate.type`, unless it is the engine's.
    fn task_type(&self) -> Option<TokenStream> {
        None
    }

    /// The image that the engine's options name.
    fn image(&self) -> Option<&Text> {
        None
    }

    /// Whether the task has a description in Flyte also where its function has no documentation.
    fn is_described(&self) -> bool {
        true
    }

    /// The value of the engine's `Config`.
    fn config(&self, place: Span) -> TokenStream;

    /// Settings for the backend's plugin.
    fn plugin_config(&self) -> Option<TokenStream> {
        None
    }

    /// What the container is started with, unless as a task usually is.
    fn args(&self) -> Option<TokenStream> {
        None
    }

    /// What can only be checked once rustc has evaluated the constants; `handle` is the task's type.
    fn const_checks(&self, handle: &Ident, beside: &Beside<'_>) -> TokenStream {
        let _ = (handle, beside);
        TokenStream::new()
    }

    /// What a function does that is declared without a body; `handle` is its task's type.
    fn body(&self, handle: &Ident, place: Span, beside: &Beside<'_>) -> Option<TokenStream> {
        let _ = (handle, place, beside);
        None
    }
}

/// What the engine's parts may depend on: the function, and options that are not the engine's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside<'a> {
    pub(crate) inputs: &'a [Input],
    pub(crate) output: &'a Type,
    /// Where `async` stands.
    pub(crate) asyncness: Option<Span>,
    pub(crate) pod_template: Option<&'a PodTemplate>,
}

impl Beside<'_> {
    /// What writes the inputs as literals, for a body that the engine writes:
    ///
    /// ```text
    /// |__inputs| {
    ///     __inputs.literal("rows", |__out| <i64 as __flytekit::FlyteType>::encode(&rows, __out))?;
    ///     ::core::result::Result::Ok(())
    /// }
    /// ```
    fn literals(&self) -> TokenStream {
        let (inputs, out) = (names::local("inputs"), names::local("out"));
        let writes = self.inputs.iter().map(|input| {
            let (name, variable, ty) = (&input.name, &input.variable, &input.ty);
            let encode = types::value(ty, "encode");
            quote!(#inputs.literal(#name, |#out| #encode(&#variable, #out))?;)
        });
        quote! {
            |#inputs| {
                #(#writes)*
                ::core::result::Result::Ok(())
            }
        }
    }

    /// What gives the outputs that `run` has, a `Result` of their literals, as what the function returns:
    ///
    /// ```text
    /// <flytekit::Result<i64> as __flytekit::Declared<_>>::of(…)
    /// ```
    fn outputs(&self, run: &TokenStream) -> TokenStream {
        let output = self.output;
        let of = quote_spanned!(here(output.span())=> <#output as __flytekit::Declared<_>>::of);
        quote!(#of(#run))
    }
}

impl Check<'_> {
    /// Whether an input has this name, which stands for it among the arguments of another program.
    fn argument(&mut self, name: &str, span: Span, inputs: &[Input]) -> bool {
        let none = format!(
            "this task has no inputs: write `\"{name}\"` for text, or add a parameter `{name}`"
        );
        self.input(name, span, inputs, none)
    }
}

/// What an attribute says of engines.
#[derive(Debug, Default)]
pub(crate) struct EngineOptions {
    /// By the place in [`ENGINES`].
    named: Vec<(usize, Box<dyn Named>)>,
    open: OpenOptions,
}

impl Options for EngineOptions {
    fn names() -> Vec<&'static str> {
        let named = ENGINES.iter().map(|engine| engine.name);
        named.chain(OpenOptions::names()).collect()
    }

    fn set(&mut self, name: &str, item: &NestedMeta) -> Result<(), Error> {
        let Some(index) = ENGINES.iter().position(|engine| engine.name == name) else {
            return self.open.set(name, item);
        };
        let engine = (ENGINES[index].read)(item)?;
        self.named.push((index, engine));
        Ok(())
    }
}

impl EngineOptions {
    /// What the task is that its engine has a body for.
    pub(crate) fn declared(&self) -> Option<&'static Declared> {
        self.named.iter().find_map(|(_, engine)| engine.declared())
    }

    /// Makes the choices.
    ///
    /// ```text
    /// #[task(spark, dask)]   a task has one engine, and this is a second one
    /// ```
    pub(crate) fn resolve(mut self, sink: &mut Sink) -> EngineUse {
        self.named.sort_by_key(|(index, _)| *index);
        let named = self.named.iter().map(|(_, engine)| engine.place());
        for place in named.chain(self.open.place()).skip(1) {
            sink.push(at(place, "a task has one engine, and this is a second one"));
        }
        let open = self.open.resolve(sink);
        let named = self.named.into_iter();
        let named: Vec<_> = named.map(|(_, engine)| engine.resolve(sink)).collect();
        let first = named.into_iter().chain(open).next();
        first.unwrap_or_else(plain::none)
    }
}

/// An engine by its option.
struct Entry {
    name: &'static str,
    session: Option<&'static str>,
    read: fn(&NestedMeta) -> Result<Box<dyn Named>, Error>,
}

impl Entry {
    const fn of<E: Engine>() -> Self {
        Entry {
            name: E::NAME,
            session: E::SESSION,
            read: |item| Ok(Box::new(Group::<E>::from_nested_meta(item)?)),
        }
    }
}

/// The options of some engine.
trait Named: Debug {
    fn place(&self) -> Span;

    fn declared(&self) -> Option<&'static Declared>;

    fn resolve(self: Box<Self>, sink: &mut Sink) -> EngineUse;
}

impl<E: Engine> Named for Group<E> {
    fn place(&self) -> Span {
        self.span
    }

    fn declared(&self) -> Option<&'static Declared> {
        self.options().declared()
    }

    fn resolve(self: Box<Self>, sink: &mut Sink) -> EngineUse {
        E::resolve(*self, sink)
    }
}
