//! The annotated function: what it takes, what it gives, and how it is written again.

use darling::Error;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, FnArg, Item, Meta, MetaList, Pat, PatType, ReturnType, Safety, Signature,
    Type, TypeReference, Visibility,
};

use crate::syntax::docs;
use crate::syntax::error::{Sink, at};

/// A function as the user wrote it. Its body stays a token stream: it is not looked at, and comes
/// out again also when it does not parse, so that editors can complete in it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Source {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl ToTokens for Source {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Source {
            attrs,
            vis,
            sig,
            body,
        } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}

impl Source {
    /// Reads what `#[attribute]` stands on.
    ///
    /// ```text
    /// #[task] struct Load;           `#[task]` stands on a function
    /// #[task] fn load(a: i64, b: )   `#[task]` cannot read this function: expected …
    /// ```
    pub(crate) fn read(attribute: &str, item: &TokenStream) -> Result<Self, Error> {
        syn::parse2::<Source>(item.clone()).map_err(|problem| {
            let is_other_item = syn::parse2::<Item>(item.clone()).is_ok();
            let reason = if is_other_item {
                format!("`#[{attribute}]` stands on a function")
            } else {
                format!("`#[{attribute}]` cannot read this function: {problem}")
            };
            at(problem.span(), reason)
        })
    }

    /// The function's `#[cfg(…)]`: what is generated exists under the same conditions.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        self.attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
    }

    /// The attribute whose path ends in `name`.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let is_named = |attr: &&Attribute| {
            let last = attr.path().segments.last();
            last.is_some_and(|segment| segment.ident == name)
        };
        self.attrs.iter().find(is_named)
    }

    pub(crate) fn has_body(&self) -> bool {
        is_body(&self.body)
    }

    /// Gives a function that was declared without a body one that returns whatever it should: rustc
    /// would say the same again.
    pub(crate) fn fill_in_body(&mut self) {
        self.body = quote!(
            {
                #![allow(unused_variables)]
                loop {}
            }
        );
    }

    /// Gives the function the body that it was declared without.
    pub(crate) fn complete(&mut self, body: TokenStream) {
        // What can go wrong is what can go wrong with any application.
        let documented = syn::parse_quote!(#[allow(clippy::missing_errors_doc)]);
        self.attrs.push(documented);
        self.body = body;
    }
}

/// Where the body of a task is.
#[derive(Debug)]
pub(crate) enum Body {
    /// With the function.
    Written,
    /// With the engine: the function has none, and returns this.
    Declared(&'static Declared, Type),
    /// The attribute would say, but could not be read.
    Unknown,
}

/// Why a function that is declared without a body is refused.
#[derive(Debug)]
pub(crate) struct Declared {
    /// It has a body.
    pub(crate) no_body: &'static str,
    /// It names a type that it returns.
    pub(crate) no_output: &'static str,
}

/// What the stages after this one know of the function.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Ident,
    pub(crate) vis: Visibility,
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) docs: String,
    /// Where `async` stands.
    pub(crate) asyncness: Option<Span>,
    pub(crate) session: Option<Session>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) output: Type,
}

/// A first parameter by reference.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) ty: Type,
    pub(crate) span: Span,
    /// What to write if it was meant to be an input.
    pub(crate) owned_instead: String,
}

/// A parameter that is an input of the task.
#[derive(Debug)]
pub(crate) struct Input {
    /// Its name in the interface: without the `r#` of a raw identifier.
    pub(crate) name: String,
    /// The parameter.
    pub(crate) variable: Ident,
    pub(crate) ty: Type,
    pub(crate) description: String,
    pub(crate) default: Option<DefaultValue>,
}

/// What an input is if it is not given.
#[derive(Debug)]
pub(crate) struct DefaultValue {
    pub(crate) expr: Expr,
    /// As it is written, for help texts.
    pub(crate) source: String,
    span: Span,
}

impl Function {
    /// Reads the function and takes out of it what rustc would not accept there: the documentation
    /// and the defaults of parameters.
    pub(crate) fn read(source: &mut Source, body: &Body, sink: &mut Sink) -> Self {
        check_body(source, body, sink);
        refuse_unsupported(source, sink);
        let conditions = source.conditions().cloned().collect();
        let vis = source.vis.clone();
        let Source { attrs, sig, .. } = source;
        let mut session = None;
        let mut inputs = Vec::new();
        let mut parameters = sig
            .inputs
            .iter_mut()
            .filter_map(|parameter| match parameter {
                FnArg::Typed(parameter) => Some(parameter),
                FnArg::Receiver(_) => None,
            });
        for (index, parameter) in parameters.by_ref().enumerate() {
            let Some(input) = read_parameter(parameter, sink) else {
                continue;
            };
            match ungrouped(&input.ty) {
                Type::Reference(reference) if index == 0 => {
                    if let Some(default) = &input.default {
                        sink.push(at(
                            default.span,
                            "the session has no default: its engine makes it",
                        ));
                    }
                    session = sink.handle(read_session(reference, parameter));
                }
                Type::Reference(reference) => {
                    sink.push(borrowed(&input.name, reference));
                    inputs.push(input);
                }
                _ => inputs.push(input),
            }
        }
        Function {
            name: sig.ident.clone(),
            vis,
            conditions,
            docs: docs::of(attrs),
            asyncness: sig.asyncness.map(|token| token.span),
            session,
            inputs,
            output: match &sig.output {
                ReturnType::Default => syn::parse_quote_spanned!(sig.paren_token.span.join()=> ()),
                ReturnType::Type(_, ty) => (**ty).clone(),
            },
        }
    }
}

