//! Functions that cannot be worker functions.

use crate::tests::worker_fn_mistakes;

#[test]
fn worker_functions() {
    let mistakes = |attribute: &str, function: &str| {
        worker_fn_mistakes(&format!("#[worker_fn({attribute})] {function}"))
    };
    let places = |attribute: &str, function: &str| {
        let place = |mistake: String| mistake.rsplit_once(" @ ").map(|(_, at)| at.to_owned());
        let found = mistakes(attribute, function).into_iter();
        found.filter_map(place).collect::<Vec<_>>()
    };
    assert!(mistakes("name = \"a.b\"", "fn f(mut a: u64, (b, _): (u8, u8)) {}").is_empty());
    assert!(mistakes("", "fn f(a: Cow<'static, str>) -> my::Result<Vec<u8>> {}").is_empty());
    assert_eq!(
        places(
            "nmae = 3",
            "async unsafe extern \"C\" fn f<T>(a: &str, b: Vec<&T>) -> &u8 {}"
        ),
        [
            "`nmae`",
            "`T`",
            "`async`",
            "`unsafe`",
            "`extern \"C\"`",
            "`&str`",
            "`&`",
            "`&`"
        ]
    );
    assert_eq!(
        places(
            "",
            "#[task] fn f(self, a: impl Fn(), #[cfg(unix)] b: Cow<'_, str>) -> impl Fn();"
        ),
        [
            "`task`", "`f`", "`self`", "`impl`", "`cfg`", "`'`", "`impl`"
        ]
    );
    assert_eq!(
        places(
            "",
            "const fn f(a: A, b: A, c: A, d: A, e: A, f: A, g: A, h: A, i: A, j: A) {}"
        ),
        ["`const`", "`i: A`"]
    );
    assert_eq!(
        mistakes("name = \"\"", "fn f() {}"),
        ["this is empty: leave `name` out for that of the function @ `\"\"`"]
    );
}
