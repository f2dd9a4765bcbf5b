//! Settings of nodes, in all places of a body.

use crate::tests::workflow_mistakes;

/// The mistakes of a workflow with these statements.
fn body(statements: &str) -> Vec<String> {
    workflow_mistakes(&format!(
        "#[workflow] fn w(n: i64) -> Result<i64> {{ {statements} }}"
    ))
}

#[test]
fn settings_belong_to_statements_and_sides() {
    for sound in [
        "#[node(retries = 2)] load(n)",
        "let a = if n > 3 { #[node(retries = 2, id = \"large\")] load(n)? } else { load(1)? }; Ok(a)",
        "if n > 3 { #[node(concurrency = 2)] map(load, vec![n])? } else { map(load, vec![1])? }; load(n)",
    ] {
        assert_eq!(body(sound), [""; 0], "{sound}");
    }
    let before = "an attribute belongs before a statement: \
                  `#[node(…)] let total = sum(list)?;` @ `node`";
    for lost in [
        "#[node(retries = 2)] Ok(load(n)?)",
        "let a = #[node(retries = 2)] load(n)?; Ok(a)",
        "let a = load(#[node(retries = 2)] load(n)?)?; Ok(a)",
        "let a = load(n)?; Ok((a, #[node(retries = 2)] load(n)?))",
    ] {
        assert_eq!(body(lost), [before], "{lost}");
    }
}

#[test]
fn a_node_runs_after_others() {
    let after = |name: &str| {
        body(&format!(
            "let a = load(n)?; let both = vec![a, n]; let wrong = a + 1; let three = 3;
             #[node(after({name}))] load(1)?; Ok(a)"
        ))
    };
    let wrong = after("a");
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    for sound in ["both", "wrong", "a, both"] {
        assert_eq!(after(sound), wrong, "{sound}");
    }
    for name in ["n", "three"] {
        let mistake = format!(
            "`{name}` is there before any node runs: name the value of an earlier node @ `{name}`"
        );
        assert!(after(name).contains(&mistake), "{:#?}", after(name));
    }
}

#[test]
fn settings_of_sides_are_checked() {
    let side = |settings: &str| {
        body(&format!(
            "let a = load(n)?;
             let b = if n > 3 {{ #[node({settings})] load(n)? }} else {{ load(a)? }};
             Ok(b)"
        ))
    };
    for (settings, mistake) in [
        (
            "after(a)",
            "an `if` runs after nodes as a whole: write `after` before the `if` @ `a`",
        ),
        (
            "concurrency = 2",
            "only a map has `concurrency`: `map(task, list)` @ `concurrency`",
        ),
    ] {
        assert_eq!(side(settings), [mistake], "{settings}");
    }
    let wrong = side("id = \"end-node\", requests(mem = \"2Gb\")");
    assert_eq!(wrong.len(), 2, "{wrong:#?}");
    let twice = side("id = \"n1\"");
    assert_eq!(twice.len(), 1, "{twice:#?}");
    assert!(
        twice[0].starts_with("two nodes have the id `n1-n1`"),
        "{twice:#?}"
    );
    assert!(twice[0].ends_with("@ `\"n1\"`"), "{twice:#?}");
}
