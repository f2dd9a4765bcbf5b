//! Command lines in environments that a test sets up.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::platform::{AuthMode, Secret};
use super::surroundings::Surroundings;
use super::*;
use crate::cli::flags;

/// A folder with the subfolders `crate`, from which settings are resolved, and `home`.
struct Machine {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["crate/src", "home/.flyte", "elsewhere"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let variables = Vec::new();
        Machine { folder, variables }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path(name), text).unwrap();
        self
    }

    fn toml(self, text: &str) -> Self {
        self.write("crate/flytekit.toml", text)
    }

    fn yaml(self, text: &str) -> Self {
        self.write("home/.flyte/config.yaml", text)
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            environment: self.variables.iter().cloned().collect(),
            directory: self.path("crate/src"),
            home: Some(self.path("home")),
        }
    }

    fn resolve(&self, line: &[&str]) -> Result<Settings, Mistakes> {
        resolve(&flags::of_line(line), &self.surroundings(), true)
    }

    fn settings(&self, line: &[&str]) -> Settings {
        self.resolve(line)
            .unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// The mistakes, without the folder's name.
    fn wrong(&self, line: &[&str]) -> String {
        let folder = format!("{}/", self.folder.path().display());
        let mistakes = self.resolve(line).expect_err("a mistake");
        mistakes.to_string().replace(&folder, "")
    }
}

impl Settings {
    /// The settings of a command line alone, for tests of code that uses settings.
    pub(crate) fn of_line(line: &[&str]) -> Self {
        let nowhere = Surroundings {
            environment: [].into_iter().collect(),
            directory: PathBuf::from("/nowhere"),
            home: None,
        };
        resolve(&flags::of_line(line), &nowhere, true).unwrap()
    }
}

/// The displayed value and source.
fn shown(settings: &Settings, name: &str) -> (String, String) {
    let mut listed = settings.listed.iter();
    let found = listed.find(|it| it.name == name).expect("a setting");
    let value = found.value.clone().unwrap_or_default();
    (value, found.source.to_string())
}

fn source(settings: &Settings, name: &str) -> String {
    shown(settings, name).1
}

#[test]
fn defaults_are_flytekits() {
    let settings = Machine::new().settings(&[]);
    assert_eq!(
        (&*settings.project, &*settings.domain),
        ("flytesnacks", "development")
    );
    assert_eq!(settings.version, None);
    assert_eq!(settings.platform.endpoint, "localhost:30080");
    assert!(!settings.platform.insecure);
    assert_eq!(settings.platform.auth.mode, AuthMode::Pkce);
    assert!(
        settings
            .listed
            .iter()
            .all(|it| it.source == Source::Default)
    );
}

#[test]
fn each_place_goes_before_those_behind_it() {
    let machine = Machine::new().yaml("task: {project: of-yaml}");
    let settings = machine.settings(&[]);
    assert_eq!(settings.project, "of-yaml");
    assert!(source(&settings, "project").ends_with("config.yaml (task.project)"));

    let machine = machine.toml("project = 'of-toml'");
    let settings = machine.settings(&[]);
    assert_eq!(settings.project, "of-toml");
    assert!(source(&settings, "project").ends_with("crate/flytekit.toml (project)"));

    let machine = machine.set("FLYTE_LOCAL_PROJECT", "of-local");
    assert_eq!(machine.settings(&[]).project, "of-local");
    let machine = machine.set("FLYTE_DEFAULT_PROJECT", "of-default");
    let settings = machine.settings(&[]);
    assert_eq!(settings.project, "of-default");
    assert_eq!(
        source(&settings, "project"),
        "environment FLYTE_DEFAULT_PROJECT"
    );

    let settings = machine.settings(&["--project", "of-flag"]);
    assert_eq!(settings.project, "of-flag");
    assert_eq!(source(&settings, "project"), "flag --project");
    assert_eq!(machine.settings(&["--project", ""]).project, "of-default");
}

