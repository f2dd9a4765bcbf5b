//! Gates: nodes that wait.

use darling::Error;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, GenericArgument, Path, PathArguments, Token, Type};

use super::body::{Body, Ran, upstream};
use super::value::{Gate, GateKind, Gives, Known, Run, Value};
use crate::syntax::error::at;
use crate::syntax::value::{Text, ungrouped};

impl Body {
    /// ```text
    /// approve(report, "looks good")?
    /// wait_for_input::<i64>("limit")?
    /// sleep(Duration::from_secs(60))
    /// ```
    pub(super) fn gate(
        &mut self,
        call: &ExprCall,
        tried: Option<Token![?]>,
    ) -> Result<Option<Ran>, Error> {
        let Expr::Path(function) = ungrouped(&call.func) else {
            return Ok(None);
        };
        let Some(name) = of_flytekit(&function.path) else {
            return Ok(None);
        };
        let arguments: Vec<&Expr> = call.args.iter().collect();
        let mut path = function.path.clone();
        let (kind, gives, takes) = match (&*name, &*arguments) {
            ("approve", [value, signal]) => {
                let value = self.value(value)?;
                let Some(promise) = value.promised() else {
                    let reason = "only an output or an input can be approved";
                    return Err(at(call.args[0].span(), reason));
                };
                let gives = Gives::Same(Box::new(promise.clone()));
                let takes = upstream([&value]);
                let signal = self.signal(signal)?;
                (GateKind::Approve { value, signal }, gives, takes)
            }
            ("wait_for_input", [signal]) => {
                let Some(ty) = type_argument(&mut path) else {
                    let reason = "write the type of the input: `wait_for_input::<i64>(\"limit\")`";
                    return Err(at(function.span(), reason));
                };
                let (ty, signal) = (Box::new(ty), self.signal(signal)?);
                let gives = Gives::One(ty.clone());
                (GateKind::Input { ty, signal }, gives, Vec::new())
            }
            ("sleep", [length]) => {
                let nothing = Gives::One(Box::new(syn::parse_quote!(())));
                (GateKind::Sleep(self.known(length)?), nothing, Vec::new())
            }
            ("approve", _) => return Err(at(call.span(), "write `approve(value, \"signal\")`")),
            ("sleep", _) => return Err(at(call.span(), "write `sleep(Duration::from_secs(60))`")),
            _ => return Err(at(call.span(), "write `wait_for_input::<i64>(\"signal\")`")),
        };
        let gate = Gate {
            path,
            paren: call.paren_token,
            kind,
            tried,
        };
        Ok(Some(Ran {
            run: Run::Gate(gate),
            gives,
            takes,
        }))
    }

    /// The name of the signal.
    fn signal(&mut self, expr: &Expr) -> Result<Known<Expr>, Error> {
        let known = self.known(expr)?;
        let text = Text::from_value(&known.it).and_then(|text| text.literal());
        if text.is_some_and(|text| text.is_empty()) {
            let reason = "this is empty: a gate needs a name, by which it is answered";
            return Err(at(expr.span(), reason));
        }
        Ok(known)
    }
}

/// The name of a gate of flytekit; another path names an entity.
fn of_flytekit(path: &Path) -> Option<String> {
    let mut segments = path.segments.iter().rev();
    let name = segments.next()?.ident.unraw().to_string();
    let is_gate = ["approve", "wait_for_input", "sleep"].contains(&&*name);
    let module = segments.next();
    let is_ours = module.is_none_or(|it| it.ident == "flytekit");
    (is_gate && is_ours && path.segments.len() < 3).then_some(name)
}

/// The type in `::<…>`, which is removed from the path.
fn type_argument(path: &mut Path) -> Option<Type> {
    let last = path.segments.last_mut()?;
    let arguments = std::mem::take(&mut last.arguments);
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    let mut arguments = arguments.args.into_iter();
    match (arguments.next(), arguments.next()) {
        (Some(GenericArgument::Type(ty)), None) => Some(ty),
        _ => None,
    }
}

impl Value {
    /// The promise in the value, if there is one.
    pub(crate) fn promised(&self) -> Option<&super::value::Promise> {
        match self {
            Value::Run(promise, _) | Value::Promise(promise) => Some(promise),
            Value::Place(value, _) => value.promised(),
            _ => None,
        }
    }
}
