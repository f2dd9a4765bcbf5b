//! The engines, which run around the function of a task: one file per engine.
//!
//! A file contains everything that the macros know about its engine: its syntax, its resolved options, its
//! mistakes, and its code. The attribute's options become one [`EngineUse`], and no stage asks for the
//! engine. A further engine is one file, and one line in [`ENGINES`].

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

/// The syntax of an engine: `NAME(…)`, with these options in the parentheses.
trait Engine: Options + Debug + 'static {
    const NAME: &'static str;

    /// The usual name of its session's type.
    const SESSION: Option<&'static str> = None;

    /// The declaration of its task without a body, if the engine writes the body.
    fn declared(&self) -> Option<&'static Declared> {
        None
    }

    /// Resolves the options.
    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse;
}

/// The engine whose session has a type of this name, and the name.
///
/// Only for messages: rustc decides about types.
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
    /// The span of the engine, where rustc reports mistakes in constants.
    pub(crate) place: Span,
    /// The reason why a function cannot borrow a session, and what to write instead.
    pub(crate) no_session: Option<&'static str>,
    /// The reason why a function cannot be `async`.
    pub(crate) not_async: Option<&'static str>,
    pub(crate) in_template: InTemplate,
    /// Whether there is no engine around the function: no session, no configuration.
    pub(crate) is_bare: bool,
    pub(crate) parts: Box<dyn Parts>,
}

/// The result of the engine's configuration in the task's template.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InTemplate {
    Nothing,
    /// The engine's own message, with this span.
    Custom(Span),
    /// The message, and possibly a pod, which only const evaluation knows.
    CustomAndPod(Span),
}

/// The engine's parts of a task: checks and code.
pub(crate) trait Parts: Debug {
    /// Refuses mistakes in the engine's options.
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

    /// Whether the task has a description in Flyte even if its function has no documentation.
    fn is_described(&self) -> bool {
        true
    }

    /// The value of the engine's `Config`.
    fn config(&self, place: Span) -> TokenStream;

    /// Settings for the backend's plugin.
    fn plugin_config(&self) -> Option<TokenStream> {
        None
    }

    /// The args of the container, unless they are those of a usual task.
    fn args(&self) -> Option<TokenStream> {
        None
    }

    /// The checks that need evaluated constants; `handle` is the task's type.
    fn const_checks(&self, handle: &Ident, beside: &Beside<'_>) -> TokenStream {
        let _ = (handle, beside);
        TokenStream::new()
    }

    /// The body of a function that is declared without one; `handle` is its task's type.
    fn body(&self, handle: &Ident, place: Span, beside: &Beside<'_>) -> Option<TokenStream> {
        let _ = (handle, place, beside);
        None
    }
}

/// The parts of a task on which the engine's parts may depend: the function, and options of the task.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside<'a> {
    pub(crate) inputs: &'a [Input],
    pub(crate) output: &'a Type,
    /// The span of `async`.
    pub(crate) asyncness: Option<Span>,
    pub(crate) pod_template: Option<&'a PodTemplate>,
}

impl Beside<'_> {
    /// The closure that writes the inputs as literals, for a body that the engine writes:
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

    /// Converts the result of `run`, a `Result` of the outputs' literals, into the function's return type:
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
    /// Checks that an argument of another program is the name of an input.
    fn argument(&mut self, name: &str, span: Span, inputs: &[Input]) -> bool {
        let none = format!(
            "this task has no inputs: write `\"{name}\"` for text, or add a parameter `{name}`"
        );
        self.input(name, span, inputs, none)
    }
}

/// The engines in an attribute.
#[derive(Debug, Default)]
pub(crate) struct EngineOptions {
    /// The named engines, by their indexes in [`ENGINES`].
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
    /// The declaration of a task whose engine writes the body.
    pub(crate) fn declared(&self) -> Option<&'static Declared> {
        self.named.iter().find_map(|(_, engine)| engine.declared())
    }

    /// Resolves the options.
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
