//! The mistakes that `Outputs` and `Columns` refuse.

use crate::tests::{columns_mistakes, outputs_mistakes};

#[test]
fn outputs() {
    let one = |source: &str, message: &str| {
        let found = outputs_mistakes(source);
        assert!(
            found.len() == 1 && found[0].starts_with(message),
            "{source}\n{found:#?}"
        );
    };
    one("struct S<T> { a: T }", "outputs cannot be generic");
    one("struct S(i64);", "outputs need names");
    one("struct S {}", "there are no outputs");
    one("struct S;", "outputs need names");
    one("enum E { A }", "outputs are a struct");
    one(
        "#[outputs(krate = a)] struct S { a: i64 }",
        "unknown option `krate`, expected one of `crate`; did you mean `crate`?",
    );
}

#[test]
fn columns() {
    let one = |source: &str, message: &str, token: &str| {
        let found = columns_mistakes(source);
        assert_eq!(found, [format!("{message} @ `{token}`")], "{source}");
    };
    one(
        "struct S<T> { a: T }",
        "columns cannot be generic: their types are part of the task's interface",
        "T",
    );
    one("struct S(i64);", "columns need names: name the fields", "S");
    one(
        "struct S {}",
        "there are no columns: name them as fields, or pass a table of any columns as a `DataFrame`",
        "S",
    );
    one(
        "enum E { A }",
        "columns are the fields of a struct: a table has the same columns in every row",
        "E",
    );
    let form = "`column` takes the column's name: `#[column(\"customer name\")]`";
    one("struct S { #[column] a: i64 }", form, "column");
    one("struct S { #[column = \"b\"] a: i64 }", form, "column");
    one("struct S { #[column(3)] a: i64 }", form, "column");
    one(
        "struct S { #[column(\"\")] a: i64 }",
        "a column needs a name",
        "\"\"",
    );
    one(
        "struct S { #[column(\"a\")] #[column(\"b\")] a: i64 }",
        "`column` is given twice",
        "column",
    );
    let found = columns_mistakes("struct S<T> { a: T, #[column(\"a\")] b: i64, r#a: i64 }");
    assert_eq!(found.len(), 3, "{found:#?}");
    assert_eq!(found[1], "there is a column `a` already @ `\"a\"`");
}
