//! A Spark application: its configuration, its arguments, and the function that runs it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::emit::here;
use crate::emit::names;
use crate::engines::generic_spark::model::{Application, GenericSpark};
use crate::engines::generic_spark::read::Argument;
use crate::syntax::function::Function;
use crate::syntax::value::Text;
use crate::task::expand::options;
use crate::task::model::{Engine, Task};

/// `GenericSparkConfig::scala("org.example.Main", "/opt/app.jar").conf(…)`
pub(crate) fn config(span: Span, spark: &GenericSpark) -> TokenStream {
    // At the first of the values that only the constructor can check.
    let new = |constructor: &str, values: &[&Text]| {
        let constant = values.iter().find(|text| text.literal().is_none()).copied();
        let place = here(constant.map_or(span, Text::span));
        let constructor = Ident::new(constructor, place);
        quote_spanned!(place=> __flytekit::spark::GenericSparkConfig::#constructor)
    };
    let new = match &spark.application {
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
    let settings = options::spark_conf(&spark.conf, &spark.hadoop_conf);
    quote!(#new #settings)
}

/// `args: Args::Application(&[Arg::Text("--rows"), Arg::Input("rows")])`
pub(crate) fn args(spark: &GenericSpark) -> TokenStream {
    let each = spark.args.iter().map(|argument| match argument {
        Argument::Text(text) => quote!(__flytekit::Arg::Text(#text)),
        Argument::Input { name, .. } => quote!(__flytekit::Arg::Input(#name)),
    });
    quote!(__flytekit::Args::Application(&[#(#each),*]))
}

/// That each input can be an argument, which its type decides.
pub(crate) fn checks(function: &Function) -> TokenStream {
    let each = function.inputs.iter().map(|input| {
        let ty = &input.ty;
        quote_spanned! {here(ty.span())=>
            const _: () = <#ty as __flytekit::FlyteType>::LITERAL_TYPE.check_argument();
        }
    });
    each.collect()
}

/// The function's body, with the task's `items` in it:
///
/// ```text
/// fn count(rows: i64) -> ::flytekit::Result<()> {
///     …
///     __flytekit::spark::run_application(&__FLYTEKIT_TASK, &__FLYTEKIT_CONFIG, |inputs| {
///         inputs.literal("rows", |out| <i64 as __flytekit::FlyteType>::encode(&rows, out))?;
///         ::core::result::Result::Ok(())
///     })
/// }
/// ```
pub(crate) fn body(task: &Task, items: &TokenStream) -> TokenStream {
    let (inputs, out) = (names::local("inputs"), names::local("out"));
    let writes = task.function.inputs.iter().map(|input| {
        let (name, variable, ty) = (&input.name, &input.variable, &input.ty);
        let encode = quote_spanned!(here(ty.span())=> <#ty as __flytekit::FlyteType>::encode);
        quote!(#inputs.literal(#name, |#out| #encode(&#variable, #out))?;)
    });
    let place = match &task.engine {
        Engine::GenericSpark { span, .. } => here(*span),
        _ => Span::call_site(),
    };
    let run = quote_spanned!(place=> __flytekit::spark::run_application);
    quote! {{
        #items
        #run(&__FLYTEKIT_TASK, &__FLYTEKIT_CONFIG, |#inputs| {
            #(#writes)*
            ::core::result::Result::Ok(())
        })
    }}
}