/// A function is one or the other: the parameters of a task are Flyte's inputs.
pub(crate) const TASK_AND_WORKER_FN: &str = "a function is a task or a worker function: move what the workers do into a function of its own, which the task hands to its `DaskClient`";

/// ```text
/// #[worker_fn] fn f()          a function is a task or a worker function: …
/// fn f<T>(value: T)            a task cannot be generic: …
/// unsafe extern "C" fn f()     …
/// fn f(&self)                  …
/// fn f() -> impl Display       …
/// ```
fn refuse_unsupported(source: &Source, sink: &mut Sink) {
    let sig = &source.sig;
    let mut refuse = |span: Span, reason: &str| sink.push(at(span, reason));
    if let Some(attr) = source.attribute("worker_fn") {
        refuse(attr.path().span(), TASK_AND_WORKER_FN);
    }
    for parameter in &sig.generics.params {
        let reason = "a task cannot be generic: Flyte calls it by one name, with types that are known when it is compiled";
        refuse(parameter.span(), reason);
    }
    if let Some(token) = &sig.constness {
        refuse(
            token.span,
            "a task cannot be a `const fn`: it is called by Flyte, at run time",
        );
    }
    if let Safety::Unsafe(token) = &sig.safety {
        refuse(
            token.span,
            "a task cannot be unsafe: Flyte calls it with any inputs, and nobody checks a contract",
        );
    }
    if let Some(abi) = &sig.abi {
        refuse(
            abi.span(),
            "a task cannot be `extern`: it is called from Rust",
        );
    }
    if let Some(variadic) = &sig.variadic {
        refuse(
            variadic.span(),
            "a task cannot be variadic: its inputs are known when it is compiled",
        );
    }
    if let Some(FnArg::Receiver(receiver)) = sig.inputs.first() {
        refuse(
            receiver.self_token.span,
            "a task cannot be a method: put the function outside of the `impl` block",
        );
    }
    if let ReturnType::Type(_, ty) = &sig.output {
        if let Some(span) = find_impl(ty) {
            refuse(
                span,
                "a task's output cannot be `impl Trait`: its type is part of the task's interface, so name it",
            );
        } else if let Type::Reference(reference) = ungrouped(ty) {
            refuse(
                reference.and_token.span,
                "a task's output is owned: it is written after the function has returned",
            );
        }
    }
}

/// ```text
/// #[task] fn f();                           a task needs a body
/// #[task(generic_spark(…))] fn f() {}       the application is the body of this task: …
/// #[task(generic_spark(…))] fn f() -> i64;  an application gives no outputs to Flyte: …
/// ```
///
/// A function without a body gets one, and what an application's function returns.
fn check_body(source: &mut Source, body: &Body, sink: &mut Sink) {
    let has_body = source.has_body();
    match body {
        Body::Written if !has_body => {
            sink.push(at(source.sig.ident.span(), "a task needs a body"));
        }
        Body::Declared(declared, output) => {
            check_declaration(source, has_body, declared, output, sink);
        }
        Body::Written | Body::Unknown => {}
    }
    if !has_body {
        source.fill_in_body();
    }
}