#[test]
fn images_and_variables_are_looked_for_one_by_one() {
    let machine = Machine::new()
        .yaml("images: {default: 'y/a:1', yaml: 'y/b', both: 'y/c:1'}")
        .toml("[image]\ndefault = 't/a:1'\nboth = 't/c:1'\n[env]\nA = 't'\nB = 't'")
        .set("FLYTEKIT_IMAGE", "e/a:1, named=e/d:1");
    let settings = machine.settings(&["-i", "both=f/c:1", "--env", "B=f=g", "--env", "C="]);
    let images = settings.images.0.iter();
    let images: Vec<_> = images
        .map(|(name, image)| format!("{name}={image}"))
        .collect();
    assert_eq!(
        images,
        ["both=f/c:1", "default=e/a:1", "named=e/d:1", "yaml=y/b"]
    );
    let env: Vec<_> = settings
        .env
        .iter()
        .map(|(name, it)| format!("{name}={it}"))
        .collect();
    assert_eq!(env, ["A=t", "B=f=g", "C="]);
    assert_eq!(
        source(&settings, "image.default"),
        "environment FLYTEKIT_IMAGE"
    );
    assert_eq!(source(&settings, "image.both"), "flag --image");
    assert!(source(&settings, "image.yaml").ends_with("config.yaml (images)"));
    assert!(source(&settings, "env.A").ends_with("flytekit.toml (env)"));
}

#[test]
fn the_platform_is_read_from_all_keys() {
    let machine = Machine::new().yaml(
        "admin:
  endpoint: dns:///flyte.example.com
  insecure: 'false'
  insecureSkipVerify: true
  caCertFilePath: /ca.pem
  authType: deviceflow
  clientId: me
  scopes: [all, offline]
  audience: you
  command: [token, --short]
  proxyCommand: proxy-token,--long
  httpProxyURL: http://user:hush@proxy:3128
  defaultServiceConfig: {unknown: to us}
console: {endpoint: 'https://console.example.com'}
logger: {level: 6}
",
    );
    let settings = machine.settings(&["--header", "X-Token=hush=hush"]);
    let Platform { auth, .. } = &settings.platform;
    assert_eq!(settings.platform.endpoint, "flyte.example.com");
    assert!(settings.platform.insecure_skip_verify && !settings.platform.insecure);
    assert_eq!(
        settings.platform.ca_cert_file.as_deref(),
        Some(Path::new("/ca.pem"))
    );
    assert_eq!(
        settings.platform.console.as_deref(),
        Some("https://console.example.com")
    );
    assert_eq!(
        settings.platform.http_proxy.as_deref(),
        Some("http://user:hush@proxy:3128")
    );
    assert_eq!(auth.mode, AuthMode::DeviceFlow);
    assert_eq!(auth.client_id.as_deref(), Some("me"));
    assert_eq!(auth.scopes, ["all", "offline"]);
    assert_eq!(auth.audience.as_deref(), Some("you"));
    assert_eq!(auth.command, ["token", "--short"]);
    assert_eq!(auth.proxy_command, ["proxy-token", "--long"]);
    assert_eq!(
        auth.headers,
        [("x-token".to_owned(), Secret("hush=hush".to_owned()))]
    );
    assert_eq!(shown(&settings, "header.x-token").0, "set");
    assert_eq!(shown(&settings, "credentials.command").0, "token …");
    assert_eq!(
        shown(&settings, "platform.http-proxy").0,
        "http://…@proxy:3128"
    );
    assert!(!format!("{settings:?}").contains("hush=hush"));
    let all = Machine::new().settings(&["--insecure"]).listed.len();
    assert_eq!(settings.listed.len(), all + 1);
}

