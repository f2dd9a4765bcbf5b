//! Decks: the page beside a task's outputs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_tests::browser::{Browser, Colours};
use flytekit_tests::{DEADLINE, eventually, run, script};

use crate::container::{Container, Run};

const HOSTILE: &str = "<script>document.title = 'run'</script> & \"quoted\"</div>";

fn shown(title: &str) -> Run {
    Container::of("fixture.decks.shows")
        .inputs(|inputs| {
            inputs.output("title", &title.to_owned())?;
            inputs.output("epochs", &3_u32)
        })
        .run()
}

/// The page of a run, in a file of its own.
#[track_caller]
fn page(run: &Run) -> (tempfile::TempDir, PathBuf, String) {
    let page = run.deck.as_ref();
    let page = page.unwrap_or_else(|| panic!("no deck: {}", run.ended));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deck.html");
    fs::write(&path, page).expect("a file");
    (
        folder,
        path,
        String::from_utf8(page.clone()).expect("UTF-8"),
    )
}

/// The names of a page's tabs. Checks that the page is well-formed, and loads nothing.
#[track_caller]
fn tabs(path: &Path) -> Vec<String> {
    let checked = run(script("deck_page.py").arg(path));
    assert!(checked.success(), "{checked}");
    checked.text().lines().map(str::to_owned).collect()
}

#[test]
fn a_page_has_flytekits_tabs_in_its_order() {
    let run = shown("A report");
    run.outputs();
    let (_folder, path, page) = page(&run);
    let expected = [
        "Timeline",
        "report",
        "cities",
        "Source Code",
        "Dependencies",
        "Input",
        "Output",
    ];
    assert_eq!(tabs(&path), expected);
    for part in [
        "training",
        "the task&#39;s function",
        "<h1>A report</h1>",
        "<em>2</em>",
        "<th scope=\"col\" class=\"number\">loss</th><th scope=\"col\">note</th>",
        "select 1 &lt; 2",
        "<p id=\"own\">own <b>HTML</b></p>",
        "&lt;Bonn&gt;",
        "<td class=\"number\">331.9</td>",
        "fn shows(title: String, epochs: u32) -&gt; Result&lt;f64&gt; {\n    // Seen by whoever looks",
        "<td>flytekit (Rust)</td>",
        "<td>epochs</td><td class=\"number\">3</td>",
        "<td>o0</td><td class=\"number\">0.333",
        "id=\"flyte-frame-tabs\"",
    ] {
        assert!(page.contains(part), "no {part}:\n{page}");
    }
    // One that was given as it is, and a plot.
    assert_eq!(page.matches("data:image/svg+xml;base64,").count(), 2);
    assert!(page.len() < 64 << 10, "{}", page.len());
}

#[test]
fn a_value_is_shown_and_never_run() {
    let run = shown(HOSTILE);
    let (_folder, path, page) = page(&run);
    assert_eq!(tabs(&path).len(), 7);
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;document.title"), "{page}");
}

#[test]
fn a_task_that_fails_has_a_page_without_its_secrets() {
    for password in ["hunter2-pass", "<b>&amp;tricky\"'"] {
        let run = Container::of("fixture.decks.fails_after")
            .env("_FSEC_G_PASSWORD", password)
            .env(
                "FLYTE_INTERNAL_IMAGE",
                &format!("https://me:{password}@registry.example/app"),
            )
            .text(&format!("see {password}"))
            .run();
        run.user_error("USER:RuntimeError");
        let (_folder, path, page) = page(&run);
        assert_eq!(tabs(&path), ["Timeline", "so far", "Dependencies", "Input"]);
        assert!(page.contains("see [secret] [secret]"), "{page}");
        assert!(page.contains("https://me:[secret]@registry"), "{page}");
        let escaped = password.replace('&', "&amp;").replace('<', "&lt;");
        assert!(
            !page.contains(password) && !page.contains(&escaped),
            "{page}"
        );
    }
}

#[test]
fn a_task_without_a_page_leaves_none() {
    let run = Container::of("fixture.decks.shows_nothing")
        .bytes(b"")
        .run();
    run.outputs();
    assert!(run.deck.is_none());
}

#[test]
fn a_run_on_this_machine_says_where_its_page_is() {
    let raw = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_fixture"));
    command
        .args([
            "run",
            "fixture.decks.shows",
            "--title",
            "t",
            "--epochs",
            "2",
        ])
        .arg("--raw-output-data-prefix")
        .arg(raw.path());
    let ended = run(&mut command);
    let path = raw.path().join("deck.html");
    let line = format!("deck: {}", path.display());
    assert!(ended.success() && ended.stderr.contains(&line), "{ended}");
    assert_eq!(tabs(&path).len(), 7);
}

