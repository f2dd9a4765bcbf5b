//! `container(…)`: a program in any language, in an image of its own. The program is the body of its task:
//! the function is declared without a body, and a call of it runs the container locally.

use darling::{Error, FromMeta};
use flytekit_grammar::{self as grammar, COMMAND_VARIABLES, CommandVariable};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Token};

use super::{Beside, Engine, EngineUse, InTemplate, Parts};
use crate::emit::here;
use crate::syntax::check::Check;
use crate::syntax::error::{Sink, at, list, nearest, unknown};
use crate::syntax::group::{Group, options};
use crate::syntax::lists::Readable;
use crate::syntax::parameter::Input;
use crate::syntax::signature::Declared;
use crate::syntax::value::{Flag, Text, name_of, span_of, ungrouped, word};

options! {
    /// `container(image = "alpine:3.22", command("sh", "-c", "…"), input_dir = "/var/inputs")`
    pub(crate) struct ContainerOptions {
        image: Text,
        command: Readable<Vec<Argument>>,
        args: Readable<Vec<Argument>>,
        input_dir: Text,
        output_dir: Text,
        metadata_format: Format,
        io_strategy: Group<IoStrategyOptions>,
        local_logs: Flag,
    }
}

options! {
    /// `io_strategy(download = EAGER, upload = ON_EXIT)`
    pub(crate) struct IoStrategyOptions {
        download: Download,
        upload: Upload,
    }
}

