//! A pod as a constant of the runtime's `PodTemplate`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::emit::checked::{checked, pairs};
use crate::emit::json;
use crate::pod::model::{Pod, PodTemplate};

pub(crate) fn pod_template(template: &PodTemplate) -> TokenStream {
    match template {
        PodTemplate::Const(expr) => expr.to_token_stream(),
        PodTemplate::Written(Pod {
            primary_container,
            labels,
            annotations,
            spec,
            ..
        }) => {
            let primary_container = primary_container.as_ref().map(|name| {
                let name = checked(name, "container_name");
                quote!(.primary_container(#name))
            });
            let labels = pairs(labels, "labels").map(|labels| quote!(.labels(#labels)));
            let annotations = pairs(annotations, "annotations").map(|it| quote!(.annotations(#it)));
            let spec = spec.as_ref().map(|spec| {
                let spec = json::object(spec);
                quote!(.spec(#spec))
            });
            quote!(__flytekit::PodTemplate::new()#primary_container #labels #annotations #spec)
        }
    }
}
