//! The guides as a book, in a real browser: on a phone and on a desk, light and dark.

use std::fs;
use std::path::{Path, PathBuf};

use flytekit_tests::browser::{Browser, Colours};
use flytekit_tests::{DEADLINE, eventually};
use serde_json::json;

/// The pages that mdBook makes beside the chapters.
const OTHERS: [&str; 3] = ["404.html", "print.html", "toc.html"];

const PHONE: (u32, u32) = (390, 844);
const DESK: (u32, u32) = (1280, 900);

/// The folder of the pages, which `cargo xtask test` builds.
fn book() -> PathBuf {
    let book = std::env::var_os("FLYTEKIT_TEST_BOOK");
    book.expect("`cargo xtask test` names the book in FLYTEKIT_TEST_BOOK")
        .into()
}

fn url(page: &Path) -> String {
    format!("file://{}", page.display())
}

/// All chapters.
fn chapters(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the book") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("a name").to_str().expect("UTF-8");
        if path.is_dir() {
            found.extend(chapters(&path));
        } else if path.extension().is_some_and(|it| it == "html") && !OTHERS.contains(&name) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What a person sees of a chapter: its title, its colours, and the parts that are not shown or that do not fit and
/// cannot be scrolled to.
const LOOK: &str = r"(() => {
    const scrolls = it => it && (/auto|scroll/.test(getComputedStyle(it).overflowX) || scrolls(it.parentElement));
    const isWide = it => it.getBoundingClientRect().right > innerWidth + 1 && !scrolls(it);
    return {
        title: document.querySelector('main h1')?.textContent,
        isDark: getComputedStyle(document.documentElement).colorScheme === 'dark',
        width: innerWidth,
        overflows: document.documentElement.scrollWidth > innerWidth,
        missing: [...document.images].filter(it => !it.complete || !it.naturalWidth).map(it => it.src),
        wide: [...document.querySelectorAll('main *')].filter(isWide).map(it => it.outerHTML),
    };
})()";

/// Opens all chapters, and keeps pictures of those that are named.
fn look_at_all((width, height): (u32, u32), colours: Colours, name: &str, kept: &[&str]) {
    let book = book();
    let pictures = book.with_file_name("pictures");
    fs::create_dir_all(&pictures).expect("a folder");
    let mut browser = Browser::start(width, height);
    let chapters = chapters(&book);
    assert!(chapters.len() > 30, "{chapters:?}");
    for page in chapters {
        browser.open(&url(&page), colours);
        assert_eq!(browser.complaints(), [""; 0], "{}", page.display());
        let others = browser.requests().into_iter();
        let others: Vec<_> = others.filter(|it| it.starts_with("http")).collect();
        assert_eq!(others, [""; 0], "{} needs the network", page.display());
        let look = browser.asked(LOOK);
        let shown = format!("{} at {width}: {look}", page.display());
        assert!(
            look["title"].as_str().is_some_and(|it| !it.is_empty()),
            "{shown}"
        );
        assert_eq!(look["isDark"], colours == Colours::Dark, "{shown}");
        assert_eq!(look["width"], width, "{shown}");
        assert_eq!(look["overflows"], false, "{shown}");
        assert_eq!(
            (&look["missing"], &look["wide"]),
            (&json!([]), &json!([])),
            "{shown}"
        );
        let chapter = page.strip_prefix(&book).expect("a path in the book");
        let chapter = chapter.with_extension("").display().to_string();
        if kept.contains(&&*chapter) {
            let picture = browser.picture();
            assert!(
                picture.starts_with(b"\x89PNG") && picture.len() > 5_000,
                "{shown}"
            );
            let file = format!("{}-{name}.png", chapter.replace('/', "-"));
            fs::write(pictures.join(file), picture).expect("a file");
        }
    }
}

#[test]
fn chapters_fit_a_phone() {
    look_at_all(
        PHONE,
        Colours::Light,
        "phone",
        &["index", "types", "dask", "attributes/task"],
    );
}

#[test]
fn chapters_fit_a_phone_in_dark_colours() {
    look_at_all(
        PHONE,
        Colours::Dark,
        "phone-dark",
        &[
            "index",
            "first-hour",
            "registration",
            "runtime/docs/features",
        ],
    );
}

#[test]
fn chapters_fit_a_desk_in_dark_colours() {
    look_at_all(
        DESK,
        Colours::Dark,
        "desk-dark",
        &["index", "workflows", "dask"],
    );
}

#[test]
fn chapters_fit_a_desk() {
    look_at_all(
        DESK,
        Colours::Light,
        "desk",
        &["index", "from-flytekit", "runtime/docs/features", "dask"],
    );
}

/// The background of a drawing, which is a page of its own here.
#[test]
fn drawings_follow_the_colours() {
    let mut browser = Browser::start(1000, 700);
    for entry in fs::read_dir(book()).expect("the book") {
        let drawing = entry.expect("a file").path();
        let name = drawing
            .file_name()
            .expect("a name")
            .to_str()
            .expect("UTF-8");
        let is_svg = drawing.extension().is_some_and(|it| it == "svg");
        if !is_svg || name.starts_with("favicon") {
            continue;
        }
        let mut page = |colours| {
            browser.open(&url(&drawing), colours);
            browser.asked("getComputedStyle(document.querySelector('.page')).fill")
        };
        let light = page(Colours::Light);
        assert_ne!(light, page(Colours::Dark), "{name}");
    }
}

#[test]
fn a_word_is_found() {
    let mut browser = Browser::start(DESK.0, DESK.1);
    let page = format!("{}?search=checkpoint", url(&book().join("index.html")));
    browser.open(&page, Colours::Light);
    let found =
        "[...document.querySelectorAll('#mdbook-searchresults a')].map(it => it.href).join(' ')";
    eventually("the search finds a page", DEADLINE, || {
        let pages = browser.asked(found);
        pages.as_str().is_some_and(|it| it.contains("context.html"))
    });
}
