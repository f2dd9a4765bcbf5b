//! `shim(…)`: a task whose template contains everything that it needs, and which an executor in an existing
//! image runs. The function is declared without a body.

use darling::{Error, FromMeta};
use flytekit_grammar as grammar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Path};

use super::{Beside, Engine, EngineUse, InTemplate, Parts};
use crate::emit::checked::{checked, pairs};
use crate::emit::{here, json};
use crate::syntax::check::{Check, sentence};
use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, options};
use crate::syntax::json::JsonObject;
use crate::syntax::lists::{Pairs, Readable};
use crate::syntax::signature::Declared;
use crate::syntax::value::{Text, name_of, span_of, ungrouped};

options! {
    /// `shim(executor = "tools.Repeat", image = "tools:1", custom = { "times": 3 })`
    pub(crate) struct ShimOptions {
        executor: Executor,
        image: Text,
        task_type: Text,
        custom: JsonObject,
        config: Readable<Pairs>,
    }
}

/// An executor, by its name in the image, or by a type with that name.
#[derive(Clone, Debug)]
pub(crate) enum Executor {
    Name(LitStr),
    Type(Path),
}

impl FromMeta for Executor {
    /// ```text
    /// executor = 3        `executor` takes the name of an executor in quotes, or a type that is one: …
    /// executor("a.B")     the same
    /// ```
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        if let Meta::NameValue(pair) = item {
            match ungrouped(&pair.value) {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(name),
                    ..
                }) => return Ok(Executor::Name(name.clone())),
                Expr::Path(path) if path.qself.is_none() => {
                    return Ok(Executor::Type(path.path.clone()));
                }
                _ => {}
            }
        }
        let name = name_of(item);
        let reason = format!(
            "`{name}` takes the name of an executor in quotes, or a type that is one: `{name} = \"tools.Executor\"`, `{name} = tools::Executor`"
        );
        Err(at(span_of(item), reason))
    }
}

#[derive(Debug)]
struct Shim {
    /// `None` if it was refused.
    executor: Option<Executor>,
    image: Option<Text>,
    task_type: Option<Text>,
    custom: Option<JsonObject>,
    config: Pairs,
}

impl Engine for ShimOptions {
    const NAME: &'static str = "shim";

    fn declared(&self) -> Option<&'static Declared> {
        Some(&Declared {
            no_body: "the executor is the body of this task: end the declaration with `;`",
            no_output: None,
        })
    }

    /// ```text
    /// shim(image = "tools:1")             `shim` needs `executor`, …
    /// shim(executor = "tools.Executor")   `shim` needs `image`, …
    /// ```
    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse {
        let (place, whole) = (group.span, group.is_whole());
        let options = group.open(sink);
        let mut need = |is_there: bool, reason| {
            if whole && !is_there {
                sink.push(at(place, reason));
            }
        };
        need(
            options.executor.is_some(),
            "`shim` needs `executor`, which runs the task in its image: `executor = \"tools.Executor\"`, or a type that is one",
        );
        need(
            options.image.is_some(),
            "`shim` needs `image`, the image with the executor: `image = \"registry.example.com/tools:1.0\"`",
        );
        let shim = Shim {
            executor: options.executor,
            image: options.image,
            task_type: options.task_type,
            custom: options.custom,
            config: Pairs::resolve(options.config, sink),
        };
        EngineUse {
            place,
            no_session: Some(
                "an executor gets everything from the task's template, so there is no session to borrow: take an input",
            ),
            not_async: Some(
                "a task of an executor cannot be `async`: its function blocks until the executor has ended",
            ),
            in_template: match &shim.custom {
                Some(JsonObject::Members(members)) if members.is_empty() => InTemplate::Nothing,
                Some(_) => InTemplate::Custom(place),
                None => InTemplate::Nothing,
            },
            is_bare: false,
            parts: Box::new(shim),
        }
    }
}

impl Shim {
    /// `"tools.Repeat"`, `<Repeat as __flytekit::shim::NamedExecutor>::NAME`
    fn executor(&self) -> TokenStream {
        match &self.executor {
            Some(Executor::Name(name)) => name.to_token_stream(),
            Some(Executor::Type(path)) => {
                quote_spanned!(here(path.span())=> <#path as __flytekit::shim::NamedExecutor>::NAME)
            }
            None => TokenStream::new(),
        }
    }

    /// `__flytekit::checked::executor_name(<Repeat as __flytekit::shim::NamedExecutor>::NAME)`
    fn checked_executor(&self) -> TokenStream {
        let name = self.executor();
        match &self.executor {
            Some(Executor::Type(path)) => {
                quote_spanned!(here(path.span())=> __flytekit::checked::executor_name(#name))
            }
            Some(Executor::Name(_)) | None => name,
        }
    }
}

impl Parts for Shim {
    fn check(&self, _: &Beside<'_>, check: &mut Check<'_>) {
        if let Some(Executor::Name(name)) = &self.executor
            && let Err(problem) = grammar::executor_name(&name.value())
        {
            check.refuse(name.span(), sentence(&name.value(), problem));
        }
        check.non_empty(
            self.task_type.as_ref(),
            "a task has a type, such as `python-task`",
        );
        check.keys(&self.config, grammar::config_key);
        if let Some(JsonObject::Members(members)) = &self.custom {
            check.keys_once(members);
        }
    }

    fn engine(&self, place: Span) -> TokenStream {
        quote_spanned!(here(place)=> __flytekit::shim::ShimTask)
    }

    fn task_type(&self) -> Option<TokenStream> {
        let task_type = self.task_type.as_ref();
        task_type.map(|text| checked(text, "non_empty"))
    }

    fn image(&self) -> Option<&Text> {
        self.image.as_ref()
    }

    /// Like flytekit's shim tasks, these tasks have no description.
    fn is_described(&self) -> bool {
        false
    }

    /// `ShimConfig::new("tools.Repeat", &[("times", Json::Number(3.0))])`
    fn config(&self, place: Span) -> TokenStream {
        let executor = self.checked_executor();
        let custom = self
            .custom
            .as_ref()
            .map_or_else(|| quote!(&[]), json::object);
        quote_spanned!(here(place)=> __flytekit::shim::ShimConfig::new(#executor, #custom))
    }

    fn plugin_config(&self) -> Option<TokenStream> {
        pairs(&self.config, "config")
    }

    fn args(&self) -> Option<TokenStream> {
        let executor = self.executor();
        Some(quote!(__flytekit::Args::Shim(#executor)))
    }

    /// ```text
    /// <Result<String> as __flytekit::Declared<_>>::of(
    ///     __flytekit::shim::run_here::<__flytekit_repeat>(|inputs| …),
    /// )
    /// ```
    fn body(&self, handle: &Ident, place: Span, beside: &Beside<'_>) -> Option<TokenStream> {
        let run = quote_spanned!(here(place)=> __flytekit::shim::run_here);
        let literals = beside.literals();
        Some(beside.outputs(&quote!(#run::<#handle>(#literals))))
    }
}
