//! Documentation comments as text for people who do not read the source code.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of the `///` and `/** */` comments in `attrs`, without the common indentation of their lines.
pub(crate) fn of(attrs: &[Attribute]) -> String {
    let lines: Vec<String> = attrs
        .iter()
        .filter_map(text)
        .flat_map(|text| lines(&text))
        .collect();
    let indentation = |line: &String| line.len() - line.trim_start().len();
    let shared = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(indentation)
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.get(shared..).unwrap_or("").trim_end())
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn text(attr: &Attribute) -> Option<String> {
    match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The lines of one comment; for a block comment, without the stars at the edge.
fn lines(text: &str) -> Vec<String> {
    let starred = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('*');
    let mut lines = text.lines();
    let first = lines.next().unwrap_or("").to_owned();
    let rest: Vec<&str> = lines.collect();
    let edge = !rest.is_empty() && rest.iter().all(starred);
    let unstar = |line: &&str| {
        let line = if edge {
            line.trim_start().trim_start_matches('*')
        } else {
            line
        };
        line.to_owned()
    };
    std::iter::once(first)
        .chain(rest.iter().map(unstar))
        .collect()
}

#[cfg(test)]
mod tests {
    use syn::{ItemFn, parse_str};

    use super::of;

    fn docs(comment: &str) -> String {
        let function: ItemFn = parse_str(&format!("{comment}\nfn f() {{}}")).unwrap();
        of(&function.attrs)
    }

    #[test]
    fn lines_keep_their_shape() {
        assert_eq!(
            docs("/// One.\n///\n/// * two\n///   three"),
            "One.\n\n* two\n  three"
        );
        assert_eq!(docs("/** upper bound */"), "upper bound");
        assert_eq!(docs("/**\n * One.\n *\n * Two.\n */"), "One.\n\nTwo.");
        assert_eq!(docs("#[doc = \" written out\"]"), "written out");
        assert_eq!(docs("#[inline]"), "");
    }
}
