//! The code of a launch plan: a constant, checks for rustc, and one registration.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::check::{BEHAVIORS, PHASES};
use super::model::{LaunchPlan, Notification, Schedule, Timing};
use crate::emit::checked::{checked, pairs};
use crate::emit::{beside, docs, here, location, names, private_module, variable};
use crate::workflow::expand as graph;

/// Expands a launch plan:
///
/// ```text
/// pub enum __flytekit_nightly {}
/// pub type nightly = __flytekit_nightly;
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     const __FLYTEKIT_WORKFLOW: &__flytekit::WorkflowDescriptor<'static> =
///         <report as __flytekit::Workflow>::DESCRIPTOR;
///     impl __flytekit::LaunchPlan for __flytekit_nightly {
///         const DESCRIPTOR: &'static __flytekit::LaunchPlanDescriptor<'static> =
///             &__flytekit::LaunchPlanDescriptor { … };
///     }
///     …
///     const _: () = __flytekit::checked_launch_plan(…);
///     __flytekit::register_launch_plan!(<__flytekit_nightly as __flytekit::LaunchPlan>::DESCRIPTOR);
/// };
/// ```
pub(super) fn launch_plan(plan: &LaunchPlan, workflow: &Path) -> TokenStream {
    let conditions = &plan.function.conditions;
    let krate = private_module(&plan.krate);
    let name = names::handle(&plan.function.name);
    let handle = graph::handle(&plan.function);
    let (descriptor, typed, checks) = (
        descriptor(plan),
        graph::typed_defaults(&plan.function, &plan.defaults),
        checks(plan),
    );
    let entity = entity(plan);
    let place = here(workflow.span());
    let workflow = quote_spanned!(place=> <#workflow as __flytekit::Workflow>::DESCRIPTOR);
    let items = quote! {
        #handle
        #(#conditions)*
        #[allow(deprecated)]
        const _: () = {
            use #krate as __flytekit;
            const __FLYTEKIT_WORKFLOW: &__flytekit::WorkflowDescriptor<'static> = #workflow;
            impl __flytekit::LaunchPlan for #name {
                const DESCRIPTOR: &'static __flytekit::LaunchPlanDescriptor<'static> = {
                    #[allow(clippy::all, clippy::pedantic)]
                    let _ = || { #typed };
                    &#descriptor
                };
            }
            #entity
            #checks
            __flytekit::register_launch_plan!(<#name as __flytekit::LaunchPlan>::DESCRIPTOR);
        };
    };
    beside(&plan.krate, &plan.function.name, &items)
}

/// The placeholder of a wrong launch plan, like that of a workflow.
pub(super) fn stub(plan: &LaunchPlan) -> TokenStream {
    let conditions = &plan.function.conditions;
    let krate = private_module(&plan.krate);
    let name = names::handle(&plan.function.name);
    let handle = graph::handle(&plan.function);
    let entity = entity(plan);
    let items = quote! {
        #handle
        #(#conditions)*
        const _: () = {
            use #krate as __flytekit;
            impl __flytekit::LaunchPlan for #name {
                const DESCRIPTOR: &'static __flytekit::LaunchPlanDescriptor<'static> =
                    &__flytekit::LaunchPlanDescriptor::DEFAULT;
            }
            #entity
        };
    };
    beside(&plan.krate, &plan.function.name, &items)
}

/// The body of the function, which runs the workflow.
pub(super) fn body(plan: &LaunchPlan) -> TokenStream {
    let handle = names::handle(&plan.function.name);
    let descriptor = quote!(<#handle as __flytekit::LaunchPlan>::DESCRIPTOR);
    graph::running(
        &plan.krate,
        &plan.function,
        &quote!(__flytekit::run_launch_plan),
        &descriptor,
    )
}

fn entity(plan: &LaunchPlan) -> TokenStream {
    let target = quote! {
        __flytekit::Target::LaunchPlan(<Self as __flytekit::LaunchPlan>::DESCRIPTOR)
    };
    graph::entity_of(&plan.function, &target)
}

/// `__flytekit::LaunchPlanDescriptor { … }`
fn descriptor(plan: &LaunchPlan) -> TokenStream {
    let function = &plan.function;
    let name = names::declared(&plan.name, &function.name);
    let inputs = function.inputs.iter().map(|input| {
        let place = here(input.variable.span());
        let variable = variable(input);
        quote_spanned!(place=> __flytekit::plan_input(__FLYTEKIT_WORKFLOW, #variable))
    });
    let fixed = plan.fixed.iter().map(|(name, value)| {
        let (place, value) = (here(name.span()), graph::bound(value));
        let name = name.unraw().to_string();
        quote_spanned!(place=> __flytekit::fixed(__FLYTEKIT_WORKFLOW, #name, #value))
    });
    let fixed = (!plan.fixed.is_empty()).then(|| quote!(fixed: &[#(#fixed),*],));
    let defaults = graph::defaults(function, &plan.defaults);
    let options = options(plan);
    let docs = docs(&function.docs);
    let location = location(&function.name);
    quote! {
        __flytekit::LaunchPlanDescriptor {
            name: #name,
            workflow: __FLYTEKIT_WORKFLOW,
            inputs: &[#(#inputs),*],
            #fixed
            #defaults
            #options
            #docs
            location: #location,
            ..__flytekit::LaunchPlanDescriptor::DEFAULT
        }
    }
}

/// The settings of its executions.
fn options(plan: &LaunchPlan) -> TokenStream {
    let schedule = plan.schedule.as_ref().map(schedule);
    let notifications = plan.notifications.iter().map(notification);
    let notifications =
        (!plan.notifications.is_empty()).then(|| quote!(notifications: &[#(#notifications),*],));
    let maps = [
        ("labels", pairs(&plan.labels, "labels")),
        ("annotations", pairs(&plan.annotations, "annotations")),
        ("env", pairs(&plan.env, "env")),
    ];
    let maps = maps.into_iter().filter_map(|(name, pairs)| {
        let name = field(name);
        Some(quote!(#name: #pairs,)).filter(|_| pairs.is_some())
    });
    let texts = [
        ("raw_output_prefix", &plan.raw_output_prefix),
        ("service_account", &plan.service_account),
        ("iam_role", &plan.iam_role),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| {
        let (name, text) = (field(name), checked(text.as_ref()?, "non_empty"));
        Some(quote!(#name: #text,))
    });
    let flags = [
        ("overwrite_cache", &plan.overwrite_cache),
        ("auto_activate", &plan.auto_activate),
    ];
    let flags = flags.into_iter().filter_map(|(name, flag)| {
        let (name, flag) = (field(name), flag.as_ref()?);
        Some(quote!(#name: #flag,))
    });
    let interruptible = plan.interruptible.as_ref();
    let interruptible =
        interruptible.map(|flag| quote!(interruptible: ::core::option::Option::Some(#flag),));
    let parallelism = plan.max_parallelism.as_ref();
    let parallelism = parallelism.map(|number| quote!(max_parallelism: #number,));
    let concurrency = plan.concurrency.as_ref().map(|concurrency| {
        let max = &concurrency.max;
        let word = concurrency.behavior.as_ref();
        let behavior = word.map_or_else(|| field("Skip"), |word| named(word, &BEHAVIORS));
        quote! {
            concurrency: ::core::option::Option::Some(__flytekit::Concurrency {
                max: #max,
                behavior: __flytekit::Behavior::#behavior,
            }),
        }
    });
    quote! {
        #schedule
        #notifications
        #(#maps)*
        #(#texts)*
        #parallelism
        #interruptible
        #(#flags)*
        #concurrency
    }
}

fn field(name: &str) -> Ident {
    Ident::new(name, proc_macro2::Span::call_site())
}

/// The runtime's name for a word.
fn named(word: &Ident, known: &[(&str, &str)]) -> Ident {
    let found = known.iter().find(|(name, _)| word == name);
    // Unknown words are refused elsewhere.
    field(found.map_or("Unspecified", |(_, name)| name))
}

fn schedule(schedule: &Schedule) -> TokenStream {
    let timing = match &schedule.timing {
        Timing::Cron(line) => {
            let line = checked(line, "cron");
            quote!(__flytekit::Timing::Cron(#line))
        }
        Timing::Rate(rate) => {
            let rate = rate
                .literal()
                .and_then(|text| flytekit_grammar::rate(&text).ok());
            let (value, unit) = rate.unwrap_or((0, 0));
            let value = Literal::u32_unsuffixed(value);
            let unit = field(["Minute", "Hour", "Day"][unit]);
            quote!(__flytekit::Timing::Rate(#value, __flytekit::RateUnit::#unit))
        }
    };
    let kickoff = schedule.kickoff_time.as_ref();
    let kickoff = kickoff.map_or_else(String::new, |name| name.unraw().to_string());
    quote! {
        schedule: ::core::option::Option::Some(__flytekit::Schedule {
            timing: #timing,
            kickoff_time: #kickoff,
        }),
    }
}

fn notification(notification: &Notification) -> TokenStream {
    let Notification {
        channel,
        phases,
        recipients,
    } = notification;
    let channel = field(&channel.to_string());
    let phases = phases.iter().map(|phase| {
        let phase = named(phase, &PHASES);
        quote!(__flytekit::Phase::#phase)
    });
    quote! {
        __flytekit::Notification {
            phases: &[#(#phases),*],
            channel: __flytekit::Channel::#channel,
            recipients: #recipients,
        }
    }
}

/// The checks of the plan against its workflow, each at its token.
fn checks(plan: &LaunchPlan) -> TokenStream {
    let function = &plan.function;
    let handle = names::handle(&function.name);
    let descriptor = quote!(<#handle as __flytekit::LaunchPlan>::DESCRIPTOR);
    let complete = quote_spanned! {here(function.name.span())=>
        const _: () = __flytekit::takes_all(#descriptor);
    };
    let output = &function.output;
    let outputs = quote_spanned! {here(output.span())=>
        const _: () = __flytekit::returns(
            #descriptor,
            <<#output as __flytekit::WorkflowReturns>::Outputs as __flytekit::Outputs<_>>::VARIABLES,
        );
    };
    let schedule = plan.schedule.as_ref().map(|schedule| {
        let place = here(schedule.span);
        quote_spanned!(place=> const _: () = __flytekit::starts_by_itself(#descriptor);)
    });
    quote!(#complete #outputs #schedule)
}
