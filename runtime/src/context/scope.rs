//! What the values of a run need beyond their bytes: the session of the task's engine, and a place
//! for their data.
//!
//! A number is all in its literal; a table is not. [`FlyteType`](crate::types::FlyteType) takes
//! bytes alone, so that most types need to know nothing of this: the thread of a run carries it.

use std::any::Any;
use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::rc::Rc;

/// What lends an engine's session to the values of a run.
pub(crate) trait Lender: 'static {
    /// The session.
    fn session(&self) -> &dyn Any;
}

/// A run, as its values see it.
#[derive(Clone)]
struct Scope {
    lender: Rc<dyn Lender>,
    raw_output_prefix: Rc<str>,
}

thread_local! {
    static CURRENT: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

/// Calls `work` as a part of a run with this session, whose raw data goes below this prefix.
pub(crate) fn within<R>(
    lender: Rc<dyn Lender>,
    raw_output_prefix: &str,
    work: impl FnOnce() -> R,
) -> R {
    /// Puts back what was there before, also when `work` panics.
    struct Restore(Option<Scope>);

    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }

    let _restore = Restore(CURRENT.replace(Some(Scope {
        lender,
        raw_output_prefix: raw_output_prefix.into(),
    })));
    work()
}

/// As [`within`], without an engine.
#[cfg(any(test, feature = "container"))]
pub(crate) fn within_place<R>(raw_output_prefix: &str, work: impl FnOnce() -> R) -> R {
    struct Nothing;

    impl Lender for Nothing {
        fn session(&self) -> &dyn Any {
            &()
        }
    }

    within(Rc::new(Nothing), raw_output_prefix, work)
}

/// Calls `look` with the session of this thread's run; nothing if there is no run, or its engine
/// has another session.
///
/// It is for a [`FlyteType`](crate::types::FlyteType) that an engine opens:
///
/// ```
/// use flytekit::context::with_session;
/// struct RayClient;
/// // Outside of a run there is none.
/// assert_eq!(with_session(|_: &RayClient| 1), None);
/// ```
pub fn with_session<S: 'static, R>(look: impl FnOnce(&S) -> R) -> Option<R> {
    let lender = CURRENT.with_borrow(|scope| Some(Rc::clone(&scope.as_ref()?.lender)))?;
    lender.session().downcast_ref().map(look)
}

/// A place for the data of one value of this thread's run, which nobody has used: the URI
/// `<raw output prefix>/<32 hexadecimal digits>`. Nothing if there is no run.
pub fn raw_output() -> Option<String> {
    let prefix =
        CURRENT.with_borrow(|scope| Some(Rc::clone(&scope.as_ref()?.raw_output_prefix)))?;
    Some(format!("{}/{}", prefix.trim_end_matches('/'), unique()))
}

/// 32 hexadecimal digits that nobody else has: two hashes of nothing, whose keys the standard
/// library takes from the operating system's randomness.
pub(crate) fn unique() -> String {
    let random = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", random(), random())
}

/// A path in the system's folder for temporary files, where nobody else has anything.
pub(crate) fn unique_place() -> PathBuf {
    std::env::temp_dir().join(format!("flytekit-{}", unique()))
}

#[cfg(test)]
mod tests {
    use std::any::Any;
    use std::panic;
    use std::rc::Rc;

    use super::{Lender, raw_output, unique, with_session, within};

    impl Lender for u8 {
        fn session(&self) -> &dyn Any {
            self
        }
    }

    #[test]
    fn a_run_lends_its_session_and_ends() {
        let session = Rc::new(7_u8);
        within(Rc::clone(&session) as _, "s3://bucket/raw/", || {
            assert_eq!(with_session(|it: &u8| *it), Some(7));
            assert_eq!(with_session(|it: &u16| *it), None);
            let place = raw_output().expect("a run");
            let (prefix, name) = place.rsplit_once('/').expect("a prefix");
            assert_eq!(prefix, "s3://bucket/raw");
            assert!(name.len() == 32 && name.bytes().all(|it| it.is_ascii_hexdigit()));
        });
        assert_eq!(with_session(|it: &u8| *it), None);
        assert_eq!(raw_output(), None);
        assert_eq!(Rc::into_inner(session), Some(7));
    }

    #[test]
    fn a_panic_ends_the_run_too() {
        let lender = || Rc::new(8_u8);
        let caught = panic::catch_unwind(|| within(lender(), "x", || panic!("boom")));
        assert!(caught.is_err() && raw_output().is_none());
        within(lender(), "outer", || {
            within(lender(), "inner", || ());
            assert!(raw_output().is_some_and(|place| place.starts_with("outer/")));
        });
    }

    #[test]
    fn no_two_places_are_one() {
        assert_ne!(unique(), unique());
    }
}