/// Declares values that are words of Flyte, each with the variant of the runtime's enum.
macro_rules! words {
    ($(#[$attr:meta])* $name:ident, $what:literal, $of:ident, $($word:ident => $variant:ident,)+) => {
        $(#[$attr])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name(Variant);

        impl FromMeta for $name {
            fn from_meta(item: &Meta) -> Result<Self, Error> {
                const WORDS: &[(&str, &str)] =
                    &[$((stringify!($word), stringify!($variant))),+];
                Variant::read(item, $what, WORDS).map($name)
            }
        }

        impl ToTokens for $name {
            fn to_tokens(&self, tokens: &mut TokenStream) {
                let variant = Ident::new(self.0.name, here(self.0.span));
                tokens.extend(quote!(__flytekit::container::$of::#variant));
            }
        }
    };
}

words! {
    /// The format of the file with all inputs.
    Format, "metadata format", MetadataFormat,
    JSON => Json, YAML => Yaml, PROTO => Proto,
}

words! {
    /// The time at which inputs are fetched.
    Download, "download mode", DownloadMode,
    EAGER => Eager, STREAM => Stream, DO_NOT_DOWNLOAD => DoNotDownload,
}

words! {
    /// The time at which outputs are stored.
    Upload, "upload mode", UploadMode,
    ON_EXIT => OnExit, EAGER => Eager, DO_NOT_UPLOAD => DoNotUpload,
}

#[derive(Clone, Copy, Debug)]
struct Variant {
    name: &'static str,
    span: Span,
}

impl Variant {
    /// ```text
    /// metadata_format = json      metadata format `json` must be in upper case: `JSON`
    /// metadata_format = XML       unknown metadata format `XML`, expected one of …
    /// metadata_format = "JSON"    `metadata_format` is one of `JSON`, …, without quotes
    /// ```
    fn read(item: &Meta, what: &str, words: &[(&str, &'static str)]) -> Result<Self, Error> {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let written = match item {
            Meta::NameValue(pair) => word(&pair.value),
            Meta::Path(_) | Meta::List(_) => None,
        };
        let Some(written) = written else {
            let names = list(&names);
            let reason = format!("`{}` is one of {names}, without quotes", name_of(item));
            return Err(at(span_of(item), reason));
        };
        let (text, span) = (written.to_string(), written.span());
        if let Some((_, name)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(Variant { name, span });
        }
        let capitals = text.to_uppercase();
        if names.contains(&capitals.as_str()) {
            let reason = format!("{what} `{text}` must be in upper case: `{capitals}`");
            return Err(at(span, reason));
        }
        Err(unknown(what, &text, span, &names))
    }
}

/// A part of a command: text, an input by its name, or a constant with text.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Text(LitStr),
    Input { name: String, span: Span },
    Const(Expr),
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
                let reason =
                    format!("a part of a command is text or an input: write `\"{written}\"`");
                Err(at(expr.span(), reason))
            }
            other => Ok(match word(other) {
                Some(name) if name.to_string().chars().any(char::is_lowercase) => Argument::Input {
                    name: name.unraw().to_string(),
                    span: name.span(),
                },
                _ => Argument::Const(other.clone()),
            }),
        }
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Argument::Text(text) => quote!(__flytekit::Arg::Text(#text)),
            Argument::Input { name, .. } => quote!(__flytekit::Arg::Input(#name)),
            Argument::Const(expr) => {
                let text = quote_spanned!(here(expr.span())=> __flytekit::Arg::Text);
                quote!(#text(#expr))
            }
        });
    }
}

/// `command("wc", "-l", file)`, `command = ["wc", "-l"]`
impl FromMeta for Readable<Vec<Argument>> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let written = match item {
            Meta::List(list) => {
                Some(Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.tokens.clone())?)
            }
            Meta::NameValue(pair) => match ungrouped(&pair.value) {
                Expr::Array(array) => Some(array.elems.clone()),
                _ => None,
            },
            Meta::Path(_) => None,
        };
        let Some(written) = written else {
            let name = name_of(item);
            let reason = format!(
                "`{name}` takes text, inputs and constants, such as `{name}(\"--rows\", rows)`"
            );
            return Err(at(span_of(item), reason));
        };
        Ok(Readable::each(&written, Argument::read, |parts| parts))
    }
}

#[derive(Debug)]
struct Container {
    image: Option<Text>,
    command: Vec<Argument>,
    args: Vec<Argument>,
    input_dir: Option<Text>,
    output_dir: Option<Text>,
    metadata_format: Option<Format>,
    io_strategy: Option<IoStrategyOptions>,
    local_logs: Option<Flag>,
}

impl Engine for ContainerOptions {
    const NAME: &'static str = "container";

    fn declared(&self) -> Option<&'static Declared> {
        Some(&Declared {
            no_body: "the container is the body of this task: end the declaration with `;`",
            no_output: None,
        })
    }

    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse {
        let (place, whole) = (group.span, group.is_whole());
        let ContainerOptions {
            image,
            command,
            args,
            input_dir,
            output_dir,
            metadata_format,
            io_strategy,
            local_logs,
        } = group.open(sink);
        if image.is_none() && whole {
            let reason =
                "`container` needs `image`, the image with the program: `image = \"alpine:3.22\"`";
            sink.push(at(place, reason));
        }
        let mut parts = |parts: Option<Readable<Vec<Argument>>>| {
            parts.map_or_else(Vec::new, |parts| parts.open(sink))
        };
        let (command, args) = (parts(command), parts(args));
        let container = Container {
            image,
            command,
            args,
            input_dir,
            output_dir,
            metadata_format,
            io_strategy: io_strategy.map(|strategy| strategy.open(sink)),
            local_logs,
        };
        EngineUse {
            place,
            no_session: Some(
                "a container has no session to borrow, because its program is not Rust: take an input",
            ),
            not_async: Some(
                "the function of a container cannot be `async`: it blocks until the container has ended",
            ),
            in_template: InTemplate::Nothing,
            is_bare: false,
            parts: Box::new(container),
        }
    }
}

