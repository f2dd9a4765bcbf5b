//! `databricks(…)`: a function that borrows a session of Spark on Databricks, or a notebook there. A
//! connector submits the run.

mod api;
mod check;
mod run;

use std::collections::HashSet;

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use flytekit_grammar as grammar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Meta};

use self::run::RunOptions;
use super::spark::{Spark, SparkOptions};
use super::{Beside, Engine, EngineUse, InTemplate, Parts};
use crate::emit::checked::{checked, pairs};
use crate::emit::{here, json};
use crate::syntax::check::Check;
use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, GroupOrConst, options};
use crate::syntax::json::{Json, JsonObject, Member};
use crate::syntax::lists::{Pairs, Readable};
use crate::syntax::signature::Declared;
use crate::syntax::value::{Flag, Text};

options! {
    /// `databricks(new_cluster(…), instance = "…", credentials(…), conf(…))`
    pub(crate) struct DatabricksOptions {
        instance: Text,
        credentials: GroupOrConst<CredentialsOptions>,
        service_credential_provider: Text,
        notebook: Group<NotebookOptions>,
        executable: Text,
        legacy: Flag,
        + run: RunOptions,
        databricks_conf: JsonObject,
        + spark: SparkOptions,
    }
}

options! {
    /// `credentials(auth_type = oauth_m2m, client_id = "…", oauth_secret = "…")`
    pub(crate) struct CredentialsOptions {
        auth_type: AuthType,
        token_secret: Text,
        client_id: Text,
        oauth_secret: Text,
        oidc_token_file: Text,
        oidc_audience: Text,
    }
}

options! {
    /// `notebook(path = "/Users/me/report", parameters("day" = "2026-01-31"))`
    pub(crate) struct NotebookOptions {
        path: Text,
        parameters: Readable<Pairs>,
    }
}

/// The kind of the connector's credentials: `pat`, `oauth_m2m` or `oidc_federation`.
#[derive(Clone, Debug)]
pub(crate) struct AuthType {
    word: String,
    span: Span,
}

const AUTH_TYPES: &[&str] = &["pat", "oauth_m2m", "oidc_federation"];

impl FromMeta for AuthType {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let item = NestedMeta::Meta(item.clone());
        run::word_of("auth_type", &item, AUTH_TYPES).map(|word| AuthType {
            word: word.value(),
            span: word.span(),
        })
    }
}

impl AuthType {
    /// The variant of the runtime's enum.
    fn variant(&self) -> Ident {
        let name = match self.word.as_str() {
            "pat" => "Pat",
            "oauth_m2m" => "OauthM2m",
            _ => "OidcFederation",
        };
        Ident::new(name, here(self.span))
    }
}

#[derive(Debug)]
struct Databricks {
    /// The span of the engine.
    place: Span,
    /// Whether all of it could be parsed: otherwise a missing option may be the malformed one.
    whole: bool,
    /// The request to Databricks.
    run: JsonObject,
    spark: Spark,
    instance: Option<Text>,
    credentials: Option<Credentials>,
    service_credential_provider: Option<Text>,
    notebook: Option<Notebook>,
    executable: Option<Text>,
    /// The place of the option `legacy`.
    legacy: Option<Span>,
}

#[derive(Debug)]
enum Credentials {
    Written(CredentialsOptions),
    Const(Expr),
}

#[derive(Debug)]
struct Notebook {
    place: Span,
    /// `None` if it was refused.
    path: Option<Text>,
    parameters: Pairs,
}

/// The declaration of a notebook task.
const NOTEBOOK: Declared = Declared {
    no_body: "the notebook is the body of this task: end the declaration with `;`, or leave `notebook` out",
    no_output: Some(
        "a notebook returns no outputs to Flyte, so its task declares none: leave the type out, and the function returns `flytekit::Result<()>`",
    ),
};

impl Engine for DatabricksOptions {
    const NAME: &'static str = "databricks";

