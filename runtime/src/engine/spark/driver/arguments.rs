//! Restores the command line of a driver that `spark-submit` has started.

use std::ffi::OsString;
use std::path::Path;

/// The container's command line, if `spark-submit` started this process.
pub(in crate::engine::spark) fn of_process(given: Vec<OsString>) -> Vec<OsString> {
    let is_driver = std::env::var_os("PYSPARK_GATEWAY_PORT").is_some();
    if is_driver {
        of_container(given)
    } else {
        given
    }
}

/// The command line without the parts that `spark-submit` adds. The application's arguments are the
/// container's args, which begin with a program's path. A person who types the command may leave the path
/// out:
///
/// ```text
/// DRIVER /usr/local/bin/flytekit-app.py /usr/local/bin/flytekit-app execute --task …
/// DRIVER app.py run --n 1000 …
/// ```
fn of_container(mut args: Vec<OsString>) -> Vec<OsString> {
    let path = |index: usize| args.get(index).map(Path::new);
    if path(1)
        .and_then(Path::extension)
        .is_none_or(|it| it != "py")
    {
        return args;
    }
    let names_program = path(2).is_some_and(Path::is_absolute);
    args.drain(if names_program { 0..2 } else { 1..2 });
    args
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::of_container;

    #[test]
    fn a_driver_has_the_arguments_of_its_container() {
        let args = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let container = args("/app execute --task a.b");
        let driver = args("/bin/driver /app.py /app execute --task a.b");
        assert_eq!(of_container(driver), container);
        assert_eq!(of_container(container.clone()), container);
        let by_hand = args("/bin/driver app.py run a.b");
        assert_eq!(of_container(by_hand), args("/bin/driver run a.b"));
        assert_eq!(of_container(args("/bin/driver")), args("/bin/driver"));
    }
}
