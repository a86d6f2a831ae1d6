//! The export of all data about a user: no passwords, digests or secrets, and nothing about other
//! users.

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::StoreError;
use super::entity::{
    account, email_change, invitation, known_device, otp, outbox, passkey, recovery_code, security_event, session,
    totp, trusted_browser,
};
use crate::domain::Timestamp;

/// The data stored about one account.
#[derive(Clone, Debug, Serialize)]
pub struct AccountExport {
    account: AccountPart,
    sessions: Vec<SessionPart>,
    known_devices: Vec<DevicePart>,
    trusted_browsers: Vec<BrowserPart>,
    two_step_sign_in: TwoStepPart,
    passkeys: Vec<PasskeyPart>,
    email_changes: Vec<ChangePart>,
    invitations: Vec<InvitationPart>,
    codes: Vec<CodePart>,
    security_log: Vec<EventPart>,
}

#[derive(Clone, Debug, Serialize)]
struct AccountPart {
    username: String,
    email: String,
    role: String,
    created_at: Option<String>,
    verified_at: Option<String>,
    password_changed_at: Option<String>,
    last_sign_in_at: Option<String>,
    last_sign_in_from: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct SessionPart {
    began_at: Option<String>,
    last_seen_at: Option<String>,
    remembered: bool,
    from: Option<String>,
    browser: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct DevicePart {
    first_seen_at: Option<String>,
    last_seen_at: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct BrowserPart {
    browser: String,
    from: String,
    trusted_at: Option<String>,
    last_used_at: Option<String>,
    expires_at: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct TwoStepPart {
    authenticator_app_since: Option<String>,
    recovery_codes_left: usize,
}

#[derive(Clone, Debug, Serialize)]
struct PasskeyPart {
    name: String,
    created_at: Option<String>,
    last_used_at: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ChangePart {
    from: String,
    to: String,
    asked_at: Option<String>,
    confirmed_at: Option<String>,
    undone_at: Option<String>,
}

/// An invitation sent to the user's email.
#[derive(Clone, Debug, Serialize)]
struct InvitationPart {
    email: String,
    sent_at: Option<String>,
    expires_at: Option<String>,
    /// What ended it before it expired, and when.
    ended_by: Option<String>,
    ended_at: Option<String>,
}

/// A code issued for the user's email, and its message.
#[derive(Clone, Debug, Serialize)]
struct CodePart {
    purpose: String,
    asked_for_from: String,
    issued_at: Option<String>,
    expires_at: Option<String>,
    used_at: Option<String>,
    tries: i32,
    mail: Option<MailPart>,
}

#[derive(Clone, Debug, Serialize)]
struct MailPart {
    kind: String,
    state: String,
    written_at: Option<String>,
    sent_at: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct EventPart {
    what: String,
    about: Option<String>,
    at: Option<String>,
    from: String,
    browser: String,
}

/// Collects the data about an account. Returns `None` if the account does not exist.
pub async fn collect(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<AccountExport>, StoreError> {
    let Some(account) = account::Entity::find_by_id(account_id).one(db).await? else { return Ok(None) };
    let sessions = session::Entity::find().filter(session::Column::AccountId.eq(account_id)).all(db).await?;
    let devices = known_device::Entity::find().filter(known_device::Column::AccountId.eq(account_id)).all(db).await?;
    let browsers =
        trusted_browser::Entity::find().filter(trusted_browser::Column::AccountId.eq(account_id)).all(db).await?;
    let totp = totp::Entity::find_by_id(account_id).one(db).await?;
    let recovery_codes = recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.eq(account_id))
        .filter(recovery_code::Column::UsedAt.is_null())
        .all(db)
        .await?;
    let passkeys = passkey::Entity::find().filter(passkey::Column::AccountId.eq(account_id)).all(db).await?;
    let changes = email_change::Entity::find().filter(email_change::Column::AccountId.eq(account_id)).all(db).await?;
    let events = security_event::Entity::find()
        .filter(security_event::Column::AccountId.eq(account_id))
        .order_by_desc(security_event::Column::Id)
        .all(db)
        .await?;
    let invitations =
        invitation::Entity::find().filter(invitation::Column::EmailKey.eq(&account.email_key)).all(db).await?;
    Ok(Some(AccountExport {
        codes: codes(db, &account.email_key).await?,
        account: account.into(),
        sessions: sessions.into_iter().map(Into::into).collect(),
        known_devices: devices.into_iter().map(Into::into).collect(),
        trusted_browsers: browsers.into_iter().map(Into::into).collect(),
        two_step_sign_in: TwoStepPart {
            authenticator_app_since: totp.and_then(|totp| moment_if(totp.confirmed_at)),
            recovery_codes_left: recovery_codes.len(),
        },
        passkeys: passkeys.into_iter().map(Into::into).collect(),
        email_changes: changes.into_iter().map(Into::into).collect(),
        invitations: invitations.into_iter().map(Into::into).collect(),
        security_log: events.into_iter().map(Into::into).collect(),
    }))
}

async fn codes(db: &impl ConnectionTrait, email_key: &str) -> Result<Vec<CodePart>, StoreError> {
    let issued = otp::Entity::find()
        .filter(otp::Column::EmailKey.eq(email_key))
        .order_by_desc(otp::Column::IssuedAt)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = issued.iter().map(|code| code.id).collect();
    let mails = outbox::Entity::find().filter(outbox::Column::OtpId.is_in(ids)).all(db).await?;
    let part = |code: otp::Model| {
        let mail = mails.iter().find(|mail| mail.otp_id == Some(code.id));
        CodePart {
            purpose: code.purpose,
            asked_for_from: code.requester_ip,
            issued_at: moment(Timestamp(code.issued_at)),
            expires_at: moment(Timestamp(code.expires_at)),
            used_at: moment_if(code.consumed_at.map(Timestamp)),
            tries: code.attempts,
            mail: mail.map(|mail| MailPart {
                kind: mail.kind.clone(),
                state: mail.state.as_str().to_owned(),
                written_at: moment(mail.created_at),
                sent_at: moment_if(mail.sent_at),
            }),
        }
    };
    Ok(issued.into_iter().map(part).collect())
}

impl From<account::Model> for AccountPart {
    fn from(row: account::Model) -> Self {
        Self {
            username: row.username.as_str().to_owned(),
            email: row.email.as_str().to_owned(),
            role: row.role.as_str().to_owned(),
            created_at: moment(row.created_at),
            verified_at: moment(row.verified_at),
            password_changed_at: moment(row.password_changed_at),
            last_sign_in_at: moment_if(row.last_sign_in_at),
            last_sign_in_from: row.last_sign_in_ip,
        }
    }
}

impl From<session::Model> for SessionPart {
    fn from(row: session::Model) -> Self {
        let begun = super::sessions::begun(&row.data);
        Self {
            began_at: moment(row.created_at),
            last_seen_at: moment(row.last_seen_at),
            remembered: row.remember,
            from: begun.as_ref().map(|it| it.ip.clone()),
            browser: begun.map(|it| it.user_agent),
        }
    }
}

impl From<known_device::Model> for DevicePart {
    fn from(row: known_device::Model) -> Self {
        Self { first_seen_at: moment(row.first_seen_at), last_seen_at: moment(row.last_seen_at) }
    }
}

impl From<trusted_browser::Model> for BrowserPart {
    fn from(row: trusted_browser::Model) -> Self {
        Self {
            browser: row.user_agent,
            from: row.ip,
            trusted_at: moment(row.created_at),
            last_used_at: moment_if(row.last_used_at),
            expires_at: moment(row.expires_at),
        }
    }
}

impl From<passkey::Model> for PasskeyPart {
    fn from(row: passkey::Model) -> Self {
        Self {
            name: row.name.as_str().to_owned(),
            created_at: moment(row.created_at),
            last_used_at: moment_if(row.last_used_at),
        }
    }
}

impl From<email_change::Model> for ChangePart {
    fn from(row: email_change::Model) -> Self {
        Self {
            from: row.old_email,
            to: row.email,
            asked_at: moment(Timestamp(row.created_at)),
            confirmed_at: moment_if(row.confirmed_at.map(Timestamp)),
            undone_at: moment_if(row.undone_at.map(Timestamp)),
        }
    }
}

impl From<invitation::Model> for InvitationPart {
    fn from(row: invitation::Model) -> Self {
        let ended_at = row.ending.and_then(|_| moment(row.ended_at));
        Self {
            email: row.email.as_str().to_owned(),
            sent_at: moment(row.created_at),
            expires_at: moment(row.expires_at),
            ended_by: row.ending.map(|ending| ending.as_str().to_owned()),
            ended_at,
        }
    }
}

impl From<security_event::Model> for EventPart {
    fn from(row: security_event::Model) -> Self {
        Self { what: row.kind, about: row.detail, at: moment(row.at), from: row.ip, browser: row.user_agent }
    }
}

/// Formats a time as RFC 3339, in UTC.
fn moment(at: Timestamp) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000).ok()?;
    at.format(&Rfc3339).ok()
}

fn moment_if(at: Option<Timestamp>) -> Option<String> {
    at.and_then(moment)
}
