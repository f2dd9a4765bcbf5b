//! `generic_spark(…)`: an existing Spark application. The application is the body of its task: the function
//! is declared without a body, and a call of it runs the application locally.

use darling::{Error, FromMeta};
use flytekit_grammar as grammar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Token};

use super::spark_settings::{Settings, SettingsOptions};
use super::{Beside, Engine, EngineUse, InTemplate, Parts};
use crate::emit::here;
use crate::syntax::check::{Check, sentence};
use crate::syntax::error::{Sink, at, list, unknown};
use crate::syntax::group::{Group, options};
use crate::syntax::lists::Readable;
use crate::syntax::parameter::Input;
use crate::syntax::signature::Declared;
use crate::syntax::value::{Text, name_of, span_of, ungrouped, word};

options! {
    /// `generic_spark(application_type = Python, application = "/opt/app.py", args("--rows", rows))`
    pub(crate) struct GenericSparkOptions {
        main_class: Text,
        application: Text,
        application_type: Language,
        args: Readable<Vec<Argument>>,
        + settings: SettingsOptions,
    }
}

/// The language of an application: `Scala`, `Java`, `Python` or `R`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Scala,
    Java,
    Python,
    R,
}

const LANGUAGES: &[&str] = &["Scala", "Java", "Python", "R"];

impl FromMeta for Language {
    /// ```text
    /// application_type = scala     unknown application type `scala`, expected one of …
    /// application_type = "Scala"   `application_type` is one of `Scala`, …, without quotes
    /// ```
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let name = match item {
            Meta::NameValue(pair) => word(&pair.value),
            Meta::Path(_) | Meta::List(_) => None,
        };
        let Some(name) = name else {
            let languages = list(LANGUAGES);
            let reason = format!("`{}` is one of {languages}, without quotes", name_of(item));
            return Err(at(span_of(item), reason));
        };
        match name.to_string().as_str() {
            "Scala" => Ok(Language::Scala),
            "Java" => Ok(Language::Java),
            "Python" => Ok(Language::Python),
            "R" => Ok(Language::R),
            other => Err(unknown("application type", other, name.span(), LANGUAGES)),
        }
    }
}

/// An argument: text, which is passed on as it is, or an input by its name.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Text(LitStr),
    Input { name: String, span: Span },
}

impl Argument {
    fn read(expr: &Expr) -> Result<Self, Error> {
        match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(Argument::Text(text.clone())),
            Expr::Lit(other) => {
                let written = other.to_token_stream();
                let reason = format!("an argument is text or an input: write `\"{written}\"`");
                Err(at(expr.span(), reason))
            }
            other => match word(other) {
                Some(name) => Ok(Argument::input(&name)),
                None => Err(at(
                    expr.span(),
                    "an argument is text in quotes, or the name of an input",
                )),
            },
        }
    }

    fn input(name: &Ident) -> Self {
        Argument::Input {
            name: name.unraw().to_string(),
            span: name.span(),
        }
    }
}

/// `args("--partitions", partitions)`
impl FromMeta for Readable<Vec<Argument>> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let Meta::List(list) = item else {
            let name = name_of(item);
            let reason =
                format!("`{name}` takes text and inputs, such as `{name}(\"--rows\", rows)`");
            return Err(at(span_of(item), reason));
        };
        let raw = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.tokens.clone())?;
        Ok(Readable::each(&raw, Argument::read, |arguments| arguments))
    }
}

#[derive(Debug)]
struct GenericSpark {
    /// `None` if it was refused.
    application: Option<Application>,
    args: Vec<Argument>,
    settings: Settings,
}

/// The application to start.
#[derive(Debug)]
enum Application {
    /// A class in a jar, by the runtime's constructor for its language.
    Class {
        constructor: &'static str,
        main_class: Text,
        jar: Text,
    },
    Python(Text),
    R(Text),
}

impl Engine for GenericSparkOptions {
    const NAME: &'static str = "generic_spark";

    fn declared(&self) -> Option<&'static Declared> {
        Some(&Declared {
            no_body: "the application is the body of this task: end the declaration with `;`",
            no_output: Some(
                "an application returns no outputs to Flyte, so its task declares none: leave the type out, and the function returns `flytekit::Result<()>`",
            ),
        })
    }

    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse {
        let (place, whole) = (group.span, group.is_whole());
        let GenericSparkOptions {
            main_class,
            application: file,
            application_type,
            args,
            settings,
        } = group.open(sink);
        let lacks = whole.then_some(place);
        let spark = GenericSpark {
            application: application(application_type, main_class, file, lacks, sink),
            args: args.map_or_else(Vec::new, |args| args.open(sink)),
            settings: Settings::resolve(settings, sink),
        };
        EngineUse {
            place,
            no_session: Some(
                "an application makes its own session, so there is no session to borrow: take an input",
            ),
            not_async: Some(
                "an application cannot be `async`: its function blocks until it has ended",
            ),
            in_template: InTemplate::Custom(place),
            is_bare: false,
            parts: Box::new(spark),
        }
    }
}

impl Parts for GenericSpark {
    fn check(&self, beside: &Beside<'_>, check: &mut Check<'_>) {
        match &self.application {
            Some(Application::Class {
                main_class, jar, ..
            }) => {
                check.text(main_class, grammar::java_class);
                check.text(jar, grammar::jar);
            }
            Some(Application::Python(file)) => check.text(file, grammar::python_file),
            Some(Application::R(file)) => check.text(file, grammar::r_file),
            None => {}
        }
        self.settings.check(check);
        arguments(&self.args, beside.inputs, check);
    }