    fn declared(&self) -> Option<&'static Declared> {
        self.notebook.as_ref().map(|_| &NOTEBOOK)
    }

    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse {
        let (place, whole) = (group.span, group.is_whole());
        let options = group.open(sink);
        let notebook = options.notebook.map(|it| Notebook::resolve(it, sink));
        let no_session = notebook.as_ref().map(
            |_| "a notebook has a session of its own, so there is no session to borrow: take no parameter",
        );
        let legacy = options.legacy.as_ref();
        let databricks = Databricks {
            place,
            whole,
            run: whole_run(options.run, options.databricks_conf, sink),
            spark: Spark::resolve(options.spark, sink),
            instance: options.instance,
            credentials: options.credentials.map(|it| match it {
                GroupOrConst::Group(group) => Credentials::Written(group.open(sink)),
                GroupOrConst::Const(expr) => Credentials::Const(expr),
            }),
            service_credential_provider: options.service_credential_provider,
            notebook,
            executable: options.executable,
            legacy: legacy.and_then(|flag| check::legacy(flag, sink)),
        };
        EngineUse {
            place,
            no_session,
            not_async: Some(
                "a task on Databricks cannot be `async`: its session blocks its thread, and a notebook has no function that could wait",
            ),
            in_template: if databricks.spark.has_pods() {
                InTemplate::CustomAndPod(place)
            } else {
                InTemplate::Custom(place)
            },
            is_bare: false,
            parts: Box::new(databricks),
        }
    }
}

/// The request to Databricks: options, and the JSON beside them.
///
/// ```text
/// run_name = "a", databricks_conf = { "run_name": "b" }   `run_name` is given twice
/// databricks_conf = { "run_name": "a", "run_name": "b" }  the same
/// run_name = "a", databricks_conf = JOB                   the constant is the whole request to Databricks: …
/// ```
fn whole_run(options: RunOptions, more: Option<JsonObject>, sink: &mut Sink) -> JsonObject {
    match more {
        None => JsonObject::Members(options.members),
        Some(JsonObject::Const(expr)) => {
            if let Some(member) = options.members.first() {
                let reason = "the constant is the whole request to Databricks: move this into the constant, or replace the constant by `databricks_conf = { … }`";
                sink.push(at(member.key.span(), reason));
            }
            JsonObject::Const(expr)
        }
        Some(JsonObject::Members(more)) => {
            let mut seen = HashSet::new();
            for member in &more {
                let name = member.key.value();
                if options.was_given(&name) || !seen.insert(name.clone()) {
                    let reason = format!("`{name}` is given twice");
                    sink.push(at(member.key.span(), reason));
                }
            }
            let mut members = options.members;
            members.extend(more);
            JsonObject::Members(members)
        }
    }
}

impl Notebook {
    /// ```text
    /// notebook()   a notebook needs a path: …
    /// ```
    fn resolve(group: Group<NotebookOptions>, sink: &mut Sink) -> Self {
        let (place, whole) = (group.span, group.is_whole());
        let options = group.open(sink);
        if options.path.is_none() && whole {
            let reason =
                "a notebook needs a path: `notebook(path = \"/Users/me@example.com/report\")`";
            sink.push(at(place, reason));
        }
        Notebook {
            place,
            path: options.path,
            parameters: Pairs::resolve(options.parameters, sink),
        }
    }
}

impl Parts for Databricks {
    fn check(&self, beside: &Beside<'_>, check: &mut Check<'_>) {
        self.spark.check_options(beside, check);
        check.optional(self.instance.as_ref(), grammar::databricks_instance);
        check.non_empty(
            self.service_credential_provider.as_ref(),
            "a service credential of Databricks has a name",
        );
        check.optional(self.executable.as_ref(), grammar::databricks_executable);
        self.check_run(check);
        self.check_program(beside, check);
        self.check_credentials(check);
        self.check_legacy(check);
        self.check_secrets(check);
    }

    fn engine(&self, place: Span) -> TokenStream {
        quote_spanned!(here(place)=> __flytekit::databricks::Databricks)
    }

