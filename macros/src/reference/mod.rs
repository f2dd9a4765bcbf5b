//! `reference(…)`: an entity of another program, which this program calls in its workflows.

mod expand;
mod read;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::syntax::check::Check;
use crate::syntax::error::at;
use crate::syntax::function::Source;
use crate::syntax::group::{self, path_of};
use crate::syntax::items;
use crate::syntax::signature::Body;
use crate::syntax::value::{Text, runtime};
use crate::workflow::read::function::Function;
use read::{Options, REFUSALS};

/// The kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Task,
    /// The call starts a separate execution, by the launch plan with the workflow's name.
    Workflow,
    LaunchPlan,
}

impl Kind {
    /// The name of the attribute.
    fn attribute(self) -> &'static str {
        match self {
            Kind::Task => "task",
            Kind::Workflow => "workflow",
            Kind::LaunchPlan => "launch_plan",
        }
    }
}

/// Whether an attribute's arguments declare a reference.
pub(crate) fn is_in(arguments: &TokenStream) -> bool {
    let items = items::parse(arguments.clone()).unwrap_or_default();
    let mut paths = items.iter().filter_map(path_of);
    paths.any(|path| path.is_ident("reference"))
}

/// A resolved reference.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) kind: Kind,
    pub(crate) krate: Path,
    pub(crate) function: Function,
    pub(crate) project: Option<Text>,
    pub(crate) domain: Option<Text>,
    pub(crate) name: Option<Text>,
    pub(crate) version: Option<Text>,
}

/// The function with a body that returns an error, and the representation of the entity; or the mistakes.
pub(crate) fn annotate(kind: Kind, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut source = match Source::read(kind.attribute(), item) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let (reference, mistakes) = resolve(kind, arguments, &mut source);
    let beside = (!source.is_method()).then(|| expand::beside(&reference, mistakes.is_none()));
    let errors = mistakes.map(|mistakes| {
        source.fill_in_body();
        mistakes.write_errors()
    });
    if errors.is_none() {
        source.body = expand::body(&reference);
    }
    quote!(#[allow(clippy::needless_pass_by_value)] #source #beside #errors)
}

/// Reads and checks the reference. Removes the parts of the function that rustc would not accept.
pub(crate) fn resolve(
    kind: Kind,
    arguments: TokenStream,
    source: &mut Source,
) -> (Reference, Option<Error>) {
    let mut sink = Error::accumulator();
    let (options, _) = group::read::<Options>(arguments, &mut sink);
    let body = Body::Elsewhere(
        "a reference has no body, because it runs where it is registered: end it with `;`",
    );
    let function = Function::read(source, &REFUSALS, &body, &mut sink);
    let named = options.reference.map(|group| {
        let (span, whole) = (group.span, group.is_whole());
        let named = group.open(&mut sink);
        if (named.name.is_none() || named.version.is_none()) && whole {
            let reason =
                "a reference needs a name and a version, under which it is registered: `reference(name = \"…\", version = \"…\")`";
            sink.push(at(span, reason));
        }
        named
    });
    let named = named.unwrap_or_default();
    let mut check = Check::new(&mut sink);
    for text in [&named.project, &named.domain, &named.name, &named.version] {
        check.non_empty(text.as_ref(), "leave it out for that of the registration");
    }
    let reference = Reference {
        kind,
        krate: runtime(options.krate.as_ref()),
        function,
        project: named.project,
        domain: named.domain,
        name: named.name,
        version: named.version,
    };
    (reference, sink.finish().err())
}