impl Parts for Container {
    /// ```text
    /// container(input_dir = "/a") fn f();                         this task has no inputs: …
    /// container(input_dir = "/a", output_dir = "/a") fn f(n: i64) …   the inputs and the outputs share the folder …
    /// ```
    fn check(&self, beside: &Beside<'_>, check: &mut Check<'_>) {
        for folder in [&self.input_dir, &self.output_dir] {
            check.optional(folder.as_ref(), grammar::container_folder);
        }
        if let Some(folder) = &self.input_dir
            && beside.inputs.is_empty()
        {
            let reason = "this task has no inputs, so `input_dir` is always empty: leave it out";
            check.refuse(folder.span(), reason);
        }
        let folder = |given: &Option<Text>, otherwise: &str| match given {
            None => Some(otherwise.to_owned()),
            Some(text) => text.literal(),
        };
        let inputs = folder(&self.input_dir, grammar::INPUT_DIR);
        let outputs = folder(&self.output_dir, grammar::OUTPUT_DIR);
        let given = self.output_dir.as_ref().or(self.input_dir.as_ref());
        if let (Some(inputs), Some(outputs), Some(given)) = (inputs, outputs, given)
            && inputs == outputs
        {
            let reason = format!(
                "the inputs and the outputs share the folder `{inputs}`: give `input_dir` and `output_dir` different folders"
            );
            check.refuse(given.span(), reason);
        }
        for argument in self.parts() {
            check.part_of_command(argument, beside.inputs);
        }
    }

    fn engine(&self, place: Span) -> TokenStream {
        quote_spanned!(here(place)=> __flytekit::container::Container)
    }

    fn image(&self) -> Option<&Text> {
        self.image.as_ref()
    }

    fn is_described(&self) -> bool {
        false
    }

