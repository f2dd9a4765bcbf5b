//! `dask(…)`: a function that borrows the client of a Dask cluster of its own.

use flytekit_grammar as grammar;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{Beside, Engine, EngineUse, InTemplate, Parts};
use crate::emit::checked::checked;
use crate::emit::here;
use crate::pod::resources::{self, AmountOptions, Amounts};
use crate::syntax::check::Check;
use crate::syntax::error::Sink;
use crate::syntax::group::{Group, GroupOrConst, options};
use crate::syntax::value::{Number, Text};

options! {
    /// `dask(scheduler(…), workers(count = 4))`
    pub(crate) struct DaskOptions {
        scheduler: Group<SchedulerOptions>,
        workers: Group<WorkersOptions>,
    }
}

options! {
    /// `scheduler(image = "…", requests(cpu = "1"))`
    pub(crate) struct SchedulerOptions {
        image: Text,
        requests: GroupOrConst<AmountOptions>,
        limits: GroupOrConst<AmountOptions>,
    }
}

options! {
    /// `workers(count = 4, image = "…", limits(mem = "4Gi"))`
    pub(crate) struct WorkersOptions {
        count: Number,
        image: Text,
        requests: GroupOrConst<AmountOptions>,
        limits: GroupOrConst<AmountOptions>,
    }
}

#[derive(Debug)]
struct Dask {
    scheduler: Pods,
    workers: Pods,
    count: Option<Number>,
}

/// The pods of a part of the cluster.
#[derive(Debug)]
struct Pods {
    image: Option<Text>,
    requests: Amounts,
    limits: Amounts,
}

impl Engine for DaskOptions {
    const NAME: &'static str = "dask";
    const SESSION: Option<&'static str> = Some("DaskClient");

    fn resolve(group: Group<Self>, sink: &mut Sink) -> EngineUse {
        let place = group.span;
        let options = group.open(sink);
        let scheduler = options.scheduler.map(|group| group.open(sink));
        let scheduler = scheduler.unwrap_or_default();
        let workers = options.workers.map(|group| group.open(sink));
        let workers = workers.unwrap_or_default();
        let dask = Dask {
            scheduler: Pods {
                image: scheduler.image,
                requests: Amounts::resolve(scheduler.requests, sink),
                limits: Amounts::resolve(scheduler.limits, sink),
            },
            workers: Pods {
                image: workers.image,
                requests: Amounts::resolve(workers.requests, sink),
                limits: Amounts::resolve(workers.limits, sink),
            },
            count: workers.count,
        };
        EngineUse {
            place,
            no_session: None,
            not_async: Some(
                "a Dask task cannot be `async`: the calls of its `DaskClient` block their thread",
            ),
            in_template: InTemplate::Custom(place),
            is_bare: false,
            parts: Box::new(dask),
        }
    }
}

impl Parts for Dask {
    /// ```text
    /// workers(count = 0)   a Dask cluster needs at least one worker
    /// ```
    fn check(&self, _: &Beside<'_>, check: &mut Check<'_>) {
        if let Some(count) = self.count.as_ref().filter(|count| count.is_zero()) {
            check.refuse(count.span(), "a Dask cluster needs at least one worker");
        }
        for pods in [&self.scheduler, &self.workers] {
            check.optional(pods.image.as_ref(), grammar::image);
            check.amounts(&pods.requests, &pods.limits);
        }
    }

    fn engine(&self, place: Span) -> TokenStream {
        quote_spanned!(here(place)=> __flytekit::dask::Dask)
    }

    /// `DaskConfig::new().scheduler(Scheduler::new()…).workers(Workers::new().count(4)…)`
    fn config(&self, place: Span) -> TokenStream {
        let new = quote_spanned!(here(place)=> __flytekit::dask::DaskConfig::new());
        let constant = self.count.as_ref().and_then(Number::constant);
        let constant = constant.or_else(|| self.workers.constant());
        let place = here(constant.unwrap_or_else(Span::call_site));
        let count = self.count.as_ref();
        let count = count.map(|count| quote_spanned!(place=> .count(#count)));
        let new_workers = quote_spanned!(place=> __flytekit::dask::Workers::new());
        let place = here(self.scheduler.constant().unwrap_or_else(Span::call_site));
        let new_scheduler = quote_spanned!(place=> __flytekit::dask::Scheduler::new());
        let (scheduler, workers) = (self.scheduler.expand(), self.workers.expand());
        quote! {
            #new
            .scheduler(#new_scheduler #scheduler)
            .workers(#new_workers #count #workers)
        }
    }
}

impl Pods {
    /// The place of a part that only const evaluation can compare.
    fn constant(&self) -> Option<Span> {
        let limits = self.limits.constant();
        limits.or_else(|| self.requests.constant())
    }

    /// `.image("…").requests(…).limits(…)`
    fn expand(&self) -> TokenStream {
        let image = self.image.as_ref().map(|image| {
            let image = checked(image, "image");
            quote!(.image(#image))
        });
        // Limits and requests are compared at the place of the part that only rustc can compare.
        let place = here(self.constant().unwrap_or_else(Span::call_site));
        let call = |given: &Amounts, name: &str| {
            let amounts = resources::expand(given)?;
            let name = Ident::new(name, place);
            Some(quote_spanned!(place=> .#name(#amounts)))
        };
        let (requests, limits) = (
            call(&self.requests, "requests"),
            call(&self.limits, "limits"),
        );
        quote!(#image #requests #limits)
    }
}
