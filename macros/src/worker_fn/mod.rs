//! `#[worker_fn]`: a function that Dask's workers run.

mod expand;

use darling::Error;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{FnArg, PatType, Path, ReturnType, Safety, Type};

use crate::syntax::error::{Sink, at};
use crate::syntax::function::{Source, TASK_AND_WORKER_FN, find_impl, owned_instead, ungrouped};
use crate::task::check;
use crate::task::model::{Name, runtime};
use crate::task::read::{self, WorkerFnOptions};

/// How many parameters the runtime's tuples have.
const MOST_PARAMETERS: usize = 8;

/// Everything that the expansion says.
#[derive(Debug)]
pub(crate) struct WorkerFn<'a> {
    pub(crate) source: &'a Source,
    /// Where the runtime is.
    pub(crate) krate: Path,
    pub(crate) name: Name,
    pub(crate) parameters: Vec<&'a Type>,
    pub(crate) output: Output<'a>,
}

/// What the function returns.
#[derive(Debug)]
pub(crate) enum Output<'a> {
    /// Nothing that is written: `()`.
    Unit,
    Value(&'a Type),
    /// A `Result`, by its name. No trait can tell it from a value, because serde implements its
    /// traits for `Result` as well.
    Result(&'a Type),
}

/// The function's type and all that belongs to it, or what is wrong.
///
/// A function that cannot be one comes out again as it is: a mistake is not also a missing function.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut source = match Source::read("worker_fn", item) {
        Ok(source) => source,
        Err(problem) => {
            let errors = problem.write_errors();
            return quote!(#item #errors);
        }
    };
    let mut options = Error::accumulator();
    let mut function = Error::accumulator();
    let worker_fn = WorkerFn::read(arguments, &source, &mut options, &mut function);
    let expansion = expand::worker_fn(&worker_fn);
    let options = options.finish().err().map(Error::write_errors);
    match function.finish() {
        Ok(()) => quote!(#expansion #options),
        Err(errors) => {
            if !source.has_body() {
                source.fill_in_body();
            }
            let errors = errors.write_errors();
            quote!(#source #options #errors)
        }
    }
}

impl<'a> WorkerFn<'a> {
    /// Reads attribute and function. What is wrong with the function goes to another sink than
    /// what is wrong with the options, without which it can still be called.
    pub(crate) fn read(
        arguments: TokenStream,
        source: &'a Source,
        options: &mut Sink,
        function: &mut Sink,
    ) -> Self {
        let (given, _) = read::read::<WorkerFnOptions>(arguments, options);
        refuse_qualifiers(source, function);
        refuse_parameters(source, function);
        refuse_output(source, function);
        let worker_fn = WorkerFn {
            source,
            krate: runtime(given.krate.as_ref()),
            name: given.name.map_or(Name::OfFunction, Name::Given),
            parameters: typed(source).map(|parameter| &*parameter.ty).collect(),
            output: Output::of(&source.sig.output),
        };
        check::worker_fn(&worker_fn, options);
        worker_fn
    }
}

impl WorkerFn<'_> {
    /// Where it is shown that a parameter cannot go between processes. rustc has one place for all
    /// of them: the type of the one that may be meant or, if several may, the list.
    pub(crate) fn parameters_place(&self) -> Span {
        let mut suspects = self.parameters.iter().filter(|ty| !always_goes(ty));
        match (suspects.next(), suspects.next()) {
            (Some(suspect), None) => suspect.span(),
            _ => self.source.sig.paren_token.span.join(),
        }
    }
}

/// Whether nobody would ask if a value of this type can go between processes.
fn always_goes(ty: &Type) -> bool {
    const NAMES: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "usize", "String",
    ];
    let Type::Path(path) = ungrouped(ty) else {
        return false;
    };
    NAMES.iter().any(|name| path.path.is_ident(name))
}

impl<'a> Output<'a> {
    fn of(output: &'a ReturnType) -> Self {
        match output {
            ReturnType::Default => Output::Unit,
            ReturnType::Type(_, ty) if is_result(ty) => Output::Result(ty),
            ReturnType::Type(_, ty) => Output::Value(ty),
        }
    }
}

fn is_result(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == "Result")
}

/// The parameters but for `self`.
fn typed(source: &Source) -> impl Iterator<Item = &PatType> {
    let parameters = source.sig.inputs.iter();
    parameters.filter_map(|parameter| match parameter {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    })
}

