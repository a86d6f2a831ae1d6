//! The OTP log, as shown to administrators. It never contains a code or data that could reveal one.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use super::AdminService;
use crate::crypto::OtpPurpose;
use crate::domain::{Email, OtpDelivery, OtpStatus};
use crate::services::keyset::{self, Cursor, Page};
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::StoreError;
use crate::store::otps::{self, Filter, LoggedOtp, Matches};

/// Codes per page.
const PAGE: u8 = 50;

/// The filter for codes as typed. An empty field matches all codes.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtpQuery<'a> {
    pub purpose: &'a str,
    /// A complete email.
    pub address: &'a str,
    /// The IP address that the request came from.
    pub requester: &'a str,
    pub delivery: &'a str,
    pub outcome: &'a str,
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct OtpPage {
    pub page: Page<LoggedOtp>,
    /// Whether older codes were left out, because with more than one filter only a limited number
    /// is searched.
    pub cut: bool,
}

impl AdminService<'_> {
    /// Returns a page of the OTP log.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn otp_log(
        &self,
        query: OtpQuery<'_>,
        cursor: Cursor<Uuid>,
        by: &RequestContext,
    ) -> Result<OtpPage, ServiceError> {
        by.administrator()?;
        let Some(filter) = filter(query) else {
            return Ok(OtpPage { page: Page::empty(), cut: false });
        };
        let (db, now) = (self.core.store.reader(), self.core.clock.now());
        let cut = AtomicBool::new(false);
        let fetch = |cursor, most| {
            let (filter, cut) = (&filter, &cut);
            async move {
                let Matches { rows, cut: is_cut } = otps::list(db, filter, cursor, most, now).await?;
                // When searching for newer codes, a cut leaves out only codes that belong on newer
                // pages.
                cut.store(is_cut && !matches!(cursor, Cursor::After(_)), Ordering::Relaxed);
                Ok::<_, StoreError>(rows)
            }
        };
        let page = keyset::page(cursor, PAGE, fetch).await?;
        Ok(OtpPage { page, cut: cut.into_inner() })
    }
}

/// Parses a filter. Returns `None` if no code can match.
fn filter(query: OtpQuery<'_>) -> Option<Filter> {
    let is_set = |word: &str| !word.trim().is_empty();
    let mut filter = Filter::default();
    if is_set(query.purpose) {
        filter.purpose = Some(OtpPurpose::parse(query.purpose)?);
    }
    if is_set(query.address) {
        filter.email_key = Some(Email::parse(query.address).ok()?.key().to_owned());
    }
    if is_set(query.requester) {
        filter.requester_ip = Some(query.requester.trim().parse::<IpAddr>().ok()?.to_canonical().to_string());
    }
    if is_set(query.delivery) {
        filter.delivery = Some(OtpDelivery::parse(query.delivery)?);
    }
    if is_set(query.outcome) {
        filter.outcome = Some(OtpStatus::parse(query.outcome)?);
    }
    Some(filter)
}
