//! The outbox, as shown to and managed by administrators. The contents of messages are never shown.

use std::time::Duration;

use uuid::Uuid;

use super::{AdminService, AdminTransaction};
use crate::domain::{AuditAction, NoticeKind};
use crate::mail::{Message, TestMail, kinds};
use crate::paths;
use crate::services::audit::AuditEvent;
use crate::services::keyset::{self, Cursor, Page};
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::accounts;
use crate::store::outbox::{self, MailState, Queue, Queued};

/// Messages per page.
const PAGE: u8 = 50;
/// Minimum time between two test emails.
const TEST_EVERY: Duration = Duration::from_secs(60);

const GONE: &str = "This email no longer exists.";
const NOT_GIVEN_UP: &str = "This email hasn't failed, so it can't be tried again.";
const EXPIRED: &str = "The code or link in this email has expired, so it can't be sent.";
const ERASED: &str = "The content of this email has been deleted, so it can't be sent.";
const NOT_WAITING: &str = "This email is no longer queued, so it can't be canceled.";
const TEST_TOO_SOON: &str = "A test email was sent within the last minute.";

/// The filter for messages as in the URL. An empty field matches all messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct MailQuery<'a> {
    pub state: &'a str,
    pub kind: &'a str,
}

impl AdminService<'_> {
    /// Returns a page of the outbox, including messages that are no longer queued.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn mail_queue(
        &self,
        query: MailQuery<'_>,
        cursor: Cursor<Uuid>,
        by: &RequestContext,
    ) -> Result<Page<Queued>, ServiceError> {
        by.administrator()?;
        let state = MailState::parse(query.state);
        if state.is_none() && !query.state.is_empty() {
            return Ok(Page::empty());
        }
        let queue = Queue { state, kind: Some(query.kind.to_owned()).filter(|kind| !kind.is_empty()) };
        let db = self.core.store.reader();
        let fetch = |cursor, most| outbox::list(db, &queue, cursor, most);
        Ok(keyset::page(cursor, PAGE, fetch).await?)
    }

    /// Returns why the mail server refuses the portal's settings, if it does.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn mail_settings_fault(&self, by: &RequestContext) -> Result<Option<String>, ServiceError> {
        by.administrator()?;
        Ok(outbox::settings_fault(self.core.store.reader()).await?)
    }

    /// Retries a message whose delivery was given up, with a new delivery schedule.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator, or [`ServiceError::Refused`]
    /// if the message does not exist, was not given up, has expired, or its content was erased.
    pub async fn retry_mail(&self, id: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let admin_tx = self.begin(by).await?;
        let now = self.core.clock.now();
        let mail = listed(&admin_tx, id).await?;
        if mail.state != MailState::Failed {
            return Err(ServiceError::Refused(NOT_GIVEN_UP));
        }
        if mail.expires_at.is_some_and(|end| end <= now) {
            return Err(ServiceError::Refused(EXPIRED));
        }
        if !outbox::retry(&admin_tx.tx, mail.id, now).await? {
            return Err(ServiceError::Refused(ERASED));
        }
        admin_tx.commit(AuditEvent::of(AuditAction::MailRetried).about(&label(&mail))).await?;
        self.core.mailer.wake();
        Ok(NextStep::go(paths::ADMIN_MAIL)
            .with_notice(NoticeKind::Success, "The email is queued again. Its delivery status appears below."))
    }

    /// Removes a queued message from the outbox.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator, or [`ServiceError::Refused`]
    /// if the message does not exist or is not queued.
    pub async fn drop_mail(&self, id: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let admin_tx = self.begin(by).await?;
        let mail = listed(&admin_tx, id).await?;
        if !outbox::drop_waiting(&admin_tx.tx, mail.id).await? {
            return Err(ServiceError::Refused(NOT_WAITING));
        }
        admin_tx.commit(AuditEvent::of(AuditAction::MailDropped).about(&label(&mail))).await?;
        let text = "Email canceled. It may still arrive if it was being sent.";
        Ok(NextStep::go(paths::ADMIN_MAIL).with_notice(NoticeKind::Success, text))
    }

    /// Sends a test email to the administrator through the regular outbox.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator, or [`ServiceError::Limited`]
    /// if another test email was sent within the last minute.
    pub async fn send_test_mail(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let admin_tx = self.begin(by).await?;
        let now = self.core.clock.now();
        let last = outbox::newest_of_kind(&admin_tx.tx, kinds::TEST).await?;
        // Ignore a time in the future: that test email was written before the clock was set back.
        let wait = last.filter(|last| *last <= now).map(|last| (last + TEST_EVERY).since(now));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(ServiceError::Limited { what: TEST_TOO_SOON, wait });
        }
        let Some(account) = accounts::by_id(&admin_tx.tx, admin_tx.actor_id).await? else {
            return Err(ServiceError::NotFound);
        };
        let to = account.email.masked();
        let mail = TestMail {
            to: account.email,
            username: account.username,
            at: now,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        };
        self.core.mailer.enqueue(&admin_tx.tx, &Message::Test(mail), None).await?;
        admin_tx.commit(AuditEvent::of(AuditAction::TestMailSent).about(&to)).await?;
        self.core.mailer.wake();
        let text = format!("Sending a test email to {to}. Its delivery status appears below.");
        Ok(NextStep::go(paths::ADMIN_MAIL).with_notice(NoticeKind::Success, text))
    }
}

async fn listed(admin_tx: &AdminTransaction<'_>, id: &str) -> Result<Queued, ServiceError> {
    let Ok(id) = Uuid::try_parse(id) else { return Err(ServiceError::Refused(GONE)) };
    outbox::by_id(&admin_tx.tx, id).await?.ok_or(ServiceError::Refused(GONE))
}

/// Describes a message for the audit log.
fn label(mail: &Queued) -> String {
    format!("{}, to {}", kinds::label(&mail.kind), mail.recipient_masked)
}