#[test]
fn a_secret_says_how_to_sign_in_unless_something_else_does() {
    let machine = Machine::new().write("home/secret", "from file\n");
    let location = machine.path("home/secret").display().to_string();
    let machine = machine.set("OF_MINE", "from variable");
    let direct = ("FLYTE_CREDENTIALS_CLIENT_SECRET", "from itself");
    let by_name = ("FLYTE_CREDENTIALS_CLIENT_SECRET_ENV_VAR", "OF_MINE");
    let by_file = ("FLYTE_CREDENTIALS_CLIENT_SECRET_LOCATION", &*location);
    let auth = |given: &[(&str, &str)]| {
        let mut variables = machine.variables.clone();
        variables.extend(
            given
                .iter()
                .map(|(name, it)| ((*name).to_owned(), (*it).to_owned())),
        );
        let surroundings = Surroundings {
            environment: variables.into_iter().collect(),
            ..machine.surroundings()
        };
        let settings = resolve(&Given::default(), &surroundings, true).unwrap();
        for listed in &settings.listed {
            assert!(
                !listed
                    .value
                    .as_deref()
                    .unwrap_or_default()
                    .starts_with("from ")
            );
        }
        let auth = settings.platform.auth.clone();
        (
            auth.mode,
            auth.client_secret.map(|it| it.0),
            source(&settings, "credentials.auth-mode"),
        )
    };
    let client = |secret: &str, because: &str| {
        let because = format!("because of credentials.{because}");
        (
            AuthMode::ClientCredentials,
            Some(secret.to_owned()),
            because,
        )
    };
    assert_eq!(auth(&[direct]), client("from itself", "client-secret"));
    assert_eq!(
        auth(&[direct, by_file, by_name]),
        client("from variable", "client-secret-env-var")
    );
    assert_eq!(
        auth(&[direct, by_file]),
        client("from file", "client-secret-location")
    );
    let (mode, secret, _) = auth(&[by_file, ("FLYTE_CREDENTIALS_AUTH_MODE", "Pkce")]);
    assert_eq!((mode, secret), (AuthMode::Pkce, None));
    let (mode, secret, _) = auth(&[by_file, ("FLYTE_CREDENTIALS_AUTH_MODE", "basic")]);
    assert_eq!(
        (mode, secret.as_deref()),
        (AuthMode::ClientCredentials, Some("from file"))
    );
}

#[test]
fn a_secret_that_is_missing_is_named_where_it_is_needed() {
    let machine = Machine::new().yaml("admin: {clientSecretLocation: /nowhere}");
    assert!(
        machine
            .wrong(&[])
            .contains("`credentials.client-secret-location` names `/nowhere`")
    );
    let local = resolve(&Given::default(), &machine.surroundings(), false);
    assert!(local.is_ok(), "{local:?}");
    let machine = Machine::new().toml("credentials.client-secret-env-var = 'MINE'");
    assert!(machine.wrong(&[]).contains("`MINE`, which is not set"));
}

#[test]
fn unknown_keys_of_the_crates_file_are_mistakes() {
    for (text, expected) in [
        (
            "proejct = 'x'",
            "unknown key `proejct`; did you mean `project`? Valid at the top: project, domain,",
        ),
        ("images = {}", "unknown key `images`; did you mean `image`?"),
        (
            "endpoint = 'x'",
            "unknown key `endpoint`; did you mean `platform.endpoint`?",
        ),
        (
            "[platform]\ninsecure_skip_verify = true",
            "did you mean `insecure-skip-verify`? Valid in `[platform]`: endpoint, insecure,",
        ),
        (
            "[platform]\nzzzzzz = 1",
            "unknown key `platform.zzzzzz`. Valid",
        ),
        ("platform = 1", "unknown key `platform`"),
        (
            "credentials.client-secret = 'hush'",
            "set FLYTE_CREDENTIALS_CLIENT_SECRET in the environment",
        ),
        (
            "header = {a = 'hush'}",
            "set FLYTEKIT_HEADERS in the environment",
        ),
        ("\n\nproject = ", "crate/flytekit.toml: line 3: "),
        ("\nproject = 1\nproject = 'hush'", "line 3: duplicate key"),
    ] {
        let wrong = Machine::new().toml(text).wrong(&[]);
        assert!(wrong.starts_with("crate/flytekit.toml: "), "{wrong}");
        assert!(wrong.contains(expected), "{text}: {wrong}");
        assert!(!wrong.contains("hush"), "{wrong}");
    }
}

