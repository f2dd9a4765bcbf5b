//! The page: one file that loads nothing, with a tab for each deck.
//!
//! Tabs are radio buttons, so that no script is needed. Scripts are not allowed. The class names are
//! flytekit's: `flyte-frame-tabs` and `flyte-frame-container`.

use std::fmt::Write as _;

use super::html::escaped;
use super::parts::Tab;
use crate::console::redacted;

/// The Content-Security-Policy: the browser loads only styles and images of the page itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
    form-action 'none'";

const STYLE: &str = include_str!("page.css");

/// The page with these tabs.
pub(super) fn page(title: &str, tabs: &[Tab]) -> String {
    let mut page = String::new();
    let title = redacted(title);
    let title = escaped(&title);
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n",
        shown_tabs(tabs.len())
    );
    for (number, tab) in tabs.iter().enumerate() {
        let checked = if number == 0 { " checked" } else { "" };
        let _ = writeln!(
            page,
            "<input type=\"radio\" name=\"tab\" id=\"tab-{number}\" aria-label=\"{}\"{checked}>",
            escaped(&tab.name)
        );
    }
    page.push_str("<nav>\n<ul id=\"flyte-frame-tabs\">\n");
    for (number, tab) in tabs.iter().enumerate() {
        let name = escaped(&tab.name);
        let _ = writeln!(page, "<li><label for=\"tab-{number}\">{name}</label></li>");
    }
    page.push_str("</ul>\n</nav>\n<div id=\"flyte-frame-container\">\n");
    for Tab { html, .. } in tabs {
        let _ = writeln!(page, "<div>\n{html}</div>");
    }
    page.push_str("</div>\n</body>\n</html>\n");
    page
}

/// A CSS rule for each tab: the chosen button marks the tab's name and shows its content.
fn shown_tabs(tabs: usize) -> String {
    let mut rules = String::new();
    for number in 0..tabs {
        let nth = number + 1;
        let _ = writeln!(
            rules,
            "#tab-{number}:checked ~ nav label[for=\"tab-{number}\"] {{ color: var(--text); border-color: var(--accent); }}\n\
             #tab-{number}:focus-visible ~ nav label[for=\"tab-{number}\"] {{ outline: 2px solid var(--accent); }}\n\
             #tab-{number}:checked ~ #flyte-frame-container > :nth-child({nth}) {{ display: block; }}"
        );
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::{Tab, page};

    #[test]
    fn a_name_is_text_everywhere() {
        let tabs = ["<script>a</script>", "b\" checked onclick=\"x"].map(|name| Tab {
            name: name.to_owned(),
            html: "<p>x</p>".to_owned(),
        });
        let page = page("a < b", &tabs);
        assert!(page.contains("<title>a &lt; b</title>"), "{page}");
        assert!(
            !page.contains("<script") && !page.contains("onclick=\"x"),
            "{page}"
        );
        assert_eq!(page.matches("type=\"radio\"").count(), 2);
        assert_eq!(page.matches(" checked").count(), 3);
    }
}
