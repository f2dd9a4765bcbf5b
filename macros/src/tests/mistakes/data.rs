//! The mistakes that `FlyteData` refuses.

use crate::tests::data_mistakes;

/// One mistake of a type that derives `FlyteData`.
#[track_caller]
fn data(source: &str, message: &str, token: &str) {
    let found = data_mistakes(source);
    assert_eq!(found.len(), 1, "{source}\n{found:#?}");
    assert!(found[0].starts_with(message), "{source}\n{}", found[0]);
    let place = format!(" @ `{token}`");
    assert!(found[0].ends_with(&place), "{source}\n{}", found[0]);
}

#[test]
fn shapes_of_data() {
    data("union U { a: i64 }", "data is a struct or an enum", "U");
    data(
        "struct S;",
        "a dataclass has named fields: for a dataclass without fields, write `struct S {}`",
        "S",
    );
    data(
        "struct S(i64, f64);",
        "a dataclass has named fields: name them",
        "S",
    );
    data(
        "struct S();",
        "a dataclass has named fields: name them",
        "S",
    );
    data("struct S<T> { a: T }", "data cannot be generic", "T");
    data(
        "struct S<'a> { #[serde(skip)] a: &'a str }",
        "data cannot be generic: its type is part of the task's interface; let it own",
        "'a",
    );
    data("enum E {}", "an enum without variants has no values", "E");
    data(
        "enum E { A(i64, i64) }",
        "a dataclass has named fields: name them",
        "A",
    );
    data(
        "#[serde(tag = \"kind\")] enum E { A(i64), B {} }",
        "the tag `kind` is a field, which a variant has beside others with names",
        "A",
    );
    data(
        "#[serde(transparent)] struct S { a: i64, b: i64 }",
        "`transparent` is for a struct of one field, this one has 2",
        "transparent",
    );
    data(
        "#[serde(transparent)] struct S { #[serde(skip)] a: i64 }",
        "`transparent` is for a struct of one field, this one has 0",
        "transparent",
    );
    data(
        "#[serde(tag = \"kind\", untagged)] enum E { A {}, B { a: i64 } }",
        "an enum has a tag or none",
        "untagged",
    );
}

#[test]
fn data_that_holds_itself() {
    let message = "a type that contains itself is not a Flyte type";
    data("struct S { a: Vec<Box<S>> }", message, "S");
    data("struct S { a: Option<Box<Self>> }", message, "Self");
    data("struct S(Vec<(i64, S)>);", message, "S");
    data("enum E { A { a: Box<E> } }", message, "E");
    data("enum E { A(Vec<Self>), B }", message, "Self");
    assert!(
        data_mistakes("struct S { a: other::S, b: Vec<::S>, #[serde(skip)] c: Option<Box<S>> }")
            .is_empty()
    );
}

#[test]
fn names_in_data() {
    data(
        "struct S { a: i64, #[serde(rename = \"a\")] b: i64 }",
        "there is a field `a` already",
        "\"a\"",
    );
    data(
        "#[serde(rename_all = \"UPPERCASE\")] struct S { a: i64, r#A: i64 }",
        "there is a field `A` already",
        "r#A",
    );
    data(
        "struct S { a: i64, #[serde(alias = \"c\", alias = \"a\")] b: i64 }",
        "there is a field `a` already",
        "\"a\"",
    );
    data(
        "#[serde(rename_all = \"lowercase\")] enum E { A, #[serde(rename = \"a\")] B }",
        "there is a variant `a` already",
        "\"a\"",
    );
    data(
        "#[serde(tag = \"kind\")] enum E { A {}, #[serde(alias = \"A\")] B {} }",
        "there is a variant `A` already",
        "\"A\"",
    );
    data(
        "#[serde(tag = \"kind\")] enum E { A { kind: i64 } }",
        "there is a field `kind` already",
        "kind",
    );
    assert!(data_mistakes("struct S { a: i64, #[serde(rename = \"a\", skip)] b: i64 }").is_empty());
}

