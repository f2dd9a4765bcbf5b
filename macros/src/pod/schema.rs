//! The fields of a `PodSpec`, by their names in JSON.
//!
//! Flyte's backend decodes a pod into Kubernetes' own types, and silently drops unknown fields.

use crate::syntax::schema::{self, Field};

/// Kubernetes 1.34's `k8s.io/api/core/v1`: after each type its fields, and after a field the type of the
/// objects in it, unless any object is allowed.
const TYPES: &str = include_str!("schema.txt");

/// The type of the whole pod.
pub(crate) const POD_SPEC: &str = "PodSpec";

/// The type of an object from the names of resources to quantities.
pub(crate) const QUANTITIES: &str = "ResourceList";

/// The fields of a type, each with the type of its content.
pub(crate) fn fields(of: &str) -> Option<Vec<Field>> {
    schema::fields(TYPES, of)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{POD_SPEC, QUANTITIES, TYPES, fields};

    #[test]
    fn each_type_that_a_field_names_is_there_once_and_is_reached() {
        let heads = TYPES.lines().filter_map(|line| line.strip_suffix(':'));
        let types: Vec<&str> = heads.collect();
        let mut reached = BTreeSet::from([POD_SPEC]);
        for of in &types {
            let fields = fields(of).expect("a type");
            assert!(!fields.is_empty(), "{of}");
            reached.extend(fields.into_iter().filter_map(|(_, inner)| inner));
        }
        assert!(reached.remove(QUANTITIES));
        assert_eq!(types.len(), reached.len());
        assert_eq!(types.into_iter().collect::<BTreeSet<_>>(), reached);
    }

    #[test]
    fn a_field_leads_to_the_fields_in_it() {
        let inner = |of, name| {
            let fields = fields(of).expect("a type");
            fields.into_iter().find(|(field, _)| *field == name)
        };
        assert_eq!(inner(POD_SPEC, "hostNetwork"), Some(("hostNetwork", None)));
        assert_eq!(
            inner(POD_SPEC, "containers"),
            Some(("containers", Some("Container")))
        );
        assert_eq!(
            inner("ResourceRequirements", "limits"),
            Some(("limits", Some(QUANTITIES)))
        );
        assert_eq!(fields("Pod"), None);
    }
}
