//! The metadata of objects.

use object_store::path::Path;
use object_store::{Attribute, Attributes};

use crate::store::scheme::Scheme;

/// The keys that say which execution wrote an object, and the variables with their values: the first variable
/// that is set wins.
const EXECUTION: [(&str, [&str; 2]); 5] = [
    (
        "flyte-execution-project",
        ["FLYTE_INTERNAL_EXECUTION_PROJECT", "_F_PRJ"],
    ),
    (
        "flyte-execution-domain",
        ["FLYTE_INTERNAL_EXECUTION_DOMAIN", "_F_DM"],
    ),
    (
        "flyte-execution-name",
        ["FLYTE_INTERNAL_EXECUTION_ID", "_F_NM"],
    ),
    (
        "flyte-execution-workflow",
        ["FLYTE_INTERNAL_EXECUTION_WORKFLOW", "_F_WF"],
    ),
    (
        "flyte-execution-launchplan",
        ["FLYTE_INTERNAL_EXECUTION_LAUNCHPLAN", "_F_LP"],
    ),
];

/// flytekit's metadata, unless `FLYTE_PERSISTENCE_ATTACH_EXECUTION_METADATA` turns it off, and the content
/// type of files that people open in a browser.
///
/// flytekit also declares files that end in `.gz` to be encoded, so that some clients unpack them. Here bytes
/// stay as they are.
pub(super) fn attributes(scheme: Scheme, path: &Path) -> Attributes {
    let mut attributes = Attributes::new();
    if path.extension() == Some("html") {
        attributes.insert(Attribute::ContentType, "text/html".into());
    }
    if !is_wanted() {
        return attributes;
    }
    for (name, variables) in EXECUTION {
        let value = variables.iter().find_map(|name| std::env::var(name).ok());
        // Headers can carry only such values.
        let value =
            value.filter(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_graphic()));
        if let Some(value) = value {
            // On Azure a name must be a valid identifier of C#.
            let name = match scheme {
                Scheme::Azure => name.replace('-', "_"),
                _ => name.to_owned(),
            };
            attributes.insert(Attribute::Metadata(name.into()), value.into());
        }
    }
    attributes
}

fn is_wanted() -> bool {
    let wanted = std::env::var("FLYTE_PERSISTENCE_ATTACH_EXECUTION_METADATA");
    let wanted = wanted.unwrap_or_default().to_lowercase();
    !matches!(wanted.as_str(), "false" | "0" | "off" | "no")
}