#[test]
fn variants_that_look_the_same() {
    let message = "`B` and `A` cannot be told apart in the data";
    data("enum E { A(i64), B(i64) }", message, "B");
    data("enum E { A { a: i64 }, B { a: i64 } }", message, "B");
    data("enum E { A, C(i64), B }", message, "B");
    data("#[serde(untagged)] enum E { A, B }", message, "B");
    assert!(data_mistakes("enum E { A { a: i64 }, B { b: i64 }, C(i64), D }").is_empty());
    assert!(
        data_mistakes("#[serde(tag = \"kind\")] enum E { A { a: i64 }, B { a: i64 }, C, D }")
            .is_empty()
    );
}

#[test]
fn attributes_of_fields() {
    let field = |attribute: &str, message: &str, token: &str| {
        data(
            &format!("struct S {{ #[serde({attribute})] a: i64 }}"),
            message,
            token,
        );
    };
    field(
        "renam = \"b\"",
        "unknown option `renam`, expected one of `rename`, `default`, `skip`, `alias`; did you mean `rename`?",
        "renam",
    );
    field(
        "rename = 3",
        "`rename` takes one name for reading and writing: `rename = \"other name\"`",
        "3",
    );
    field(
        "rename(serialize = \"b\")",
        "`rename` takes one name for reading and writing",
        "rename",
    );
    field(
        "rename = \"b\", rename = \"c\"",
        "option `rename` is given twice",
        "rename",
    );
    field("skip = true", "`skip` takes nothing", "true");
    field(
        "default = \"a b\"",
        "`a b` is not the path of a function",
        "\"a b\"",
    );
    field(
        "default = 3",
        "`default` takes nothing, or the path of a function",
        "3",
    );
    field("\"a\"", "expected an option, one of `rename`", "\"a\"");
    field(
        "flatten",
        "a dataclass contains another one under a name",
        "flatten",
    );
    field(
        "with = \"hex\"",
        "Flyte's type is written from the fields",
        "with",
    );
    field(
        "skip_serializing_if = \"Option::is_none\"",
        "a dataclass has all of its fields",
        "skip_serializing_if",
    );
    field(
        "skip_serializing",
        "Flyte has one type for reading and writing",
        "skip_serializing",
    );
}

#[test]
fn attributes_of_types() {
    let of_enum = |attribute: &str, message: &str, token: &str| {
        data(
            &format!("#[serde({attribute})] enum E {{ A, B }}"),
            message,
            token,
        );
    };
    of_enum(
        "rename_all = \"camelcase\"",
        "unknown case `camelcase`, expected one of `lowercase`, ",
        "\"camelcase\"",
    );
    of_enum(
        "rename_all(serialize = \"lowercase\")",
        "`rename_all` takes one case for reading and writing",
        "rename_all",
    );
    of_enum(
        "tag = KIND",
        "`tag` takes one name for reading and writing: `tag = \"kind\"`",
        "KIND",
    );
    of_enum(
        "tag = \"t\", content = \"c\"",
        "a dataclass has its tag among its fields",
        "content",
    );
    of_enum("default", "unknown option `default`", "default");
    data(
        "enum E { A, #[serde(other)] B }",
        "Flyte knows all variants",
        "other",
    );
    data(
        "#[serde] struct S { a: i64 }",
        "`serde` is written `serde(…)`",
        "serde",
    );
    data(
        "struct S { #[flyte(crate = a)] a: i64 }",
        "`flyte(…)` belongs on the type",
        "flyte",
    );
    data(
        "enum E { A(#[serde(with = \"hex\")] i64), B }",
        "Flyte's type is written from the fields",
        "with",
    );
    data(
        "enum E { A(#[serde(skip)] i64), B }",
        "a skipped value cannot be the data",
        "skip",
    );
    assert!(data_mistakes("#[serde(bound = \"\", crate = \"s\", expecting = \"s\")] struct S { #[serde(borrow)] a: i64 }").is_empty());
    let found = data_mistakes(
        "#[serde(renam = \"b\")] struct S { #[serde(flatten)] a: i64, #[serde(with = \"x\")] b: Vec<S> }",
    );
    assert_eq!(found.len(), 4, "{found:#?}");
}
