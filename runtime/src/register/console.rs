//! Links to Flyte's console.

use std::fmt;

use flytekit_proto::flyteidl::core::{Identifier, ResourceType, WorkflowExecutionIdentifier};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::settings::Platform;

/// A console, which shows the entities and runs of Flyte Admin.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    /// `https://host`.
    address: String,
}

impl Console {
    /// The console of a Flyte.
    pub(crate) fn of(platform: &Platform) -> Self {
        let scheme = if platform.insecure { "http" } else { "https" };
        let address = match &platform.console {
            Some(address) => address.trim_end_matches('/').to_owned(),
            None => format!("{scheme}://{}", platform.endpoint),
        };
        Console { address }
    }

    /// The page of an entity's version.
    pub(crate) fn entity(&self, id: &Identifier) -> String {
        let place = self.place(&id.project, &id.domain);
        let kind = match id.resource_type() {
            ResourceType::Workflow => "workflow",
            ResourceType::LaunchPlan => "launch_plan",
            _ => "task",
        };
        format!(
            "{place}/{kind}/{}/version/{}",
            segment(&id.name),
            segment(&id.version)
        )
    }

    /// The page of a run.
    pub(crate) fn execution(&self, id: &WorkflowExecutionIdentifier) -> String {
        let place = self.place(&id.project, &id.domain);
        format!("{place}/executions/{}", segment(&id.name))
    }

    fn place(&self, project: &str, domain: &str) -> String {
        format!(
            "{}/console/projects/{}/domains/{}",
            self.address,
            segment(project),
            segment(domain)
        )
    }
}

/// A segment of a path. A version may be any text: `v1/2 #3` would be the address of another page.
fn segment(text: &str) -> impl fmt::Display {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, RESERVED)
}

#[cfg(test)]
mod tests {
    use flytekit_proto::flyteidl::core::{Identifier, WorkflowExecutionIdentifier};

    use super::Console;
    use crate::register::settings::Platform;

    #[test]
    fn the_console_is_where_flyte_is_unless_it_is_elsewhere() {
        let mut platform = Platform {
            endpoint: "flyte.example.com:81".to_owned(),
            ..Platform::default()
        };
        let task = Identifier {
            project: "p".to_owned(),
            domain: "d".to_owned(),
            name: "app.add".to_owned(),
            version: "v1".to_owned(),
            ..Identifier::default()
        };
        let link = |platform: &Platform| Console::of(platform).entity(&task);
        let path = "console/projects/p/domains/d/task/app.add/version/v1";
        let expected = format!("https://flyte.example.com:81/{path}");
        assert_eq!(link(&platform), expected);
        platform.insecure = true;
        let expected = format!("http://flyte.example.com:81/{path}");
        assert_eq!(link(&platform), expected);
        platform.console = Some("https://console.example.com/".to_owned());
        let expected = format!("https://console.example.com/{path}");
        assert_eq!(link(&platform), expected);
    }

    #[test]
    fn names_and_versions_cannot_change_the_page() {
        let task = Identifier {
            project: "p".to_owned(),
            domain: "d".to_owned(),
            name: "app.größe".to_owned(),
            version: "v1/2 #3?".to_owned(),
            ..Identifier::default()
        };
        let link = Console::of(&Platform::default()).entity(&task);
        let expected = "task/app.gr%C3%B6%C3%9Fe/version/v1%2F2%20%233%3F";
        assert!(link.ends_with(expected), "{link}");
    }

    #[test]
    fn a_run_has_a_link() {
        let console = Console::of(&Platform::default());
        let run = WorkflowExecutionIdentifier {
            project: "p".to_owned(),
            domain: "d".to_owned(),
            name: "abc".to_owned(),
            ..WorkflowExecutionIdentifier::default()
        };
        let link = console.execution(&run);
        assert!(link.ends_with("/console/projects/p/domains/d/executions/abc"));
    }
}
