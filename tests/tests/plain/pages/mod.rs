//! The code blocks of all pages that are not Rust. Documentation tests compile the blocks in Rust.
//!
//! - [`blocks`]: the blocks of the pages.
//! - [`shell`]: the commands of a script, as bash splits them.
//! - [`commands`]: the check of each command.
//! - [`dockerfile`], [`manifest`]: the files that blocks show.

mod blocks;
mod commands;
mod dockerfile;
mod manifest;
mod shell;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use flytekit_tests::{python, run, yaml};
use serde_json::Value;

use self::blocks::{Block, pages};
use self::commands::Problems;

/// The pages whose blocks in Rust and in Python have tests of their own.
const TWINS: [&str; 2] = ["docs/types.md", "docs/from-flytekit.md"];

/// The root folder of the repository.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("a workspace")
}

#[test]
fn each_block_has_a_language_that_is_checked() {
    let documented = fs::read_to_string(root().join("tests/src/lib.rs")).expect("a source");
    for page in pages() {
        let path = page.path.display().to_string();
        let has_twins = TWINS.contains(&&*path);
        for block in &page.blocks {
            let is_checked = match block.language() {
                // Lines that a program prints have no check.
                "sh" | "console" | "toml" | "yaml" | "json" | "python" | "dockerfile" | "text" => {
                    true
                }
                "" | "rust" => {
                    assert!(
                        !block.info.contains("ignore"),
                        "{block}: code in Rust must compile: remove `ignore`, or mark the block as `text`"
                    );
                    has_twins || documented.contains(&format!("{path}\")]"))
                }
                _ => false,
            };
            assert!(is_checked, "{block}: nothing checks {:?}", block.info);
        }
    }
}

#[test]
fn commands_are_those_of_the_programs() {
    let pages = pages();
    let mut problems = Problems::default();
    for page in &pages {
        for block in page.in_languages(&["sh", "console"]) {
            let script = match block.language() {
                "console" => shell::prompted(&block.text),
                _ => block.text.clone(),
            };
            problems.check(&pages, page, block, &script);
        }
        for span in &page.commands {
            problems.check(&pages, page, span, &span.text);
        }
    }
    problems.assert_none();
}

#[test]
fn dockerfiles_copy_what_they_build() {
    let pages = pages();
    let files = blocks::tracked("*Dockerfile");
    let files = files.iter().map(|path| Block::file(path));
    let blocks = pages
        .iter()
        .flat_map(|page| page.in_languages(&["dockerfile"]).cloned());
    let all: Vec<_> = files.chain(blocks).collect();
    assert!(all.len() > 8, "{all:?}");
    let problems: Vec<_> = all.iter().flat_map(dockerfile::problems).collect();
    assert_eq!(problems, [""; 0], "{}", problems.join("\n"));
}

#[test]
fn manifests_name_features_of_the_crates() {
    for page in pages() {
        for block in page.in_languages(&["toml"]) {
            manifest::check(block);
        }
    }
}

#[test]
fn other_data_can_be_parsed() {
    for page in pages() {
        for block in page.in_languages(&["json"]) {
            let parsed = serde_json::from_str::<Value>(&block.text);
            parsed.unwrap_or_else(|error| panic!("{block}: {error}"));
        }
        for block in page.in_languages(&["yaml"]) {
            check_configuration(block, &yaml(&block.text));
        }
        if !TWINS.contains(&&*page.path.display().to_string()) {
            for block in page.in_languages(&["python"]) {
                let parse = "import ast, sys\nast.parse(sys.argv[1])";
                let parsed = run(Command::new(python()).args(["-c", parse, &block.text]));
                assert!(parsed.success(), "{block}: {parsed}");
            }
        }
    }
}

/// Checks that a platform's configuration has the keys of the guide's, and that an executable reads a user's
/// configuration.
fn check_configuration(block: &Block, parsed: &Value) {
    if parsed.get("admin").is_none() {
        assert_eq!(of_any_connector(parsed), *GUIDE, "{block}");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.yaml");
    fs::write(&file, &block.text).expect("a file");
    let mut settings = Command::new(env!("CARGO_BIN_EXE_fixture"));
    settings.current_dir(folder.path()).arg("settings");
    // The variable that the page names.
    settings.env("FLYTE_SECRET", "secret");
    let ended = run(settings.arg("--config").arg(&file));
    assert!(ended.success(), "{block}: {ended}");
    for key in parsed["admin"].as_object().expect("a section").keys() {
        let read = ended.text().contains(&format!("admin.{key}"));
        assert!(read, "{block}: admin.{key} is not read\n{ended}");
    }
}

/// The configuration in the guide about connectors.
static GUIDE: LazyLock<Value> = LazyLock::new(|| {
    let guide = pages()
        .into_iter()
        .find(|page| page.path == Path::new("docs/connectors.md"));
    let guide = guide.expect("the guide");
    let block = guide
        .in_languages(&["yaml"])
        .next()
        .expect("a configuration");
    of_any_connector(&yaml(&block.text))
});

/// A platform's configuration without the names of its connector.
fn of_any_connector(configuration: &Value) -> Value {
    let mut configuration = configuration.clone();
    for names in [
        "/tasks/task-plugins/default-for-task-types",
        "/plugins/connector-service/defaultConnector/endpoint",
    ] {
        let names = configuration.pointer_mut(names).map(Value::take);
        assert!(names.is_some(), "{configuration}");
    }
    configuration
}
