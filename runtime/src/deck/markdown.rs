//! Markdown as HTML that only contains the elements of Markdown.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};

/// The HTML of a Markdown text; HTML in the text is escaped.
pub(super) fn html(text: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(text, options).map(harmless);
    let mut html = String::with_capacity(text.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: if leads_to_page(&dest_url) {
                dest_url
            } else {
                CowStr::Borrowed("#")
            },
            title,
            id,
        }),
        other => other,
    }
}

/// Whether a link has a scheme for pages or mail, or no scheme: other schemes make a browser act.
fn leads_to_page(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.trim());
    scheme.is_none_or(|scheme| {
        scheme.contains(['/', '?', '#'])
            || ["http", "https", "mailto"]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn markdown_is_html_and_html_is_text() {
        let page =
            html("# A *title*\n\n| a | b |\n|---|--:|\n| 1 | <b>2</b> |\n\n<script>x</script>\n");
        for part in [
            "<h1>A <em>title</em></h1>",
            "<td>1</td>",
            "&lt;b&gt;2&lt;/b&gt;",
            "&lt;script&gt;x",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<script"), "{page}");
    }

    #[test]
    fn no_link_runs_anything() {
        for url in [
            "javascript:alert(1)",
            "JavaScript:x",
            "data:text/html,x",
            "\tjavascript:x",
        ] {
            let page = html(&format!("[a](<{url}>)"));
            assert!(!page.to_lowercase().contains("href=\"java"), "{page}");
            assert!(!page.contains("data:"), "{page}");
        }
        let page = html("[a](https://example.org/?a:b) [b](/c:d) [c](#e)");
        for url in ["https://example.org/?a:b", "/c:d", "#e"] {
            assert!(page.contains(&format!("href=\"{url}\"")), "{page}");
        }
    }
}
