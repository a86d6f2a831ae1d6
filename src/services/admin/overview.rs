//! The state of the portal, as shown on the first admin page.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::AdminService;
use crate::domain::{Metric, TimeRange, Timestamp};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::hourly_counters::{self, Counted};
use crate::store::overview::{self, MailQueue};
use crate::store::{Store, StoreError};

/// Up to this number, the accounts are counted on every request, which takes less than a
/// millisecond.
const COUNTED_ALWAYS: u64 = 50_000;
/// How long a larger count is cached. Counting a million accounts takes about 10 ms, which is too
/// much to repeat each time the page is reloaded.
const CACHE_LIFETIME: Duration = Duration::from_secs(60);

/// The state of the portal, and what happened within a time range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub span: TimeRange,
    /// The number of accounts. A large number may be up to a minute old.
    pub accounts: u64,
    /// The number of accounts created in the time range.
    pub new_accounts: u64,
    /// The number of registrations that can still be finished.
    pub waiting_registrations: u64,
    pub mail: MailQueue,
    /// The time range divided into hours or days, oldest first. The last one is still in progress.
    pub buckets: Vec<Bucket>,
}

/// What happened in one hour or day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When the hour or day began.
    pub at: Timestamp,
    /// The counts, in the order of [`Metric::ALL`].
    counts: [u64; Metric::ALL.len()],
}

impl Bucket {
    pub fn count(&self, metric: Metric) -> u64 {
        Metric::ALL.iter().zip(self.counts).find(|(one, _)| **one == metric).map_or(0, |(_, count)| count)
    }

    /// Returns the total number of failed attempts.
    pub fn failures(&self) -> u64 {
        [Metric::WrongPassword, Metric::WrongCode, Metric::SecondStepFailed]
            .map(|metric| self.count(metric))
            .iter()
            .sum()
    }
}

impl Overview {
    /// Returns when the time range began.
    pub fn since(&self) -> Timestamp {
        self.buckets.first().map_or(Timestamp(0), |bucket| bucket.at)
    }

    /// Returns how often this happened in the whole time range.
    pub fn count(&self, metric: Metric) -> u64 {
        self.buckets.iter().map(|bucket| bucket.count(metric)).sum()
    }

    pub fn failures(&self) -> u64 {
        self.buckets.iter().map(Bucket::failures).sum()
    }
}

/// The most recent count of accounts, and when it was made.
#[derive(Clone, Debug, Default)]
pub struct AccountCount(Arc<Mutex<Option<(Timestamp, u64)>>>);

impl AccountCount {
    /// Returns the number of accounts, which may be cached.
    async fn get(&self, store: &Store, now: Timestamp) -> Result<u64, StoreError> {
        let cached = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, count)) = cached
            && count > COUNTED_ALWAYS
            && (at..at + CACHE_LIFETIME).contains(&now)
        {
            return Ok(count);
        }
        let count = overview::accounts(store.reader()).await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, count));
        Ok(count)
    }
}

impl AdminService<'_> {
    /// Returns the current state of the portal and what happened within a time range.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn overview(&self, span: TimeRange, by: &RequestContext) -> Result<Overview, ServiceError> {
        by.administrator()?;
        let (now, db) = (self.core.clock.now(), self.core.store.reader());
        let mut buckets = empty_buckets(span, now);
        let since = buckets.first().map_or(now, |bucket| bucket.at);
        add_counts(&mut buckets, span, &hourly_counters::since(db, since).await?);
        Ok(Overview {
            span,
            accounts: self.core.account_count.get(&self.core.store, now).await?,
            new_accounts: overview::new_accounts(db, since).await?,
            waiting_registrations: overview::waiting_registrations(db, now - self.core.limits.registration_lifetime)
                .await?,
            mail: overview::mail_queue(db).await?,
            buckets,
        })
    }
}

/// Returns an empty bucket for each hour or day of the time range that ends now.
fn empty_buckets(span: TimeRange, now: Timestamp) -> Vec<Bucket> {
    let length = span.bucket_millis();
    let current = now.0 - now.0.rem_euclid(length);
    let back = (0..span.bucket_count()).rev().filter_map(|back| i64::try_from(back).ok());
    back.map(|back| Bucket { at: Timestamp(current - back * length), counts: [0; Metric::ALL.len()] }).collect()
}

/// Adds hourly counts to the buckets that contain them.
fn add_counts(buckets: &mut [Bucket], span: TimeRange, counted: &[Counted]) {
    for Counted { metric, hour, times } in counted {
        let began = Timestamp(hour.0 - hour.0.rem_euclid(span.bucket_millis()));
        let column = Metric::ALL.iter().position(|one| one == metric);
        // Counts outside the range are skipped, including those from the future, which were made
        // before the clock was set back.
        if let (Ok(index), Some(column)) = (buckets.binary_search_by_key(&began, |bucket| bucket.at), column) {
            buckets[index].counts[column] += times;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Metric, TimeRange, Timestamp, add_counts, empty_buckets};
    use crate::store::hourly_counters::Counted;

    /// 2026-11-23 12:34 UTC.
    const NOW: Timestamp = Timestamp(1_795_437_240_000);
    const HOUR: i64 = 3_600_000;

    fn failures(span: TimeRange, hours: &[i64]) -> Vec<u64> {
        let mut all = empty_buckets(span, NOW);
        let counted = hours.iter().map(|ago| Counted {
            metric: Metric::WrongCode,
            hour: Timestamp((NOW.0 / HOUR - ago) * HOUR),
            times: 2,
        });
        add_counts(&mut all, span, &counted.collect::<Vec<_>>());
        all.iter().map(Bucket::failures).collect()
    }

    #[test]
    fn a_time_range_ends_with_the_current_hour_or_day_and_excludes_other_counts() {
        let day = failures(TimeRange::Day, &[0, 23, 24, -1]);
        assert_eq!((day.len(), day[23], day[0], day.iter().sum()), (24, 2, 2, 4));
        // Today began 12 hours ago.
        let week = failures(TimeRange::Week, &[0, 12, 13, 156, 157]);
        assert_eq!(week, [2, 0, 0, 0, 0, 2, 4]);
        let month = failures(TimeRange::Month, &[12 + 29 * 24, 13 + 29 * 24]);
        assert_eq!((month.len(), month[0], month.iter().sum()), (30, 2, 2));
    }
}