    fn task_type(&self) -> Option<TokenStream> {
        self.legacy.map(|_| quote!("spark"))
    }

    /// ```text
    /// DatabricksConfig::new(SparkConfig::new()…, &[("new_cluster", Json::Object(…))])
    ///     .instance("…").credentials(Credentials::new()…).notebook("…", &[…])
    /// ```
    fn config(&self, place: Span) -> TokenStream {
        let run = json::object(&self.run);
        let place = match &self.run {
            JsonObject::Members(_) => here(place),
            JsonObject::Const(expr) => here(expr.span()),
        };
        let new = quote_spanned!(place=> __flytekit::databricks::DatabricksConfig::new);
        let spark = self.spark.config(self.place);
        let calls = [
            call(self.instance.as_ref(), "instance"),
            self.credentials.as_ref().map(|it| {
                let credentials = credentials(it);
                quote!(.credentials(#credentials))
            }),
            call(
                self.service_credential_provider.as_ref(),
                "service_credential_provider",
            ),
            self.notebook.as_ref().and_then(notebook),
        ];
        let calls = calls.into_iter().flatten();
        quote!(#new(#spark, #run) #(#calls)*)
    }

    fn args(&self) -> Option<TokenStream> {
        let path = checked(self.executable.as_ref()?, "databricks_executable");
        Some(quote!(__flytekit::Args::ExecuteAt(#path)))
    }

    /// `__flytekit::databricks::run_notebook::<__flytekit_report>()`
    fn body(&self, handle: &Ident, place: Span, _: &Beside<'_>) -> Option<TokenStream> {
        self.notebook.as_ref()?;
        let run = quote_spanned!(here(place)=> __flytekit::databricks::run_notebook);
        Some(quote!(#run::<#handle>()))
    }
}

impl Databricks {
    /// A member of the run, if all of them are known.
    fn member(&self, name: &str) -> Option<&Member> {
        match &self.run {
            JsonObject::Members(members) => members.iter().find(|it| it.key.value() == name),
            JsonObject::Const(_) => None,
        }
    }
}

/// `.instance("…")`
fn call(text: Option<&Text>, name: &str) -> Option<TokenStream> {
    let text = text?;
    let name = Ident::new(name, here(text.span()));
    Some(quote_spanned!(here(text.span())=> .#name(#text)))
}

/// `Credentials::new().auth_type(AuthType::OauthM2m).client_id("…")`
fn credentials(credentials: &Credentials) -> TokenStream {
    let options = match credentials {
        Credentials::Const(expr) => return quote!(#expr),
        Credentials::Written(options) => options,
    };
    let auth_type = options.auth_type.as_ref().map(|auth_type| {
        let variant = auth_type.variant();
        quote!(.auth_type(__flytekit::databricks::AuthType::#variant))
    });
    let texts = [
        call(options.token_secret.as_ref(), "token_secret"),
        call(options.client_id.as_ref(), "client_id"),
        call(options.oauth_secret.as_ref(), "oauth_secret"),
        call(options.oidc_token_file.as_ref(), "oidc_token_file"),
        call(options.oidc_audience.as_ref(), "oidc_audience"),
    ];
    let texts = texts.into_iter().flatten();
    quote!(__flytekit::databricks::Credentials::new() #auth_type #(#texts)*)
}

/// `.notebook("/Users/…", &[("day", "2026-01-31")])`
fn notebook(notebook: &Notebook) -> Option<TokenStream> {
    let path = notebook.path.as_ref()?;
    let parameters = pairs(&notebook.parameters.sorted(), "databricks_texts");
    let parameters = parameters.unwrap_or_else(|| quote!(&[]));
    let name = Ident::new("notebook", here(path.span()));
    Some(quote_spanned!(here(path.span())=> .#name(#path, #parameters)))
}

/// The members of an object, if it is one whose members are known.
fn members(json: &Json) -> Option<&[Member]> {
    match json {
        Json::Object(members) => Some(members),
        _ => None,
    }
}
