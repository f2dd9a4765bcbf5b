//! Secrets: reads the secrets that the platform mounted, and redacts their values from everything that leaves
//! the process.

mod place;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use self::place::{Asked, NoSecret, Place, Places};
use crate::console;
use crate::declare;
use crate::error::Error;
use crate::registry::RegisteredTask;

/// The value of the secret `key` of `group`, without surrounding whitespace.
///
/// These places are searched, in this order:
///
/// 1. the environment variables `_FSEC_<GROUP>_<KEY>`, with the version between the two if a task requests
///    one, and `_FSEC_<KEY>`, as Flyte sets them (`FLYTE_SECRETS_ENV_PREFIX` changes the prefix);
/// 2. the variable that the attribute names (`env_var`), which contains the value, or the path of a file with
///    the value;
/// 3. `<GROUP>_<KEY>`, as a shell may set it; in a container only after the files;
/// 4. the files `<group>/<key>`, with the version's folder between the two or without it, `<key>`, and the
///    files that Flyte gets from Google (`<group>/<version>`) and Azure (`<group>`), in the folder
///    `FLYTE_SECRETS_DEFAULT_DIR` and in `/etc/secrets` (`FLYTE_SECRETS_FILE_PREFIX` is the prefix of the
///    key).
///
/// Names of variables are in upper case, and a hyphen or a dot may be an underscore. Paths are in lower case,
/// or as given.
///
/// The returned value, and the values in these places for the tasks of this program, are redacted from error
/// documents, from standard error, and from logs: as they are, as Rust's `{:?}`, JSON, URLs and base64 show
/// them, and line by line. A value of fewer than four bytes is only redacted where it is a whole word. The
/// task's own output, and its return value, are not redacted.
///
/// ```no_run
/// let token = flytekit::secret("databricks", "token")?;
/// # Ok::<(), flytekit::Error>(())
/// ```
///
/// # Errors
///
/// If no place has the secret; the message names the places, and the request to write in the attribute. If
/// the place cannot be read, or if the value is not text.
#[track_caller]
pub fn secret(group: &str, key: &str) -> Result<String, Error> {
    let asked = Asked::of_tasks(group, key);
    let places = Places::of_process().of(&asked);
    match find(&places) {
        Ok(Some(value)) => {
            console::hide(value.as_bytes());
            Ok(value.trim().to_owned())
        }
        Ok(None) => Err(absent(&asked, &places)),
        Err((place, why)) => Err(Error::user(format!(
            "secret `{key}` of group `{group}` is in the {place}, and {why}"
        ))),
    }
}

/// Redacts the values of all secrets that the tasks of this program request from everything that leaves this
/// process, also if a task reads them by itself.
pub(crate) fn hide_secrets() {
    hide(of_tasks());
}

/// The secrets of tasks whose templates were loaded.
static OF_TEMPLATES: Mutex<Vec<&'static [declare::Secret]>> = Mutex::new(Vec::new());

/// Treats the secrets of a task whose template was loaded like those of this program's tasks.
pub(crate) fn ask_for_secrets(secrets: &'static [declare::Secret]) {
    if !secrets.is_empty() {
        let mut all = OF_TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(secrets);
        drop(all);
        hide(secrets.iter());
    }
}

fn hide(secrets: impl Iterator<Item = &'static declare::Secret>) {
    let places = Places::of_process();
    let mut asked: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for secret in secrets {
        let declared = asked.entry((secret.group, secret.key)).or_default();
        declared.push(secret);
    }
    for ((group, key), declared) in asked {
        let asked = Asked {
            group,
            key,
            declared,
        };
        for place in places.of(&asked) {
            // A secret that cannot be read cannot leak.
            if let Ok(Some(value)) = place.read() {
                console::hide(&value);
            }
        }
    }
}

/// The secrets that the tasks of this program request.
fn of_tasks() -> impl Iterator<Item = &'static declare::Secret> {
    let of_templates = OF_TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    let linked = inventory::iter::<RegisteredTask>().flat_map(|task| task.descriptor.secrets);
    linked.chain(of_templates.clone().into_iter().flatten())
}

/// The first value in these places; an error if the first existing one is not a secret.
fn find(places: &[Place]) -> Result<Option<String>, (&Place, NoSecret)> {
    let mut failure = None;
    for place in places {
        match place.text() {
            Ok(Some(value)) => return Ok(Some(value)),
            Ok(None) => {}
            Err(why) => drop(failure.get_or_insert((place, why))),
        }
    }
    failure.map_or(Ok(None), Err)
}

#[track_caller]
fn absent(asked: &Asked<'_>, places: &[Place]) -> Error {
    let (group, key) = (asked.group, asked.key);
    let names = |is_wanted: fn(&Place) -> bool| {
        let places = places.iter().filter(|place| is_wanted(place));
        let names = places.map(Place::name);
        names.collect::<Vec<_>>().join(", ")
    };
    let advice = if asked.declared.is_empty() {
        format!("request it with #[task(secrets(secret(group = \"{group}\", key = \"{key}\")))]")
    } else {
        "the task requests it: check whether the platform has it, and where this process runs"
            .to_owned()
    };
    Error::user(format!(
        "secret `{key}` of group `{group}` is neither in an environment variable ({}) nor in a file \
         ({}); {advice}",
        names(|place| !place.is_file()),
        names(Place::is_file),
    ))
}

impl<'a> Asked<'a> {
    /// The secret, with the requests of this program's tasks.
    fn of_tasks(group: &'a str, key: &'a str) -> Self {
        let is_it = |secret: &&'static declare::Secret| secret.group == group && secret.key == key;
        Asked {
            group,
            key,
            declared: of_tasks().filter(is_it).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::secret;

    #[test]
    fn a_missing_secret_says_where_it_was_looked_for() {
        let line = line!() + 1;
        let error = secret("nobody", "nothing").expect_err("no such secret");
        let message = error.to_string();
        for place in ["_FSEC_NOBODY_NOTHING", "/etc/secrets/nobody/nothing"] {
            assert!(message.contains(place), "{message}");
        }
        let raised = format!("raised at {}:{line}:", file!());
        let told = format!("{error:?}");
        assert!(told.contains(&raised), "{told}");
    }
}