    fn engine(&self, place: Span) -> TokenStream {
        quote_spanned!(here(place)=> __flytekit::spark::GenericSpark)
    }

    /// `GenericSparkConfig::scala("org.example.Main", "/opt/app.jar").conf(…)`
    fn config(&self, place: Span) -> TokenStream {
        // The call has the span of the first value that only the constructor can check.
        let new = |constructor: &str, values: &[&Text]| {
            let constant = values.iter().find(|text| text.literal().is_none()).copied();
            let place = here(constant.map_or(place, Text::span));
            let constructor = Ident::new(constructor, place);
            quote_spanned!(place=> __flytekit::spark::GenericSparkConfig::#constructor)
        };
        let new = match &self.application {
            Some(Application::Class {
                constructor,
                main_class,
                jar,
            }) => {
                let new = new(constructor, &[main_class, jar]);
                quote!(#new(#main_class, #jar))
            }
            Some(Application::Python(file)) => {
                let new = new("python", &[file]);
                quote!(#new(#file))
            }
            Some(Application::R(file)) => {
                let new = new("r", &[file]);
                quote!(#new(#file))
            }
            None => TokenStream::new(),
        };
        let settings = self.settings.expand();
        quote!(#new #settings)
    }

    /// `Args::Application(&[Arg::Text("--rows"), Arg::Input("rows")])`
    fn args(&self) -> Option<TokenStream> {
        let each = self.args.iter().map(|argument| match argument {
            Argument::Text(text) => quote!(__flytekit::Arg::Text(#text)),
            Argument::Input { name, .. } => quote!(__flytekit::Arg::Input(#name)),
        });
        Some(quote!(__flytekit::Args::Application(&[#(#each),*])))
    }

    /// Checks that the type of each input can be an argument.
    fn const_checks(&self, _: &Ident, beside: &Beside<'_>) -> TokenStream {
        let each = beside.inputs.iter().map(|Input { ty, .. }| {
            quote_spanned! {here(ty.span())=>
                const _: () = <#ty as __flytekit::FlyteValue>::LITERAL_TYPE.check_argument();
            }
        });
        each.collect()
    }

    /// ```text
    /// __flytekit::spark::run_application::<__flytekit_count>(|inputs| {
    ///     inputs.literal("rows", |out| <i64 as __flytekit::FlyteType>::encode(&rows, out))?;
    ///     ::core::result::Result::Ok(())
    /// })
    /// ```
    fn body(&self, handle: &Ident, place: Span, beside: &Beside<'_>) -> Option<TokenStream> {
        let run = quote_spanned!(here(place)=> __flytekit::spark::run_application);
        let literals = beside.literals();
        Some(quote!(#run::<#handle>(#literals)))
    }
}

/// ```text
/// generic_spark(application = "/opt/app.jar")                              `generic_spark` needs `application_type`, …
/// generic_spark(application_type = Scala, application = "/opt/app.jar")    an application in Scala or Java needs `main_class`: …
/// generic_spark(application_type = R, application = "/opt/app.R", main_class = "Main")
///                                                                          an application in Python or R has no main class: …
/// ```
///
/// A missing option is reported at `place`, the span of the group, unless a malformed option may be the
/// missing one.
fn application(
    language: Option<Language>,
    main_class: Option<Text>,
    file: Option<Text>,
    place: Option<Span>,
    sink: &mut Sink,
) -> Option<Application> {
    let mut lacks = |reason: &str| sink.extend(place.map(|span| at(span, reason)));
    if file.is_none() {
        lacks(
            "`generic_spark` needs `application`, a file of the image or a URI: `application = \"/opt/app.jar\"`",
        );
    }
    let Some(language) = language else {
        lacks(
            "`generic_spark` needs `application_type`, one of `Scala`, `Java`, `Python`, `R`: `application_type = Scala`",
        );
        return None;
    };
    match (language, main_class) {
        (Language::Scala | Language::Java, None) => {
            lacks(
                "an application in Scala or Java needs `main_class`: `main_class = \"org.example.Main\"`",
            );
            None
        }
        (Language::Scala | Language::Java, Some(main_class)) => Some(Application::Class {
            constructor: if language == Language::Scala {
                "scala"
            } else {
                "java"
            },
            main_class,
            jar: file?,
        }),
        (Language::Python | Language::R, Some(main_class)) => {
            let reason = "an application in Python or R has no main class: Spark runs its file";
            sink.push(at(main_class.span(), reason));
            None
        }
        (Language::Python, None) => file.map(Application::Python),
        (Language::R, None) => file.map(Application::R),
    }
}

/// ```text
/// args(rows) fn f(row: i64);   unknown input `rows`, expected one of `row`; did you mean `row`?
/// args() fn f(rows: i64);      the application does not get the input `rows`: …
/// ```
fn arguments(args: &[Argument], inputs: &[Input], check: &mut Check<'_>) {
    let mut misnamed = false;
    for argument in args {
        match argument {
            Argument::Text(text) => {
                if let Err(problem) = grammar::application_argument(&text.value()) {
                    check.refuse(text.span(), sentence(&text.value(), problem));
                }
            }
            Argument::Input { name, span } => misnamed |= !check.argument(name, *span, inputs),
        }
    }
    if misnamed {
        // The misspelt input is the unused one.
        return;
    }
    for input in inputs {
        let name = &input.name;
        let is_used = args
            .iter()
            .any(|argument| matches!(argument, Argument::Input { name: used, .. } if used == name));
        if !is_used {
            let reason = format!(
                "the application does not get the input `{name}`: name it in `args(\"--{name}\", {name})`"
            );
            check.refuse(input.variable.span(), reason);
        }
    }
}