#[cfg(unix)]
#[test]
fn a_browser_is_opened_where_that_is_wanted() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let (browser, opened) = (folder.path().join("browser"), folder.path().join("opened"));
    let script = format!(
        "#!/bin/sh\necho \"$1\" > {0}.new && mv {0}.new {0}\n",
        opened.display()
    );
    fs::write(&browser, script).expect("a file");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_fixture"));
    command
        .args([
            "run",
            "fixture.decks.shows",
            "--title",
            "t",
            "--epochs",
            "2",
            "--open",
        ])
        .arg("--raw-output-data-prefix")
        .arg(folder.path())
        .env("BROWSER", &browser);
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    eventually("the browser is told of the page", DEADLINE, || {
        opened.exists()
    });
    let page = fs::read_to_string(&opened).expect("a file");
    assert_eq!(
        page.trim(),
        format!("file://{}/deck.html", folder.path().display())
    );
}

/// Opens the page in a browser, light and dark; the pictures are kept in `FLYTEKIT_DECK_PICTURES`.
#[test]
fn a_browser_shows_the_page() {
    let run = shown(HOSTILE);
    let (folder, path, _) = page(&run);
    let pictures = std::env::var_os("FLYTEKIT_DECK_PICTURES");
    let pictures = pictures.map_or_else(|| folder.path().to_owned(), PathBuf::from);
    let url = format!("file://{}", path.display());
    let mut browser = Browser::start(1000, 700);
    let mut seen = Vec::new();
    for (colours, name) in [(Colours::Light, "light"), (Colours::Dark, "dark")] {
        browser.open(&url, colours);
        // The page asks for nothing but itself, and nothing in it is refused.
        assert_eq!(browser.complaints(), [""; 0]);
        let others = browser.requests();
        let others = others.iter().filter(|it| !it.starts_with("data:"));
        assert_eq!(others.collect::<Vec<_>>(), [&url]);
        // A script that runs would change the page's title.
        assert_eq!(browser.asked("document.title"), "fixture.decks.shows");
        for (tab, label) in tabs(&path).iter().enumerate() {
            browser.asked(&format!(
                "document.querySelectorAll('label')[{tab}].click()"
            ));
            let look = browser.asked(LOOK);
            assert_eq!(look["shown"], 1, "{label}: {look}");
            assert_eq!(look["height"], true, "{label} is empty: {look}");
            assert_eq!(look["overflows"], false, "{label}: {look}");
            assert_eq!(look["pictures"], true, "{label}: {look}");
            // WCAG asks for 4.5 of text.
            let contrast = look["contrast"].as_f64().expect("a number");
            assert!(contrast >= 4.5, "{label} in {name}: {look}");
            assert_eq!(look["isDark"], name == "dark", "{look}");
            let picture = browser.picture();
            assert!(picture.starts_with(b"\x89PNG") && picture.len() > 5_000);
            fs::write(pictures.join(format!("deck-{name}-{tab}.png")), &picture).expect("a file");
            assert!(
                !seen.contains(&picture),
                "{label} in {name} looks like another"
            );
            seen.push(picture);
        }
    }
    // On a narrow screen wide tables move by themselves, and the page does not.
    let mut narrow = Browser::start(500, 700);
    narrow.open(&url, Colours::Light);
    assert_eq!(narrow.asked(LOOK)["overflows"], false);
}

/// What a person sees of a deck: how many tabs' contents, whether there is something in them, whether the page is
/// wider than its window, and the least contrast of its texts.
const LOOK: &str = r"(() => {
    const number = /[\d.]+/g;
    const light = colour => {
        const [r, g, b] = colour.match(number).slice(0, 3).map(it => {
            const part = it / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        for (let it = element; it; it = it.parentElement) {
            const colour = getComputedStyle(it).backgroundColor;
            if (colour.startsWith('rgb(')) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const contents = [...document.querySelectorAll('#flyte-frame-container > div')];
    const shown = contents.filter(it => getComputedStyle(it).display !== 'none');
    let contrast = 21;
    for (const it of [...document.querySelectorAll('nav label'), ...shown[0].querySelectorAll('td, th, p, pre, h1')]) {
        const [a, b] = [light(getComputedStyle(it).color), light(behind(it))];
        contrast = Math.min(contrast, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
    }
    return {
        shown: shown.length,
        height: shown[0].getBoundingClientRect().height > 20,
        overflows: document.documentElement.scrollWidth > innerWidth,
        contrast,
        pictures: [...shown[0].querySelectorAll('img')].every(it => it.complete && it.naturalWidth > 0),
        isDark: light(behind(document.body)) < 0.2,
    };
})()";