/// ```text
/// #[task] fn f()               a function is a task or a worker function: …
/// fn f<T>(value: T)            a worker function cannot be generic: …
/// async unsafe extern "C" fn   …
/// fn f(&self)                  …
/// ```
fn refuse_qualifiers(source: &Source, sink: &mut Sink) {
    let sig = &source.sig;
    let mut refuse = |span: Span, reason: &str| sink.push(at(span, reason));
    if let Some(attr) = source.attribute("task") {
        refuse(attr.path().span(), TASK_AND_WORKER_FN);
    }
    if !source.has_body() {
        refuse(sig.ident.span(), "a worker function needs a body");
    }
    for parameter in &sig.generics.params {
        let reason = "a worker function cannot be generic: workers find a function by its name, and a generic one has many: write a function for each type";
        refuse(parameter.span(), reason);
    }
    if let Some(token) = &sig.constness {
        let reason = "a worker function cannot be a `const fn`, because it becomes a value: leave `const` out, or call a `const fn` in it";
        refuse(token.span, reason);
    }
    if let Some(token) = &sig.asyncness {
        let reason = "a worker function cannot be `async`: a worker's thread runs one call at a time, to its end, so leave `async` out and block";
        refuse(token.span, reason);
    }
    if let Safety::Unsafe(token) = &sig.safety {
        let reason = "a worker function cannot be unsafe, because nobody on a worker checks a contract: call the unsafe function in a safe one";
        refuse(token.span, reason);
    }
    if let Some(abi) = &sig.abi {
        let reason =
            "a worker function cannot be `extern`: it is called from Rust, so leave the ABI out";
        refuse(abi.span(), reason);
    }
    if let Some(variadic) = &sig.variadic {
        let reason = "a worker function cannot be variadic: take a `Vec<T>`";
        refuse(variadic.span(), reason);
    }
    let mut signature = sig.inputs.to_token_stream();
    sig.output.to_tokens(&mut signature);
    let names_self = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "Self" || ident == "self");
    if let Some(span) = find(signature, &names_self) {
        let reason = "a worker function cannot be a method, because workers find it by the name of its module: put the function outside of the `impl` block, and take the value as a parameter";
        refuse(span, reason);
    }
}

/// ```text
/// fn f(text: &str)               a worker function owns what it takes, …
/// fn f(dask: &DaskClient)        a worker function has no session: …
/// fn f(a: u8, …, i: u8)          a worker function has at most 8 parameters: …
/// fn f(f: u8)                    …
/// ```
fn refuse_parameters(source: &Source, sink: &mut Sink) {
    for (index, parameter) in typed(source).enumerate() {
        if index == MOST_PARAMETERS {
            let reason =
                "a worker function has at most 8 parameters: put some into a struct or a tuple";
            sink.push(at(parameter.span(), reason));
        }
        let mut attrs = parameter.attrs.iter();
        if let Some(cfg) = attrs.find(|attr| attr.path().is_ident("cfg")) {
            let reason = "a parameter of a worker function cannot be conditional: put `cfg` on the whole function";
            sink.push(at(cfg.path().span(), reason));
        }
        if let Some(problem) = borrowed_parameter(&parameter.ty) {
            sink.push(problem);
        }
    }
}

fn borrowed_parameter(ty: &Type) -> Option<Error> {
    if let Some(span) = find_impl(ty) {
        let reason = "a parameter of a worker function cannot be `impl Trait`: a value of one type comes from another process, so name it";
        return Some(at(span, reason));
    }
    let Type::Reference(reference) = ungrouped(ty) else {
        return borrowed_within(ty);
    };
    let reason = if is_session(&reference.elem) {
        "a worker function has no session, and cannot call others: take the data, and let the task make the calls".to_owned()
    } else {
        format!(
            "a worker function owns what it takes, because that comes from another process: take {}",
            owned_instead(reference)
        )
    };
    Some(at(ty.span(), reason))
}

fn is_session(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|it| it.ident == "DaskClient" || it.ident == "SparkSession")
}

/// ```text
/// fn f() -> &'static str     a worker function's result goes to another process: …
/// fn f() -> impl Display     …
/// ```
fn refuse_output(source: &Source, sink: &mut Sink) {
    let ReturnType::Type(_, ty) = &source.sig.output else {
        return;
    };
    if let Some(span) = find_impl(ty) {
        let reason = "a worker function's result cannot be `impl Trait`: a value of one type goes to another process, so name it";
        sink.push(at(span, reason));
    } else if let Type::Reference(reference) = ungrouped(ty) {
        let reason = format!(
            "a worker function's result goes to another process, so it is owned: return {}",
            owned_instead(reference)
        );
        sink.push(at(reference.and_token.span, reason));
    } else if let Some(problem) = borrowed_within(ty) {
        sink.push(problem);
    }
}

/// ```text
/// fn f(words: Vec<&str>)       …: take an owned type, such as `String` for `&str`
/// fn f(text: Cow<'_, str>)     …
/// ```
fn borrowed_within(ty: &Type) -> Option<Error> {
    let borrows = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if matches!(it.as_char(), '&' | '\''));
    let owned = without_static(ty.to_token_stream());
    let span = find(owned, &borrows)?;
    let reason = "what goes between processes borrows nothing: write an owned type, such as `String` for `&str`, `Vec<T>` for `&[T]`, `Cow<'static, T>` for `Cow<'_, T>`";
    Some(at(span, reason))
}

/// The tokens but for each `'static`.
fn without_static(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut rest = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(ref mark) if mark.as_char() == '\'' => {
                let is_static = |next: &TokenTree| next.to_string() == "static";
                if tokens.next_if(is_static).is_none() {
                    rest.push(token);
                }
            }
            token => rest.push(token),
        }
    }
    rest.into_iter().collect()
}

/// Where the first such token stands, also inside of groups.
fn find(tokens: TokenStream, wanted: &dyn Fn(&TokenTree) -> bool) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        token if wanted(&token) => Some(token.span()),
        TokenTree::Group(group) => find(group.stream(), wanted),
        _ => None,
    })
}