#[test]
fn wrong_kinds_name_file_and_key() {
    for (text, expected) in [
        (
            "admin: {endpoint: 5}",
            "`admin.endpoint` must be a text, not the number 5",
        ),
        (
            "admin: {insecure: []}",
            "`admin.insecure` must be `true` or `false`, not a list",
        ),
        (
            "admin: {scopes: {a: b}}",
            "`admin.scopes` must be a list of texts, not a map",
        ),
        (
            "admin: {scopes: [1]}",
            "`admin.scopes` must be a list of texts, not a list",
        ),
        (
            "images: [a]",
            "`images` must be a map of names to texts, not a list",
        ),
        (
            "images: {a: 1}",
            "`images` must be a map of names to texts, not the number 1 for `a`",
        ),
        ("- a", "expected a map of settings, found a list"),
        ("a: [", "home/.flyte/config.yaml: "),
        ("[platform]\nurl = x", "older ini form"),
        ("; mine\n\n[images]", "older ini form"),
        (
            &format!("a:\n{}x", "- ".repeat(20_000)),
            "nested more than 32 levels",
        ),
        (
            "admin: {authType: Magic}",
            "`Magic` is not a way to sign in; the ways are Pkce,",
        ),
    ] {
        let wrong = Machine::new().yaml(text).wrong(&[]);
        assert!(wrong.starts_with("home/.flyte/config.yaml"), "{wrong}");
        assert!(wrong.contains(expected), "{text}: {wrong}");
    }
    let nothing = Machine::new().yaml("# nothing\n").settings(&[]);
    assert_eq!(nothing.project, "flytesnacks");
    let other_tools = "admin: {endpoint: , scopes: []}\nstorage: 5";
    assert_eq!(
        Machine::new().yaml(other_tools).settings(&[]).project,
        "flytesnacks"
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let machine = Machine::new()
        .toml("proejct = 'x'\n[image]\na = 'A'\ndefault = 'b'\n[env]\n'1' = 'x'")
        .set("FLYTE_PLATFORM_INSECURE", "perhaps");
    let wrong = machine.wrong(&[
        "--image",
        "x",
        "-i",
        "y=z:1",
        "-i",
        "y=z:2",
        "--env",
        "x",
        "--endpoint",
        "http://h/",
        "--header",
        "hush",
        "--header",
        "a-bin=x",
        "--header",
        "a=\u{e9}",
    ]);
    for expected in [
        "12 mistakes:",
        "unknown key `proejct`",
        "crate/flytekit.toml (image): the image `A` has upper-case letters",
        "crate/flytekit.toml (image): the image `b` has neither tag nor digest",
        "flag --image: the image `x` has neither tag nor digest: write `x:TAG`",
        "flag --image: the image `y` is given more than once: `z:1` and `z:2`",
        "`1` cannot name an environment variable",
        "flag --env must be NAME=VALUE",
        "flag --endpoint: the endpoint `http://h/` must be HOST:PORT",
        "environment FLYTE_PLATFORM_INSECURE must be `true` or `false`, not `perhaps`",
        "flag --header: metadata must be NAME=VALUE",
        "`a-bin` would be binary metadata",
        "the value of `a` has characters that metadata cannot have",
    ] {
        assert!(wrong.contains(expected), "{expected}:\n{wrong}");
    }
    assert!(!wrong.contains("hush"), "{wrong}");
}

#[test]
fn config_files_are_looked_for_as_flytekit_does() {
    let yaml = |project: &str| format!("task: {{project: {project}}}");
    let machine = Machine::new().yaml(&yaml("home"));
    assert_eq!(machine.settings(&[]).project, "home");
    let machine = machine.write("home/.flyte/config", &yaml("older"));
    assert_eq!(machine.settings(&[]).project, "older");
    let machine = machine.write("crate/src/flytekit.config", &yaml("here"));
    assert_eq!(machine.settings(&[]).project, "here");
    let machine = machine.write("elsewhere/a.yaml", &yaml("named"));
    let machine = machine.set("FLYTECTL_CONFIG", "../../elsewhere/a.yaml");
    assert_eq!(machine.settings(&[]).project, "named");
    let machine = machine.write("elsewhere/b.yaml", &yaml("flag"));
    let b = machine.path("elsewhere/b.yaml").display().to_string();
    assert_eq!(machine.settings(&["--config", &b]).project, "flag");
    let wrong = machine.wrong(&["--config", "c.yaml"]);
    assert_eq!(
        wrong,
        "--config names `crate/src/c.yaml`, which is not a file"
    );
}

#[test]
fn the_crate_is_looked_for_upward() {
    let machine = Machine::new()
        .toml("project = 'crate'")
        .write("elsewhere/flytekit.toml", "project = 'other'");
    assert_eq!(machine.settings(&[]).project, "crate");
    let elsewhere = machine.path("elsewhere").display().to_string();
    assert_eq!(
        machine.settings(&["--crate-folder", &elsewhere]).project,
        "other"
    );
    let above = machine.settings(&["--crate-folder", "../../elsewhere"]);
    assert_eq!(above.project, "other");
    let home = machine.path("home").display().to_string();
    assert_eq!(
        machine.settings(&["--crate-folder", &home]).project,
        "flytesnacks"
    );
    assert!(
        machine
            .wrong(&["--crate-folder", "nowhere"])
            .contains("which is not a folder")
    );
    let machine = machine.set("CARGO_MANIFEST_DIR", &elsewhere);
    assert_eq!(machine.settings(&[]).project, "other");
}

#[test]
fn the_repository_is_the_crates() {
    let git = "[remote \"origin\"]\nurl = https://u:hush@github.com/team/app.git\n";
    let machine = Machine::new();
    std::fs::create_dir(machine.path("crate/.git")).unwrap();
    let machine = machine.write("crate/.git/config", git);
    assert_eq!(
        machine.settings(&[]).git_repository,
        None,
        "no crate is known"
    );
    let machine = machine.toml("");
    let settings = machine.settings(&[]);
    assert_eq!(
        settings.git_repository.as_deref(),
        Some("github.com/team/app")
    );
    let (value, source) = shown(&settings, "git-repository");
    assert_eq!(value, "github.com/team/app");
    assert!(source.ends_with("/crate"), "{source}");
    let said = machine.settings(&["--git-repository", "https://u:hush@host/other"]);
    assert_eq!(
        shown(&said, "git-repository"),
        ("host/other".to_owned(), "flag --git-repository".to_owned())
    );
}

#[test]
fn merge_keys_are_honoured_as_flytekit_does() {
    let settings = Machine::new()
        .yaml(
            "
base: &base {insecure: true, clientId: of-base}
admin: {<<: *base, endpoint: flyte.example.com:81, clientId: own}
",
        )
        .settings(&[]);
    assert!(settings.platform.insecure);
    assert_eq!(settings.platform.endpoint, "flyte.example.com:81");
    assert_eq!(settings.platform.auth.client_id.as_deref(), Some("own"));
}

#[test]
fn a_section_that_is_no_map_is_a_mistake() {
    for (text, found) in [
        ("admin: []", "`admin` must be a map of settings, not a list"),
        ("task: x", "`task` must be a map of settings, not a text"),
        (
            "console: 5",
            "`console` must be a map of settings, not the number 5",
        ),
        (
            "images: []",
            "`images` must be a map of names to texts, not a list",
        ),
        (
            "admin: {endpoint: []}",
            "`admin.endpoint` must be a text, not a list",
        ),
    ] {
        let wrong = Machine::new().yaml(text).wrong(&[]);
        assert_eq!(wrong, format!("home/.flyte/config.yaml: {found}"));
    }
    // Sections of other tools are unknown here, and an empty section counts as missing.
    Machine::new().yaml("storage: []\nadmin:\n").settings(&[]);
}

#[test]
fn nothing_is_given_twice() {
    let machine = Machine::new();
    assert_eq!(
        machine.wrong(&["--env", "A=1", "--env", "A=2"]),
        "flag --env gives `A` more than once"
    );
    assert_eq!(
        machine.wrong(&["--header", "a=1", "--header", "A=2"]),
        "flag --header: `a` is given more than once"
    );
    let twice = Machine::new().yaml("admin: {insecure: true}\nadmin: {insecure: false}");
    assert_eq!(
        twice.wrong(&[]),
        "home/.flyte/config.yaml: line 2: `admin` is given twice"
    );
}

#[test]
fn a_registry_may_be_an_address() {
    let settings = Settings::of_line(&["--image", "[::1]:5000/x:1"]);
    let image = settings.images.default_image().unwrap();
    assert_eq!(
        (&*image.repository, image.version()),
        ("[::1]:5000/x", Some("1"))
    );
}

#[test]
fn the_documents_list_every_setting_once() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/registration.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("### All settings\n\n").unwrap();
    let table = section.split("\n\n").next().unwrap();
    let count = |name: &str| {
        let ends = ["`", ".NAME`", " NAME="];
        let cells = ends.map(|end| table.matches(&format!("`{name}{end}")).count());
        cells.iter().sum::<usize>()
    };
    for key in key::ALL {
        let name = key.in_crate.then(|| key.name.to_owned());
        let flag = key.flag.map(|flag| format!("--{}", flag.name));
        let variables = key.environment.iter().map(|name| (*name).to_owned());
        let yaml = key.yaml.map(str::to_owned);
        for name in variables.chain(name).chain(flag).chain(yaml) {
            assert_eq!(
                count(&name),
                1,
                "rows with `{name}` in docs/registration.md"
            );
        }
    }
}
