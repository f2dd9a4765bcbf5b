//! The body as rustc checks it: the user's code, in which entities are called by their signatures, and
//! nothing is moved.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::map;
use super::places::ends;
use crate::emit::here;
use crate::syntax::parameter::{DefaultValue, Input};
use crate::workflow::model::value::{
    Accessor, Base, Call, Case, Choice, Condition, Constant, Entry, Gate, GateKind, Known, List,
    Otherwise, Place, Run, Side, Value,
};
use crate::workflow::model::{Statement, Workflow};
use crate::workflow::read::function::Function;

/// ```text
/// |n: i64| -> <Result<i64> as __flytekit::WorkflowReturns>::Itself {
///     let a = <double as __flytekit::Signature<_>>::call()(__flytekit::Place(&n).value())?;
///     Ok(__flytekit::Place(&a).value())
/// }
/// ```
pub(super) fn closure(workflow: &Workflow) -> TokenStream {
    let function = &workflow.function;
    let parameters = function.inputs.iter().map(|input| {
        let Input { variable, ty, .. } = input;
        quote!(#variable: #ty)
    });
    let defaults = typed_defaults(function, &workflow.defaults);
    // The failure node takes them by name.
    let taken = workflow.on_failure.as_ref().map(|_| {
        let variables = function.inputs.iter().map(|input| &input.variable);
        quote!(#(let _ = &#variables;)*)
    });
    let output = &function.output;
    let output = quote_spanned!(output.span()=> <#output as __flytekit::WorkflowReturns>::Itself);
    let statements = workflow.graph.statements.iter().map(statement);
    let result = workflow.graph.result.as_ref().map(expression);
    quote! {
        |#(#parameters),*| -> #output {
            #defaults
            #taken
            #(#statements)*
            #result
        }
    }
}

/// Checks that each default has its input's type.
pub(crate) fn typed_defaults(function: &Function, defaults: &[(usize, Value)]) -> TokenStream {
    let each = defaults.iter().map(|(place, value)| {
        let Input { ty, default, .. } = &function.inputs[*place];
        let place = default
            .as_ref()
            .map(|DefaultValue { expr, .. }| expr.span());
        let value = expression(value);
        let place = here(place.unwrap_or_else(|| ty.span()));
        quote_spanned!(place=> let _: #ty = #value;)
    });
    quote!(#(#each)*)
}

fn statement(statement: &Statement) -> TokenStream {
    match statement {
        Statement::Let { pattern, ty, value } => {
            let value = expression(value);
            let ty = ty.as_ref().map(|ty| quote!(: #ty));
            quote!(let #pattern #ty = #value;)
        }
        Statement::Run(value) => {
            let value = expression(value);
            quote!(#value;)
        }
        Statement::After(names) => quote!(#(let _ = &#names;)*),
    }
}

/// The value as an expression for rustc.
pub(super) fn expression(value: &Value) -> TokenStream {
    match value {
        Value::Run(_, run) => self::run(run),
        Value::Place(_, place) => taken(place),
        // Promises appear only inside of the other kinds.
        Value::Promise(_) => TokenStream::new(),
        Value::Constant(constant) => self::constant(constant),
        Value::List(List {
            vec,
            bracket,
            items,
        }) => {
            let items = items.iter().map(expression);
            let vec = vec.as_ref().map(|(path, bang)| quote!(#path #bang));
            let items = inside(|it| bracket.surround(it, |it| it.extend(quote!(#(#items),*))));
            quote!(#vec #items)
        }
        Value::Map {
            path,
            paren,
            bracket,
            entries,
        } => {
            let entries = entries.iter().map(entry);
            let entries = inside(|it| bracket.surround(it, |it| it.extend(quote!(#(#entries),*))));
            let entries = inside(|it| paren.surround(it, |it| it.extend(entries)));
            quote!(#path #entries)
        }
        Value::Some(path, paren, value) | Value::Ok(path, paren, value) => {
            let value = inside(|it| paren.surround(it, |it| it.extend(expression(value))));
            quote!(#path #value)
        }
        Value::Tuple(paren, values) => {
            let values = values.iter().map(expression);
            inside(|it| paren.surround(it, |it| it.extend(quote!(#(#values),*))))
        }
        Value::Record {
            path,
            brace,
            fields,
        } => {
            let fields = fields.iter().map(|(name, value)| {
                let value = expression(value);
                quote!(#name: #value)
            });
            let fields = inside(|it| brace.surround(it, |it| it.extend(quote!(#(#fields),*))));
            quote!(#path #fields)
        }
    }
}

/// `(__flytekit::text("k"), a)`
fn entry(Entry { paren, key, value }: &Entry) -> TokenStream {
    let Known { it, names } = key;
    let text = quote_spanned!(it.span()=> __flytekit::text(#it));
    let (key, value) = (named(names, &text), expression(value));
    inside(|it| paren.surround(it, |it| it.extend(quote!(#key, #value))))
}

/// The content of brackets. The brackets keep their spans, at which rustc reports mistakes of the whole.
fn inside(write: impl FnOnce(&mut TokenStream)) -> TokenStream {
    let mut tokens = TokenStream::new();
    write(&mut tokens);
    tokens
}

fn run(run: &Run) -> TokenStream {
    match run {
        Run::Call(call) => called(call),
        Run::Map(map) => map::checked(map),
        Run::Choice(choice) => self::choice(choice),
        Run::Gate(gate) => self::gate(gate),
    }
}

/// `<double as __flytekit::Signature<_>>::call()(…)?`
fn called(call: &Call) -> TokenStream {
    let Call {
        path,
        paren,
        arguments,
        tried,
    } = call;
    let (first, last) = ends(path);
    let mut called = quote_spanned!(first=> <#path as __flytekit::Signature<_>>::);
    called.extend(quote_spanned!(last=> call()));
    let arguments = arguments.iter().map(expression);
    paren.surround(&mut called, |inside| inside.extend(quote!(#(#arguments),*)));
    quote!(#called #tried)
}

/// `stats.mean`
fn written(place: &Place) -> TokenStream {
    let mut written = match &place.base {
        Base::Name(name) => name.to_token_stream(),
        Base::Run(run) => self::run(run),
    };
    for accessor in &place.path {
        match accessor {
            Accessor::Field(dot, member) => {
                dot.to_tokens(&mut written);
                member.to_tokens(&mut written);
            }
            Accessor::Index(bracket, index) => {
                bracket.surround(&mut written, |inside| inside.extend(known(index)));
            }
        }
    }
    written
}

/// `__flytekit::Place(&stats.mean).value()`
fn taken(place: &Place) -> TokenStream {
    taken_name(&written(place))
}

/// Like [`taken`], for these tokens.
pub(super) fn taken_name(written: &impl ToTokens) -> TokenStream {
    let (first, last) = ends(written);
    let place = quote_spanned!(first=> __flytekit::Place(&#written));
    let value = quote_spanned!(last=> .value());
    quote!(#place #value)
}

fn choice(choice: &Choice) -> TokenStream {
    let Choice {
        cases,
        otherwise,
        tried,
    } = choice;
    let cases = cases.iter().map(|case| {
        let Case {
            keyword,
            condition,
            side,
        } = case;
        let (condition, side) = (self::condition(condition), self::side(side));
        quote!(#keyword #condition #side else)
    });
    let otherwise = match otherwise {
        Otherwise::Node(side) => self::side(side),
        Otherwise::Fail(_, block) => block.to_token_stream(),
    };
    let whole = quote!(#(#cases)* #otherwise);
    match tried {
        Some(tried) => quote!((#whole)#tried),
        None => whole,
    }
}

fn side(side: &Side) -> TokenStream {
    let mut tokens = TokenStream::new();
    side.braces.surround(&mut tokens, |inside| {
        inside.extend(run(&side.node.run));
        side.semicolon.to_tokens(inside);
    });
    tokens
}

/// A condition as it is written, because comparisons move nothing.
fn condition(condition: &Condition) -> TokenStream {
    match condition {
        Condition::Compare(left, operator, right) => {
            let (left, right) = (operand(left), operand(right));
            quote!(#left #operator #right)
        }
        Condition::Is(value) => operand(value),
        Condition::And(left, and, right) => {
            let (left, right) = (self::condition(left), self::condition(right));
            quote!((#left) #and (#right))
        }
        Condition::Or(left, or, right) => {
            let (left, right) = (self::condition(left), self::condition(right));
            quote!((#left) #or (#right))
        }
        Condition::Not(not, condition) => {
            let condition = self::condition(condition);
            quote!(#not (#condition))
        }
    }
}

fn operand(value: &Value) -> TokenStream {
    match value {
        Value::Place(_, place) => written(place),
        Value::Constant(Constant::Text(text)) => text.to_token_stream(),
        Value::Constant(Constant::Expr(expr)) => known(expr),
        Value::Constant(Constant::Calculated(expr)) => {
            let expr = known(expr);
            quote!((#expr))
        }
        other => expression(other),
    }
}

/// `<approve as __flytekit::Approve>::approve(__flytekit::Place(&a).value(), "sure")?`
fn gate(gate: &Gate) -> TokenStream {
    let Gate {
        path,
        paren,
        kind,
        tried,
    } = gate;
    let (first, last) = ends(path);
    let (function, arguments) = match kind {
        GateKind::Approve { value, signal } => {
            let (value, signal) = (expression(value), known(signal));
            (quote_spanned!(last=> approve), quote!(#value, #signal))
        }
        GateKind::Input { ty, signal } => {
            let (module, function) = (
                quote_spanned!(first=> wait_for_input::),
                quote_spanned!(last=> <#ty>),
            );
            (quote!(#module #function), known(signal))
        }
        GateKind::Sleep(length) => (quote_spanned!(last=> sleep), known(length)),
    };
    let mut tokens = quote_spanned!(first=> <#path as __flytekit::IsGate>::);
    tokens.extend(function);
    paren.surround(&mut tokens, |inside| inside.extend(arguments));
    quote!(#tokens #tried)
}

fn known(Known { it, names }: &Known<Expr>) -> TokenStream {
    named(names, &it.to_token_stream())
}

/// ```text
/// (&wait, Duration::from_secs(60)).1
/// ```
///
/// This way, rustc considers the names used.
fn named(names: &[Ident], tokens: &TokenStream) -> TokenStream {
    if names.is_empty() {
        return tokens.clone();
    }
    let place = Literal::usize_unsuffixed(names.len());
    quote!((#(&#names,)* #tokens).#place)
}

fn constant(constant: &Constant) -> TokenStream {
    match constant {
        Constant::Literal(literal) => literal.to_token_stream(),
        Constant::Text(text) => {
            quote_spanned!(text.span()=> __flytekit::text(#text))
        }
        Constant::Expr(expr) => {
            let (first, last) = ends(&expr.it);
            let expr = known(expr);
            let function = quote_spanned!(first=> __flytekit::constant);
            let argument = quote_spanned!(last=> (#expr));
            quote!(#function #argument)
        }
        Constant::Calculated(expr) => known(expr),
        Constant::None(path) => path.to_token_stream(),
    }
}
