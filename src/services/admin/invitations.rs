//! Inviting users to register, and revoking invitations.

use std::collections::HashMap;

use uuid::Uuid;

use super::AdminService;
use crate::crypto::FlowToken;
use crate::domain::registration_mode::CLOSED;
use crate::domain::{AuditAction, Email, FieldErrors, NoticeKind, RegistrationMode};
use crate::mail::{Link, Message};
use crate::paths;
use crate::services::audit::AuditEvent;
use crate::services::email_owner;
use crate::services::keyset::{self, Cursor, Page};
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::accounts;
use crate::store::invitations::{self, Ending, Invitation};

/// Invitations per page.
const PAGE: u8 = 50;

const HAS_ACCOUNT: &str = "This email address already has an account.";
const ENDED: &str = "This invitation was used or revoked, or it has expired.";

/// A page of the list, and the usernames of the inviting administrators whose accounts still exist.
#[derive(Clone, Debug)]
pub struct InvitationsPage {
    pub page: Page<Invitation>,
    pub names: HashMap<Uuid, String>,
}

impl AdminService<'_> {
    /// Returns a page of the invitations, either all or those for one email as typed. For an
    /// invalid email the page is empty.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator.
    pub async fn invitations(
        &self,
        address: &str,
        cursor: Cursor<Uuid>,
        by: &RequestContext,
    ) -> Result<InvitationsPage, ServiceError> {
        by.administrator()?;
        let email = if address.is_empty() { None } else { Some(Email::parse(address)) };
        let Ok(email) = email.transpose() else {
            return Ok(InvitationsPage { page: Page::empty(), names: HashMap::new() });
        };
        let db = self.core.store.reader();
        let fetch = |cursor, most| invitations::list(db, email.as_ref(), cursor, most);
        let page = keyset::page(cursor, PAGE, fetch).await?;
        let ids = page.rows.iter().filter_map(|invitation| invitation.invited_by).collect();
        Ok(InvitationsPage { names: accounts::names(db, ids).await?, page })
    }

    /// Mails an invitation, which replaces an earlier one for the same email. The email domain
    /// rules do not apply, because an administrator chose the email.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator, an error next to `email` if
    /// it is invalid or already has an account, or [`ServiceError::Refused`] if registration is
    /// closed.
    pub async fn invite(&self, email: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let admin_tx = self.begin(by).await?;
        if self.core.registration_policy.mode == RegistrationMode::Closed {
            return Err(ServiceError::Refused(CLOSED));
        }
        let mut errors = FieldErrors::default();
        let Some(email) = errors.check("email", Email::parse(email)) else { return Err(errors.into()) };
        let now = self.core.clock.now();
        if email_owner::find(&admin_tx.tx, &email, &self.core.limits, now).await?.is_some() {
            return Err(FieldErrors::one("email", HAS_ACCOUNT).into());
        }
        let replaced = invitations::end_for(&admin_tx.tx, &email, Ending::Revoked, now).await?;
        let token = FlowToken::generate(&self.core.rng);
        let invitation = Invitation {
            id: self.core.rng.id(now),
            email: email.clone(),
            invited_by: Some(admin_tx.actor_id),
            created_at: now,
            expires_at: now + self.core.limits.invitation_lifetime,
            ending: None,
        };
        let link = Link { token: token.to_cookie(), until: invitation.expires_at };
        invitations::insert(&admin_tx.tx, invitation, token.digest()).await?;
        self.core.mailer.enqueue(&admin_tx.tx, &Message::Invitation { to: email.clone(), link }, None).await?;
        let earlier = if replaced { ", replacing an earlier one" } else { "" };
        let detail = format!("{}{earlier}", email.masked());
        admin_tx.commit(AuditEvent::of(AuditAction::InvitationSent).about(&detail)).await?;
        self.core.mailer.wake();
        let text = format!("We've sent an invitation to {}.", email.as_str());
        Ok(NextStep::go(paths::ADMIN_INVITATIONS).with_notice(NoticeKind::Success, text))
    }

    /// Revokes an invitation by id. Its link stops working, and a registration that was started
    /// with it cannot be finished.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user is not an administrator or the invitation does not
    /// exist, or [`ServiceError::Refused`] if it has already ended.
    pub async fn revoke_invitation(&self, id: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let admin_tx = self.begin(by).await?;
        let Ok(id) = Uuid::try_parse(id) else { return Err(ServiceError::NotFound) };
        let invitation = invitations::by_id(&admin_tx.tx, id).await?.ok_or(ServiceError::NotFound)?;
        if !invitations::revoke(&admin_tx.tx, id, self.core.clock.now()).await? {
            return Err(ServiceError::Refused(ENDED));
        }
        admin_tx.commit(AuditEvent::of(AuditAction::InvitationRevoked).about(&invitation.email.masked())).await?;
        let text = format!("Invitation for {} revoked.", invitation.email.as_str());
        Ok(NextStep::go(paths::ADMIN_INVITATIONS).with_notice(NoticeKind::Success, text))
    }
}
