//! Maps: the mapped task as a constant of its own, and the node that runs it.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::checked::{expression, taken_name};
use super::descriptor::binding;
use super::places::ends;
use crate::emit::checked::some;
use crate::emit::here;
use crate::syntax::parameter::Input;
use crate::workflow::model::value::{Map, MapArgument, MapOptions, Run, Success, Value};
use crate::workflow::model::{Graph, Node};

/// The constant of the map with this index.
fn constant(place: usize) -> Ident {
    Ident::new(&format!("__FLYTEKIT_MAP_{place}"), Span::call_site())
}

/// The constants of the inputs and outputs: rustc does not promote a value that it reaches by a reference.
fn inputs(place: usize) -> Ident {
    Ident::new(&format!("__FLYTEKIT_MAP_{place}_INPUTS"), Span::call_site())
}

pub(super) fn outputs(place: usize) -> Ident {
    Ident::new(
        &format!("__FLYTEKIT_MAP_{place}_OUTPUTS"),
        Span::call_site(),
    )
}

/// ```text
/// __flytekit::mapped!(__FLYTEKIT_MAP_0, __flytekit::mappable(<scale as __flytekit::Task>::DESCRIPTOR, …), …);
/// ```
pub(super) fn constants(graph: &Graph) -> TokenStream {
    let mut constants = TokenStream::new();
    each(&graph.nodes, &mut |map| {
        let (name, task) = (constant(map.place), &map.task);
        let (inputs, outputs) = (inputs(map.place), outputs(map.place));
        let place = ends(task).1;
        let whole = map.arguments.iter();
        let whole = whole.map(|argument| matches!(argument, MapArgument::Whole(_)));
        let whole = quote!(&[#(#whole),*]);
        let mappable = quote_spanned! {place=>
            __flytekit::mappable(<#task as __flytekit::Task>::DESCRIPTOR, #whole)
        };
        let some = if map.options.success.is_some() {
            let arguments = map.arguments.iter().map(|_| quote!(loop {}));
            quote_spanned! {place=>
                ::core::option::Option::Some(__flytekit::some_outputs(
                    || <#task as __flytekit::Signature<_>>::call()(#(#arguments),*),
                ))
            }
        } else {
            quote!(::core::option::Option::None)
        };
        constants.extend(quote! {
            #[allow(unreachable_code, clippy::all, clippy::pedantic)]
            const #name: &'static __flytekit::TaskDescriptor =
                __flytekit::mapped!(#mappable, #whole, #some);
            const #inputs: &'static [__flytekit::Variable] = #name.inputs;
            const #outputs: &'static [__flytekit::Variable] = #name.outputs;
            __flytekit::register_mapped!(#name);
        });
    });
    constants
}

/// Calls `visit` with each map among the nodes, and in the sides of a choice.
fn each<'n>(nodes: &'n [Node], visit: &mut dyn FnMut(&'n Map)) {
    for node in nodes {
        within(node, visit);
    }
}

fn within<'n>(node: &'n Node, visit: &mut dyn FnMut(&'n Map)) {
    match &*node.run {
        Run::Map(map) => visit(map),
        Run::Choice(choice) => choice.sides().for_each(|side| within(&side.node, visit)),
        Run::Call(_) | Run::Gate(_) => {}
    }
}

/// `target: __flytekit::Target::Array(…), arguments: &[…],`
pub(super) fn target(map: &Map, inputs: &[Input]) -> TokenStream {
    let (name, taken) = (constant(map.place), self::inputs(map.place));
    let arguments = map.arguments.iter().enumerate().map(|(place, argument)| {
        let value = match argument {
            MapArgument::Element(list) => &map.lists[*list],
            MapArgument::Whole(value) => value,
        };
        let (place, value) = (Literal::usize_unsuffixed(place), binding(value, inputs));
        quote!(__flytekit::argument(#taken, #place, #value))
    });
    let MapOptions {
        concurrency,
        success,
    } = &map.options;
    let concurrency = if let Some(concurrency) = concurrency {
        some(concurrency)
    } else {
        quote!(::core::option::Option::None)
    };
    let success = match success {
        None => quote!(__flytekit::Success::All),
        Some(Success::Count(least)) => quote!(__flytekit::Success::Count(#least)),
        Some(Success::Ratio(ratio)) => {
            let share = quote_spanned!(here(ratio.span())=> __flytekit::Success::share);
            quote!(#share(#ratio))
        }
    };
    quote! {
        target: __flytekit::Target::Array(__flytekit::Array {
            task: #name,
            concurrency: #concurrency,
            success: #success,
        }),
        arguments: &[#(#arguments),*],
    }
}

/// `<map as __flytekit::IsMap>::all(__flytekit::Returned((|x| …)(__flytekit::element(list))).value())?`
pub(super) fn checked(map: &Map) -> TokenStream {
    let Map {
        path,
        paren,
        task,
        each,
        lists,
        arguments,
        options,
        tried,
        ..
    } = map;
    let (first, last) = ends(task);
    let mut call = quote_spanned!(first=> <#task as __flytekit::Signature<_>>::);
    call.extend(quote_spanned!(last=> call()));
    let elements = lists.iter().map(element);
    let run = match each {
        None => {
            paren.surround(&mut call, |inside| inside.extend(quote!(#(#elements),*)));
            call
        }
        Some(each) => {
            let arguments = arguments.iter().map(|argument| match argument {
                MapArgument::Element(place) => taken_name(&each.names[*place]),
                MapArgument::Whole(value) => expression(value),
            });
            let mut called = call;
            each.paren
                .surround(&mut called, |inside| inside.extend(quote!(#(#arguments),*)));
            let parameters = &each.parameters;
            quote!((|#(#parameters),*| #called)(#(#elements),*))
        }
    };
    let (first, last) = ends(path);
    let mut tokens = quote_spanned!(first=> <#path as __flytekit::IsMap>::);
    let function = if options.success.is_some() {
        "some"
    } else {
        "all"
    };
    Ident::new(function, last).to_tokens(&mut tokens);
    let (first, last) = ends(task);
    let returned = quote_spanned!(first=> __flytekit::Returned);
    let value = quote_spanned!(last=> .value());
    let mut each = returned;
    paren.surround(&mut each, |inside| run.to_tokens(inside));
    value.to_tokens(&mut each);
    paren.surround(&mut tokens, |inside| {
        inside.extend(quote! {{
            use __flytekit::{ValueItself as _, ValueOfResult as _};
            #each
        }});
    });
    quote!(#tokens #tried)
}

/// `__flytekit::element(list)`
fn element(list: &Value) -> TokenStream {
    let list = expression(list);
    let (start, end) = ends(&list);
    let function = quote_spanned!(start=> __flytekit::element);
    let argument = quote_spanned!(end=> (#list));
    quote!(#function #argument)
}