    /// `RawContainer::new().command(&[…]).args(&[…]).input_dir("…").output_dir("…")…`
    fn config(&self, place: Span) -> TokenStream {
        let new = quote_spanned!(here(place)=> __flytekit::container::RawContainer::new());
        let parts = |name: &str, parts: &[Argument]| {
            let name = Ident::new(name, Span::call_site());
            (!parts.is_empty()).then(|| quote!(.#name(&[#(#parts),*])))
        };
        let folder = |name: &str, folder: &Option<Text>| {
            let folder = folder.as_ref()?;
            let name = Ident::new(name, here(folder.span()));
            Some(quote_spanned!(here(folder.span())=> .#name(#folder)))
        };
        let (command, args) = (parts("command", &self.command), parts("args", &self.args));
        let input_dir = folder("input_dir", &self.input_dir);
        let output_dir = folder("output_dir", &self.output_dir);
        let format = self.metadata_format.as_ref();
        let format = format.map(|format| quote!(.metadata_format(#format)));
        let strategy = self.io_strategy.as_ref().map(|strategy| {
            let download = strategy.download.as_ref();
            let download = download.map(|mode| quote!(.download(#mode)));
            let upload = strategy.upload.as_ref();
            let upload = upload.map(|mode| quote!(.upload(#mode)));
            quote!(.io_strategy(__flytekit::container::IoStrategy::new()#download #upload))
        });
        let logs = self.local_logs.as_ref();
        let logs = logs.map(|shown| quote!(.local_logs(#shown)));
        quote!(#new #command #args #input_dir #output_dir #format #strategy #logs)
    }

    fn args(&self) -> Option<TokenStream> {
        Some(quote!(__flytekit::Args::Container(&__FLYTEKIT_CONFIG)))
    }

    /// The checks of types, at each type; the checks of constants, at the first constant.
    fn const_checks(&self, handle: &Ident, beside: &Beside<'_>) -> TokenStream {
        let inputs = beside.inputs.iter().map(|Input { name, ty, .. }| {
            let in_command = self.names(name).then(|| {
                quote_spanned! {here(ty.span())=>
                    const _: () = <#ty as __flytekit::FlyteType>::LITERAL_TYPE.check_in_command();
                }
            });
            quote_spanned! {here(ty.span())=>
                const _: () = <#ty as __flytekit::FlyteType>::LITERAL_TYPE.check_into_container();
                #in_command
            }
        });
        let output = beside.output;
        let outputs = quote_spanned! {here(output.span())=>
            const _: () = __flytekit::container::check_from_container(
                <#output as __flytekit::Returns<_>>::VARIABLES
            );
        };
        let whole = self.unknown_here().map(|place| {
            quote_spanned! {here(place)=>
                const _: () = {
                    let task = <#handle as __flytekit::Task>::DESCRIPTOR;
                    __FLYTEKIT_CONFIG.check(task.inputs, task.outputs)
                };
            }
        });
        quote!(#(#inputs)* #outputs #whole)
    }

    /// ```text
    /// <flytekit::Result<i64> as __flytekit::Declared<_>>::of(
    ///     __flytekit::container::run::<__flytekit_count>(|__inputs| { …; Ok(()) })
    /// )
    /// ```
    fn body(&self, handle: &Ident, place: Span, beside: &Beside<'_>) -> Option<TokenStream> {
        let run = quote_spanned!(here(place)=> __flytekit::container::run);
        let literals = beside.literals();
        Some(beside.outputs(&quote!(#run::<#handle>(#literals))))
    }
}

impl Container {
    fn parts(&self) -> impl Iterator<Item = &Argument> {
        self.command.iter().chain(&self.args)
    }

    /// Whether the command has the value of this input, as far as the macro knows it.
    fn names(&self, input: &str) -> bool {
        self.parts().any(|argument| match argument {
            Argument::Input { name, .. } => name == input,
            Argument::Text(text) => {
                let text = text.value();
                variables(&text).any(|variable| variable.input() == Some(input))
            }
            Argument::Const(_) => false,
        })
    }

    /// The place of a part that only const evaluation can check: a constant, or a missing command.
    fn unknown_here(&self) -> Option<Span> {
        let constants = self.parts().find_map(|argument| match argument {
            Argument::Const(expr) => Some(expr.span()),
            _ => None,
        });
        let folders = [&self.input_dir, &self.output_dir].into_iter().flatten();
        let mut folders = folders.filter(|folder| folder.literal().is_none());
        let folder = folders.next().map(Text::span);
        let nothing = self.parts().next().is_none();
        let image = self.image.as_ref().map(Text::span);
        constants.or(folder).or(image.filter(|_| nothing))
    }
}

fn variables(text: &str) -> impl Iterator<Item = CommandVariable<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let variable = CommandVariable::next(text, from)?;
        from = variable.place.1;
        Some(variable)
    })
}

impl Check<'_> {
    /// ```text
    /// command("{{.inputs.row}}") fn f(rows: i64)   unknown input `row`, expected one of `rows`; …
    /// command("{{.outputPrefx}}")                  unknown variable `outputPrefx`, …
    /// command("{{.ID}}")                           is the program's own
    /// ```
    fn part_of_command(&mut self, argument: &Argument, inputs: &[Input]) {
        match argument {
            Argument::Text(text) => {
                let value = text.value();
                if value.contains('\0') {
                    let reason = "this has a NUL character, which a part of a command cannot have";
                    self.refuse(text.span(), reason);
                }
                for variable in variables(&value) {
                    self.variable(&variable, text.span(), inputs);
                }
            }
            Argument::Input { name, span } => {
                self.argument(name, *span, inputs);
            }
            Argument::Const(_) => {}
        }
    }

    fn variable(&mut self, variable: &CommandVariable<'_>, span: Span, inputs: &[Input]) {
        if let Some(name) = variable.input() {
            self.argument(name, span, inputs);
            return;
        }
        let name = variable.name;
        // A variable unlike all known ones is for the program, which may have templates of its own.
        if variable.known().is_none() && nearest(name, &COMMAND_VARIABLES).is_some() {
            self.sink
                .push(unknown("variable", name, span, &COMMAND_VARIABLES));
        }
    }
}
