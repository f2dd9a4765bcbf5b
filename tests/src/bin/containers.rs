//! Tasks that are containers of any program, which the tests run on this machine and in Flyte's engine.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use flytekit::prelude::*;

/// What a program may be given.
#[derive(FlyteData, Clone)]
struct Settings {
    name: String,
    size: i64,
}

#[derive(FlyteData, Clone)]
enum Level {
    Low,
    High,
}

/// Gives the folder of the inputs as it is.
const COPY: &str = "mkdir /data/out/o0 && cp -r /data/in/. /data/out/o0";

/// All that lies in the folder of the inputs.
#[task(container(
    image = "shell:1",
    command("sh", "-c", COPY),
    input_dir = "/data/in",
    output_dir = "/data/out",
))]
#[expect(clippy::too_many_arguments, reason = "one of each type")]
fn given(
    text: String,
    number: i64,
    share: f64,
    truth: bool,
    when: jiff::Timestamp,
    length: Duration,
    level: Level,
    names: Vec<String>,
    sizes: BTreeMap<String, i64>,
    maybe: Option<i64>,
    file: FlyteFile,
    folder: FlyteDirectory,
    settings: Settings,
) -> Result<FlyteDirectory>;

#[task(container(
    image = "shell:1",
    command("sh", "-c", COPY),
    input_dir = "/data/in",
    output_dir = "/data/out",
    metadata_format = YAML,
))]
fn given_as_yaml(n: i64, share: f64, text: String, names: Vec<String>) -> Result<FlyteDirectory>;

#[task(container(
    image = "shell:1",
    command("sh", "-c", COPY),
    input_dir = "/data/in",
    output_dir = "/data/out",
    metadata_format = PROTO,
))]
fn given_as_protobuf(share: f64) -> Result<FlyteDirectory>;

/// What a program may give.
#[derive(Outputs)]
struct Answers {
    text: String,
    number: i64,
    share: f64,
    truth: bool,
    when: jiff::Timestamp,
    length: Duration,
    settings: Settings,
    file: FlyteFile,
    folder: FlyteDirectory,
}

/// In a pod it takes longer than the start of the container beside it.
const ANSWERS: &str = "cd \"$1\"; sleep 1
printf ' hello \\n' > text; printf 7 > number.txt; printf 1e3 > share; printf T > truth
echo 2026-01-31T12:30:00.5+01:00 > when; echo 1h0m2.5s > length
echo '{\"name\": \"x\", \"size\": 3}' > settings.json
echo a,b > file.csv; mkdir -p folder/below; echo 1 > folder/one; echo 2 > folder/below/two";

#[task(container(
    image = "shell:1",
    command("sh", "-c", ANSWERS, "sh", "/data/out"),
    output_dir = "/data/out"
))]
fn answers() -> Result<Answers>;

const WORDS: &str = "inputs=$1; outputs=$2; shift 2; sleep 1
{ printf '%s|' \"$@\"; cat $inputs/n; } > $outputs/o0";

/// The folders that copilot takes by itself, and inputs in the command.
#[task(
    container(
        image = "shell:1",
        command = ["sh", "-c", WORDS, "sh", "/var/flyte/inputs", "/var/flyte/outputs"],
        args(n, "{{.inputs.names}}-{{ $inputs.when }}", "$(ZONE)$$", "{{.ID}}", ""),
    ),
    env("ZONE" = "a b", "LINES" = "1\n2"),
)]
fn words(n: i64, names: Vec<String>, when: jiff::Timestamp) -> Result<String>;

/// Its variables and secrets.
#[task(
    container(
        image = "shell:1",
        command("sh", "-c", "echo \"$ZONE|$LINES|$_FSEC_DB_PASSWORD|$TOKEN|$(cat /etc/flyte/secrets/files/key)\" > /data/out/o0"),
        output_dir = "/data/out",
    ),
    env("ZONE" = "a b", "LINES" = "1\n2"),
    secrets(
        secret(group = "db", key = "password"),
        secret(group = "api", key = "token", mount = env_var, env_var = "TOKEN"),
        secret(group = "files", key = "key", mount = file),
    ),
)]
fn surroundings() -> Result<String>;

/// What Flyte's own files are here.
#[task(container(
    image = "shell:1",
    command(
        "sh",
        "-c",
        "wc -c < {{.input}} > /data/out/o0; ls -d {{.outputPrefix}}"
    ),
    output_dir = "/data/out",
))]
fn flytes_files(n: i64) -> Result<i64>;

#[task(container(
    image = "shell:1",
    command("sh", "-c", "echo out; echo why >&2; exit {{.inputs.code}}")
))]
fn fails(code: i64) -> Result<()>;

#[task(container(
    image = "shell:1",
    command("sh", "-c", "echo not shown"),
    local_logs = false
))]
fn quiet();

#[task(container(image = "shell:1", command("no-such-command")))]
fn no_command();

#[task(container(image = "missing:1", command("true")))]
fn no_image();

#[task(container(image = "{{.image.default}}", command("true")))]
fn image_of_registration();

#[task(container(
    image = "shell:1",
    command("sh", "-c", "sleep 1; echo ' it was \n in vain ' > /data/out/_ERROR"),
    output_dir = "/data/out"
))]
fn reports() -> Result<i64>;

/// Writes what is asked for.
#[task(container(
    image = "shell:1",
    command("sh", "-c", script),
    output_dir = "/data/out"
))]
fn writes(script: String) -> Result<(i64, bool, Duration)>;

#[task(container(
    image = "shell:1",
    command("sh", "-c", script),
    output_dir = "/data/out"
))]
fn writes_files(script: String) -> Result<(FlyteFile, FlyteDirectory)>;

#[task(container(
    image = "shell:1",
    command("sh", "-c", script),
    output_dir = "/data/out"
))]
fn writes_an_object(script: String) -> Result<Settings>;

#[task(
    container(image = "shell:1", command("sh", "-c", "echo started; sleep 600")),
    timeout = 1
)]
fn takes_too_long();

#[task(container(image = "shell:1", command("sh", "-c", "echo started; sleep 600")))]
fn waits();

/// Calls a container outside of any run of it.
#[task]
fn calls(n: i64) -> Result<String> {
    words(n, vec!["x".to_owned()], jiff::Timestamp::UNIX_EPOCH)
}

fn main() -> ExitCode {
    // Without a run, as a test of a user's own would.
    if std::env::var_os("CALL_DIRECTLY").is_some() {
        let answers = answers().and_then(|it| {
            let text = std::fs::read_to_string(it.file.path()?)?;
            Ok(format!(
                "{} {} {}",
                it.number,
                it.settings.size,
                text.trim()
            ))
        });
        return match answers {
            Ok(text) => {
                println!("{text}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    flytekit::main()
}
