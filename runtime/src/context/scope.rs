//! The resources that values of a run need beyond their bytes: the session of the task's engine, and a place
//! for their data.
//!
//! A literal contains a whole number, but only the location of a table.
//! [`FlyteType`](crate::types::FlyteType) only gets bytes, so that most types need not know about this. The
//! run's thread carries the session, which no other thread may use, and the run's context carries the place.

use std::any::Any;
use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::rc::Rc;

use super::current;
#[cfg(any(test, feature = "container"))]
use super::{RunContext, Whereabouts};

/// Lends an engine's session to the values of a run.
pub(crate) trait Lender: 'static {
    /// The session.
    fn session(&self) -> &dyn Any;
}

thread_local! {
    static LENDER: RefCell<Option<Rc<dyn Lender>>> = const { RefCell::new(None) };
}

/// Calls `work` with this session lent to it.
pub(crate) fn lending<R>(lender: Rc<dyn Lender>, work: impl FnOnce() -> R) -> R {
    /// Restores the previous lender, also if `work` panics.
    struct Restore(Option<Rc<dyn Lender>>);

    impl Drop for Restore {
        fn drop(&mut self) {
            LENDER.set(self.0.take());
        }
    }

    let _restore = Restore(LENDER.replace(Some(lender)));
    work()
}

/// Calls `work` in a run without a task, whose raw data is stored below this prefix.
#[cfg(any(test, feature = "container"))]
pub(crate) fn within_place<R>(raw_output_prefix: &str, work: impl FnOnce() -> R) -> R {
    let run = RunContext::without_task(Whereabouts::here(raw_output_prefix));
    run.context().within(work)
}

/// Calls `look` with the session of this thread's run. `None` if there is no run, or if its engine has
/// another session.
///
/// This is for a [`FlyteType`](crate::types::FlyteType) that needs an engine's session:
///
/// ```
/// use flytekit::context::with_session;
/// struct RayClient;
/// // Outside of a run, there is no session.
/// assert_eq!(with_session(|_: &RayClient| 1), None);
/// ```
pub fn with_session<S: 'static, R>(look: impl FnOnce(&S) -> R) -> Option<R> {
    let lender = LENDER.with_borrow(Clone::clone)?;
    lender.session().downcast_ref().map(look)
}

/// A new, unused place for the data of one value of this run: the URI
/// `<raw output prefix>/<32 hexadecimal digits>`. `None` if there is no run, or if it has no prefix.
pub fn raw_output() -> Option<String> {
    let context = current::of_run()?;
    let prefix = context.raw_output_prefix().trim_end_matches('/');
    (!prefix.is_empty()).then(|| format!("{prefix}/{}", unique()))
}

/// 32 random hexadecimal digits: two hashes of nothing, whose keys the standard library takes from the
/// operating system's randomness.
pub(crate) fn unique() -> String {
    let random = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", random(), random())
}

/// An unused path in the system's folder for temporary files.
pub(crate) fn unique_place() -> PathBuf {
    std::env::temp_dir().join(format!("flytekit-{}", unique()))
}

#[cfg(test)]
mod tests {
    use std::any::Any;
    use std::panic;
    use std::rc::Rc;

    use super::{Lender, lending, raw_output, unique, with_session, within_place};

    impl Lender for u8 {
        fn session(&self) -> &dyn Any {
            self
        }
    }

    #[test]
    fn a_run_lends_its_session_and_ends() {
        let session = Rc::new(7_u8);
        lending(Rc::clone(&session) as _, || {
            assert_eq!(with_session(|it: &u8| *it), Some(7));
            assert_eq!(with_session(|it: &u16| *it), None);
        });
        assert_eq!(with_session(|it: &u8| *it), None);
        assert_eq!(Rc::into_inner(session), Some(7));
    }

    #[test]
    fn a_panic_ends_the_run_too() {
        let caught = panic::catch_unwind(|| lending(Rc::new(8_u8), || panic!("boom")));
        assert!(caught.is_err() && with_session(|_: &u8| ()).is_none());
    }

    #[test]
    fn each_value_has_a_place_in_the_innermost_run() {
        within_place("s3://bucket/raw/", || {
            within_place("inner", || ());
            let place = raw_output().expect("a run");
            let (prefix, name) = place.rsplit_once('/').expect("a prefix");
            assert_eq!(prefix, "s3://bucket/raw");
            assert!(name.len() == 32 && name.bytes().all(|it| it.is_ascii_hexdigit()));
        });
    }

    #[test]
    fn no_two_places_are_one() {
        assert_ne!(unique(), unique());
    }
}
