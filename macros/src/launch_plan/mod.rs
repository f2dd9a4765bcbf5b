//! `#[launch_plan]`: a workflow with some of its inputs fixed, and the settings of its executions.

mod check;
mod expand;
mod model;
mod read;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;

use crate::reference;
use crate::syntax::error::{Sink, at};
use crate::syntax::function::Source;
use crate::syntax::group;
use crate::syntax::signature::{Body, Refusals};
use crate::workflow::read::function::Function;
use model::LaunchPlan;
use read::LaunchPlanOptions;

const REFUSALS: Refusals = Refusals {
    rivals: &[
        ("task", "a function is a task or a launch plan"),
        (
            "workflow",
            "a function is a workflow or a launch plan: a launch plan starts a workflow that is written elsewhere",
        ),
    ],
    no_body: "",
    generic: "a launch plan cannot be generic: Flyte starts it by one name, with types that are known when it is compiled",
    constness: "a launch plan cannot be a `const fn`: it runs its workflow when it is called",
    asyncness: Some("a launch plan is not `async`: a call runs its workflow to the end"),
    safety: "a launch plan cannot be unsafe: Flyte starts it with any inputs, and does not check a contract",
    abi: "a launch plan cannot be `extern`: it is called from Rust",
    variadic: "a launch plan cannot be variadic: its inputs are known when it is compiled",
    method: "a launch plan cannot be a method: put the function outside of the `impl` block",
    conditional_parameter: "a parameter of a launch plan cannot be conditional: put `cfg` on the whole function",
    default: None,
    impl_parameter: "an input cannot be `impl Trait`: its type is that of the workflow's input, so name it",
    impl_output: "a launch plan's output cannot be `impl Trait`: its type is that of the workflow's output, so name it",
    borrowed_output: |_| {
        "a launch plan's output is owned: it exists when the workflow has run".to_owned()
    },
};

/// The annotated function with a body that runs the workflow, and the items that make it a launch plan; or
/// the mistakes.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    if reference::is_in(&arguments) {
        return reference::annotate(reference::Kind::LaunchPlan, arguments, item);
    }
    let mut source = match Source::read("launch_plan", item) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let Resolved { plan, checked } = resolve(arguments, &mut source);
    let (beside, errors) = match (checked, &plan.workflow) {
        (Ok(()), Some(workflow)) => {
            source.body = expand::body(&plan);
            (Some(expand::launch_plan(&plan, workflow)), None)
        }
        (checked, _) => {
            source.fill_in_body();
            let stub = (!REFUSALS.is_another(&source)).then(|| expand::stub(&plan));
            (stub, checked.err().map(Error::write_errors))
        }
    };
    // The function's inputs become the workflow's.
    quote!(#[allow(dead_code, clippy::needless_pass_by_value)] #source #beside #errors)
}

/// A launch plan, as far as it could be parsed.
pub(crate) struct Resolved {
    plan: LaunchPlan,
    /// The mistakes.
    pub(crate) checked: Result<(), Error>,
}

/// Parses and checks a launch plan. Removes the parts of the function that rustc would not accept.
pub(crate) fn resolve(arguments: TokenStream, source: &mut Source) -> Resolved {
    let mut sink = Error::accumulator();
    let (options, whole) = group::read::<LaunchPlanOptions>(arguments, &mut sink);
    refuse_body(source, &mut sink);
    let function = Function::read(source, &REFUSALS, &Body::Unknown, &mut sink);
    let plan = LaunchPlan::resolve(options, function, whole, &mut sink);
    check::launch_plan(&plan, &mut sink);
    Resolved {
        plan,
        checked: sink.finish(),
    }
}

/// ```text
/// #[launch_plan(workflow = report)] fn nightly() { … }   a launch plan has no body: …
/// ```
fn refuse_body(source: &Source, sink: &mut Sink) {
    if source.has_body() {
        sink.push(at(
            source.sig.ident.span(),
            "a launch plan has no body, because it runs its workflow: end it with `;`",
        ));
    }
}