fn check_declaration(
    source: &mut Source,
    has_body: bool,
    declared: &Declared,
    output: &Type,
    sink: &mut Sink,
) {
    if has_body {
        sink.push(at(source.body.span(), declared.no_body));
    }
    match &source.sig.output {
        ReturnType::Type(_, ty) => {
            sink.push(at(ty.span(), declared.no_output));
        }
        ReturnType::Default if !has_body => {
            source.sig.output = syn::parse_quote_spanned!(source.sig.ident.span()=> -> #output);
        }
        ReturnType::Default => {}
    }
}

/// Whether this begins with a block, which as a `macro_rules!` fragment has invisible delimiters.
fn is_body(body: &TokenStream) -> bool {
    match body.clone().into_iter().next() {
        Some(TokenTree::Group(group)) => match group.delimiter() {
            Delimiter::Brace => true,
            Delimiter::None => is_body(&group.stream()),
            Delimiter::Parenthesis | Delimiter::Bracket => false,
        },
        _ => false,
    }
}

/// Takes the parameter's documentation and default out of its attributes.
fn read_parameter(parameter: &mut PatType, sink: &mut Sink) -> Option<Input> {
    let description = docs::of(&parameter.attrs);
    let default = read_default(&parameter.attrs, sink);
    parameter
        .attrs
        .retain(|attr| !attr.path().is_ident("doc") && !attr.path().is_ident("default"));
    if let Some(cfg) = parameter
        .attrs
        .iter()
        .find(|attr| attr.path().is_ident("cfg"))
    {
        sink.push(at(
            cfg.path().span(),
            "a parameter of a task cannot be conditional: put `cfg` on the whole function",
        ));
    }
    if let Some(span) = find_impl(&parameter.ty) {
        let reason =
            "an input cannot be `impl Trait`: its type is part of the task's interface, so name it";
        sink.push(at(span, reason));
        return None;
    }
    let name = sink.handle(name_of(&parameter.pat))?;
    Some(Input {
        name: name.unraw().to_string(),
        variable: name.clone(),
        ty: (*parameter.ty).clone(),
        description,
        default,
    })
}

/// ```text
/// fn f((a, b): (i64, i64))   an input needs a name, …
/// ```
fn name_of(pat: &Pat) -> Result<&Ident, Error> {
    match pat {
        Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => Ok(&pat.ident),
        pat => Err(at(
            pat.span(),
            "an input needs a name, which is its name in Flyte: take it by a name and destructure it in the body",
        )),
    }
}

/// ```text
/// fn f(#[default(3)] a: i64)
/// ```
fn read_default(attrs: &[Attribute], sink: &mut Sink) -> Option<DefaultValue> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("default")) {
        let span = attr.path().span();
        if found.is_some() {
            sink.push(at(span, "a parameter has one default"));
        }
        let expr = attr.parse_args::<Expr>().map_err(|problem| {
            at(
                problem.span(),
                "a default is one expression: `#[default(3)]`",
            )
        });
        let default = sink.handle(expr).map(|expr| DefaultValue {
            source: source_of(&expr, &attr.meta),
            expr,
            span,
        });
        found = default.or(found);
    }
    found
}

/// An expression as the user wrote it, or its tokens if a `macro_rules!` macro put it together. The
/// compiler tells the text of one token or of one group: here that of the attribute's parentheses.
fn source_of(expr: &Expr, attribute: &Meta) -> String {
    let written = |list: &MetaList| {
        let text = list.delimiter.span().join().source_text()?;
        let inside = text.strip_prefix('(')?.strip_suffix(')')?;
        (!inside.contains('$')).then(|| inside.trim().to_owned())
    };
    let written = attribute.require_list().ok().and_then(written);
    written.unwrap_or_else(|| expr.to_token_stream().to_string())
}

/// ```text
/// fn f(spark: &mut SparkSession)      the session is shared: take it by `&`
/// fn f(spark: &'static SparkSession)  the session lives as long as the run: …
/// ```
fn read_session(reference: &TypeReference, parameter: &PatType) -> Result<Session, Error> {
    if let Some(token) = &reference.mutability {
        return Err(at(token.span, "the session is shared: take it by `&`"));
    }
    if let Some(lifetime) = reference
        .lifetime
        .as_ref()
        .filter(|lifetime| lifetime.ident != "_")
    {
        return Err(at(
            lifetime.span(),
            "the session lives as long as the run: take it by `&`, without a lifetime",
        ));
    }
    Ok(Session {
        ty: (*reference.elem).clone(),
        span: parameter.ty.span(),
        owned_instead: instead_of(reference),
    })
}

/// ```text
/// fn f(a: i64, text: &str)   only the first parameter, …; take `String` instead of `&str`
/// ```
fn borrowed(name: &str, reference: &TypeReference) -> Error {
    let message = format!(
        "only the first parameter, the session, is borrowed: an input is owned, so `{name}` {}",
        instead_of(reference)
    );
    at(reference.span(), message)
}

/// What to write for a borrowed input.
fn instead_of(reference: &TypeReference) -> String {
    format!("is {}", owned_instead(reference))
}

/// ``` `String` instead of `&str` ```
pub(crate) fn owned_instead(reference: &TypeReference) -> String {
    let borrowed = &reference.elem;
    let owned = match &**borrowed {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", text_of(&slice.elem)),
        other => text_of(other),
    };
    format!("`{owned}` instead of `&{}`", text_of(borrowed))
}

/// A type as people write it, without the blanks that tokens are printed with.
fn text_of(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    text.replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace("& ", "&")
}

/// The type inside the invisible delimiters that a `macro_rules!` fragment has.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        ty => ty,
    }
}

/// Where `impl` stands in a type.
pub(crate) fn find_impl(ty: &Type) -> Option<Span> {
    fn find(tokens: TokenStream) -> Option<Span> {
        tokens.into_iter().find_map(|token| match token {
            TokenTree::Ident(ident) if ident == "impl" => Some(ident.span()),
            TokenTree::Group(group) => find(group.stream()),
            _ => None,
        })
    }
    find(ty.to_token_stream())
}
