//! The outbox, seen and put right by administrators. What is in a mail is
//! nobody's to read here.

use std::time::Duration;

use uuid::Uuid;

use super::{Administration, Deed};
use crate::domain::{AuditAction, NoticeKind};
use crate::paths;
use crate::server::mail::{Message, TestMail, kinds};
use crate::server::services::audit::Note;
use crate::server::services::keyset::{self, Page, Place};
use crate::server::services::outcome::{Done, ServiceError};
use crate::server::services::requester::Requester;
use crate::server::store::accounts;
use crate::server::store::outbox::{self, MailState, Queue, Queued};

/// Mails on a page.
const PAGE: u8 = 50;
/// The least time between two test mails.
const TEST_EVERY: Duration = Duration::from_secs(60);

const GONE: &str = "This email no longer exists.";
const NOT_GIVEN_UP: &str = "This email hasn't failed.";
const EXPIRED: &str = "The code in this email has expired, so it can't be sent.";
const ERASED: &str = "The content of this email has been deleted, so it can't be sent.";
const NOT_WAITING: &str = "This email is no longer queued, so it can't be cancelled.";
const TEST_TOO_SOON: &str = "A test email was sent within the last minute.";

/// What mails are looked for, as it stands in the URL; empty for any.
#[derive(Clone, Copy, Debug, Default)]
pub struct MailQuery<'a> {
    pub state: &'a str,
    pub kind: &'a str,
}

impl Administration {
    /// A page of the queue and its history.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; faults.
    pub async fn mail_queue(
        &self,
        query: MailQuery<'_>,
        place: Place<Uuid>,
        by: &Requester,
    ) -> Result<Page<Queued>, ServiceError> {
        by.administrator()?;
        let state = MailState::parse(query.state);
        if state.is_none() && !query.state.is_empty() {
            return Ok(Page { rows: Vec::new(), newer: false, older: false });
        }
        let queue = Queue { state, kind: Some(query.kind.to_owned()).filter(|kind| !kind.is_empty()) };
        let db = self.store.reader();
        let fetch = |place, most| {
            let queue = &queue;
            async move {
                match place {
                    Place::Newest => outbox::newest_queued(db, queue, None, most).await,
                    Place::Before(id) => outbox::newest_queued(db, queue, Some(id), most).await,
                    Place::After(id) => outbox::next_queued(db, queue, id, most).await,
                }
            }
        };
        Ok(keyset::page(place, PAGE, fetch).await?)
    }

    /// Tries a mail again that was given up, as if it was written now.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; a sentence
    /// when it is not given up, expired, or its content is gone.
    pub async fn retry_mail(&self, id: &str, by: &Requester) -> Result<Done, ServiceError> {
        let deed = self.begin(by).await?;
        let now = self.clock.now();
        let mail = listed(&deed, id).await?;
        if mail.state != MailState::Dead {
            return Err(ServiceError::Refused(NOT_GIVEN_UP));
        }
        if mail.expires_at.is_some_and(|end| end <= now) {
            return Err(ServiceError::Refused(EXPIRED));
        }
        if !outbox::retry(&deed.tx, mail.id, now).await? {
            return Err(ServiceError::Refused(ERASED));
        }
        deed.commit(Note::of(AuditAction::MailRetried).about(&in_words(&mail))).await?;
        self.mailer.wake();
        Ok(Done::go(paths::ADMIN_MAIL).saying(NoticeKind::Success, "The email is queued again and will be sent now."))
    }

    /// Takes a mail that waits out of the queue.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; a sentence
    /// when it does not wait.
    pub async fn drop_mail(&self, id: &str, by: &Requester) -> Result<Done, ServiceError> {
        let deed = self.begin(by).await?;
        let mail = listed(&deed, id).await?;
        if !outbox::drop_waiting(&deed.tx, mail.id).await? {
            return Err(ServiceError::Refused(NOT_WAITING));
        }
        deed.commit(Note::of(AuditAction::MailDropped).about(&in_words(&mail))).await?;
        let text = "Email cancelled. It may still arrive if it was being sent.";
        Ok(Done::go(paths::ADMIN_MAIL).saying(NoticeKind::Success, text))
    }

    /// Sends a mail to the administrator's own address, the way every mail goes.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to whoever is no administrator; how long to
    /// wait after another one.
    pub async fn send_test_mail(&self, by: &Requester) -> Result<Done, ServiceError> {
        let deed = self.begin(by).await?;
        let now = self.clock.now();
        let last = outbox::newest_of_kind(&deed.tx, kinds::TEST).await?;
        // What lies ahead was written before the clock was set back.
        let wait = last.filter(|last| *last <= now).map(|last| (last + TEST_EVERY).since(now));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(ServiceError::Limited { what: TEST_TOO_SOON, wait });
        }
        let Some(account) = accounts::by_id(&deed.tx, deed.actor_id).await? else { return Err(ServiceError::NotThere) };
        let to = account.email.masked();
        let mail = TestMail {
            to: account.email,
            username: account.username,
            at: now,
            requester_ip: by.ip.to_string(),
            browser: by.browser(),
        };
        self.mailer.enqueue(&deed.tx, &Message::Test(mail), None).await?;
        deed.commit(Note::of(AuditAction::TestMailSent).about(&to)).await?;
        self.mailer.wake();
        let text = format!("Sending a test email to {to}. Its delivery status appears below.");
        Ok(Done::go(paths::ADMIN_MAIL).saying(NoticeKind::Success, text))
    }
}

async fn listed(deed: &Deed<'_>, id: &str) -> Result<Queued, ServiceError> {
    let Ok(id) = Uuid::try_parse(id) else { return Err(ServiceError::Refused(GONE)) };
    outbox::by_id(&deed.tx, id).await?.ok_or(ServiceError::Refused(GONE))
}

/// A mail, for the audit log.
fn in_words(mail: &Queued) -> String {
    format!("{}, to {}", kinds::in_words(&mail.kind), mail.recipient_masked)
}
