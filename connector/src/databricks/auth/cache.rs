//! Values that expire, each fetched once for all callers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Mutex as AsyncMutex;

use crate::Failure;

/// The number of keys above which old values are removed.
const MANY: usize = 4096;

/// A value, and its expiry.
type Kept<V> = Option<(V, Instant)>;

/// Values by keys.
pub(super) struct Cache<K, V> {
    kept: Mutex<HashMap<K, Arc<AsyncMutex<Kept<V>>>>>,
}

impl<K: Eq + Hash + Clone, V: Clone> Cache<K, V> {
    pub(super) fn new() -> Self {
        Cache {
            kept: Mutex::default(),
        }
    }

    /// The value of a key. If there is none, `fetch` provides it, and other callers wait for it.
    pub(super) async fn get(
        &self,
        key: K,
        fetch: impl Future<Output = Result<(V, Instant), Failure>>,
    ) -> Result<V, Failure> {
        let place = self.place(key);
        let mut kept = place.lock().await;
        if let Some((value, until)) = &*kept
            && *until > Instant::now()
        {
            return Ok(value.clone());
        }
        // A failure is not shared with other callers.
        let (value, until) = fetch.await?;
        *kept = Some((value.clone(), until));
        Ok(value)
    }

    /// Forgets the values of some keys.
    pub(super) fn forget(&self, which: impl Fn(&K) -> bool) {
        self.kept().retain(|key, _| !which(key));
    }

    /// Forgets some values.
    pub(super) async fn forget_values(&self, which: impl Fn(&V) -> bool) {
        let places: Vec<_> = self.kept().values().cloned().collect();
        for place in places {
            let mut kept = place.lock().await;
            if kept.as_ref().is_some_and(|(value, _)| which(value)) {
                *kept = None;
            }
        }
    }

    fn place(&self, key: K) -> Arc<AsyncMutex<Kept<V>>> {
        let mut kept = self.kept();
        if kept.len() > MANY {
            let now = Instant::now();
            kept.retain(|_, place| {
                // A value that is being fetched is locked.
                place.try_lock().map_or(true, |it| {
                    it.as_ref().is_some_and(|(_, until)| *until > now)
                })
            });
        }
        kept.entry(key).or_default().clone()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<K, Arc<AsyncMutex<Kept<V>>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn many_fetch_a_value_once() {
        let cache = Cache::new();
        let fetched = AtomicU32::new(0);
        let get = || {
            cache.get("key", async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                fetched.fetch_add(1, Ordering::Relaxed);
                Ok((7, Instant::now() + Duration::from_secs(60)))
            })
        };
        let (first, second, third) = tokio::join!(get(), get(), get());
        assert_eq!((first, second, third), (Ok(7), Ok(7), Ok(7)));
        assert_eq!(fetched.load(Ordering::Relaxed), 1);
        cache.forget_values(|value| *value == 7).await;
        assert_eq!(get().await, Ok(7));
        assert_eq!(fetched.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_value_grows_old_and_a_failure_is_not_kept() {
        let cache = Cache::<_, u32>::new();
        let failed = cache.get("key", async { Err(Failure::internal("no")) });
        assert!(failed.await.is_err());
        for value in [1, 2] {
            let got = cache.get("key", async { Ok((value, Instant::now())) });
            assert_eq!(got.await, Ok(value));
        }
    }
}
