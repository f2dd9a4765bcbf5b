//! Each way in which a task's container ends.

use std::fs;
use std::process::{self, Command};
use std::thread;
use std::time::Duration;

use flytekit::prelude::*;

/// The number of this attempt, as Flyte tells it.
fn attempt() -> Result<i64> {
    Ok(std::env::var("FLYTE_ATTEMPT_NUMBER")?.parse()?)
}

/// Succeeds at the attempt of this number.
#[task(retries = 2)]
pub(crate) fn recovers(at: i64) -> Result<i64> {
    match attempt()? {
        number if number < at => Err(RecoverableError::new(format!("attempt {number}")).into()),
        number => Ok(number),
    }
}

/// Fails in the given way.
#[task(retries = 2)]
pub(crate) fn fails(how: String) -> Result<i64> {
    match how.as_str() {
        "user" => Err(Error::user("the user's fault")),
        "system" => Err(Error::system("the system's fault")),
        "panic" => panic!("no way"),
        "exit" => process::exit(7),
        "abort" => process::abort(),
        "kill" => kill(process::id()),
        // This also kills the process that waits for this one.
        "kill the container" => kill(std::os::unix::process::parent_id()),
        other => Err(Error::user(format!("not a way to fail: {other}"))),
    }
}

/// Is killed at its first attempt only.
#[task(retries = 2)]
fn killed_once() -> Result<i64> {
    match attempt()? {
        0 => kill(std::os::unix::process::parent_id()),
        number => Ok(number),
    }
}

pub(crate) fn kill(process: u32) -> Result<i64> {
    let number = process.to_string();
    Command::new("/bin/kill").args(["-9", &number]).status()?;
    thread::sleep(Duration::from_secs(60));
    Ok(0)
}

/// Fails with a message of this length in bytes.
#[task]
fn complains(bytes: usize) -> Result<i64> {
    Err(Error::user("x".repeat(bytes)))
}

/// Sleeps for longer than its timeout.
#[task(timeout = "1s")]
pub(crate) fn too_slow() -> bool {
    thread::sleep(Duration::from_secs(60));
    true
}

/// Sleeps until a signal ends it, and records that.
#[task]
fn waits(started: String) -> Result<bool> {
    let part = format!("{started}.part");
    fs::write(&part, process::id().to_string())?;
    fs::rename(part, started)?;
    thread::sleep(Duration::from_secs(60));
    Ok(true)
}

/// A text of this many megabytes.
#[task]
fn large(megabytes: usize) -> String {
    "x".repeat(megabytes << 20)
}

#[task]
fn length(text: String) -> usize {
    text.len()
}

/// Prints a secret and its length.
#[task(secrets(
    secret(group = "vault", key = "token"),
    secret(group = "vault", key = "password", env_var = "VAULT_PASSWORD"),
))]
fn guarded() -> Result<(usize, usize)> {
    let token = flytekit::secret("vault", "token")?;
    let password = std::env::var("VAULT_PASSWORD")?;
    println!("the token is {token}");
    Ok((token.len(), password.len()))
}

/// Appends a line to the file with each run.
#[task(cache(version = "1.0", ignore_inputs("log")))]
fn cached(number: i64, log: String) -> Result<i64> {
    use std::io::Write as _;

    let mut file = fs::OpenOptions::new().append(true).create(true).open(log)?;
    writeln!(file, "{number}")?;
    Ok(number * 2)
}

/// Waits for a file of the second container.
#[task(pod_template(
    primary_container = "main",
    spec = {
        "volumes": [{ "name": "shared", "emptyDir": {} }],
        "containers": [
            {
                "name": "main",
                "volumeMounts": [{ "name": "shared", "mountPath": "/shared" }],
                "env": [{ "name": "PLACE", "value": "/shared/greeting" }],
            },
            {
                "name": "side",
                "image": "side:1",
                "command": ["sh", "-c", "echo hello > /shared/part && mv /shared/part /shared/greeting"],
                "volumeMounts": [{ "name": "shared", "mountPath": "/shared" }],
            },
        ],
    }
))]
fn beside() -> Result<String> {
    let place = std::env::var("PLACE")?;
    for _ in 0..600 {
        if let Ok(text) = fs::read_to_string(&place) {
            return Ok(text.trim().to_owned());
        }
        thread::sleep(Duration::from_millis(50));
    }
    Err(Error::user("nothing came from beside"))
}
