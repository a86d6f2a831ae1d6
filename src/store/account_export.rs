//! The export of all data about a user: no passwords, digests or secrets, and nothing about other
//! users.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColIdx, ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait, IntoSimpleExpr as _, PartialModelTrait,
    QueryFilter as _, QueryOrder as _, QueryResult, Select, TryGetError, TryGetable,
};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::entity::{
    account, email_change, invitation, known_device, otp, outbox, passkey, security_event, session, totp,
    trusted_browser,
};
use super::{StoreError, email_verifications, recovery_codes};
use crate::datetime::rfc3339_millis;
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

#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "account::Entity")]
struct AccountPart {
    #[serde(skip)]
    email_key: String,
    username: String,
    email: String,
    role: String,
    created_at: Moment,
    verified_at: Moment,
    password_changed_at: Moment,
    last_sign_in_at: Option<Moment>,
    #[sea_orm(from_col = "last_sign_in_ip")]
    last_sign_in_from: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct SessionPart {
    began_at: Moment,
    last_seen_at: Moment,
    remembered: bool,
    from: Option<String>,
    browser: Option<String>,
}

#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "known_device::Entity")]
struct DevicePart {
    first_seen_at: Moment,
    last_seen_at: Moment,
}

#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "trusted_browser::Entity")]
struct BrowserPart {
    #[sea_orm(from_col = "user_agent")]
    browser: String,
    #[sea_orm(from_col = "ip")]
    from: String,
    #[sea_orm(from_col = "created_at")]
    trusted_at: Moment,
    last_used_at: Option<Moment>,
    expires_at: Moment,
}

#[derive(Clone, Debug, Serialize)]
struct TwoStepPart {
    authenticator_app_since: Option<Moment>,
    recovery_codes_left: u64,
}

#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "passkey::Entity")]
struct PasskeyPart {
    name: String,
    created_at: Moment,
    last_used_at: Option<Moment>,
}

#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "email_change::Entity")]
struct ChangePart {
    #[sea_orm(from_col = "old_email")]
    from: String,
    #[sea_orm(from_col = "email")]
    to: String,
    #[sea_orm(from_col = "created_at")]
    asked_at: Moment,
    confirmed_at: Option<Moment>,
    undone_at: Option<Moment>,
}

/// An invitation sent to the user's email.
#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "invitation::Entity")]
struct InvitationPart {
    email: String,
    #[sea_orm(from_col = "created_at")]
    sent_at: Moment,
    expires_at: Moment,
    /// What ended it before it expired, and when.
    #[sea_orm(from_col = "ending")]
    ended_by: Option<String>,
    #[sea_orm(from_expr = "ended_early()")]
    ended_at: Option<Moment>,
}

/// A code issued for the user's email, and its message.
#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "otp::Entity")]
struct CodePart {
    #[serde(skip)]
    id: Uuid,
    purpose: String,
    #[sea_orm(from_col = "requester_ip")]
    asked_for_from: String,
    issued_at: Moment,
    expires_at: Moment,
    #[sea_orm(from_col = "consumed_at")]
    used_at: Option<Moment>,
    #[sea_orm(from_col = "attempts")]
    tries: i32,
    #[sea_orm(skip)]
    mail: Option<MailPart>,
}

#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "outbox::Entity")]
struct MailPart {
    #[serde(skip)]
    otp_id: Option<Uuid>,
    kind: String,
    state: String,
    #[sea_orm(from_col = "created_at")]
    written_at: Moment,
    sent_at: Option<Moment>,
}

#[derive(Clone, Debug, Serialize, DerivePartialModel)]
#[sea_orm(entity = "security_event::Entity")]
struct EventPart {
    #[sea_orm(from_col = "kind")]
    what: String,
    #[sea_orm(from_col = "detail")]
    about: Option<String>,
    at: Moment,
    #[sea_orm(from_col = "ip")]
    from: String,
    #[sea_orm(from_col = "user_agent")]
    browser: String,
}

/// A time, exported as RFC 3339.
#[derive(Clone, Copy, Debug)]
struct Moment(Timestamp);

impl TryGetable for Moment {
    fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
        Timestamp::try_get_by(row, column).map(Self)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        rfc3339_millis(self.0).serialize(serializer)
    }
}

/// Collects the data about an account. Returns `None` if the account does not exist.
pub async fn collect(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<AccountExport>, StoreError> {
    let account = account::Entity::find_by_id(account_id).into_partial_model::<AccountPart>().one(db).await?;
    let Some(account) = account else { return Ok(None) };
    let totp = totp::Entity::find_by_id(account_id).one(db).await?;
    let sessions = session::Entity::find().filter(session::Column::AccountId.eq(account_id)).all(db).await?;
    let devices = known_device::Entity::find().filter(known_device::Column::AccountId.eq(account_id));
    let browsers = trusted_browser::Entity::find().filter(trusted_browser::Column::AccountId.eq(account_id));
    let passkeys = passkey::Entity::find().filter(passkey::Column::AccountId.eq(account_id));
    let changes = email_change::Entity::find().filter(email_change::Column::AccountId.eq(account_id));
    let invitations = invitation::Entity::find().filter(invitation::Column::EmailKey.eq(&account.email_key));
    let events = security_event::Entity::find()
        .filter(security_event::Column::AccountId.eq(account_id))
        .order_by_desc(security_event::Column::Id);
    let mut email_changes: Vec<ChangePart> = all(db, changes).await?;
    let pending = email_verifications::email_change(db, account_id).await?;
    email_changes.extend(pending.map(|change| ChangePart {
        from: account.email.clone(),
        to: change.email.as_str().to_owned(),
        asked_at: Moment(change.created_at),
        confirmed_at: None,
        undone_at: None,
    }));
    Ok(Some(AccountExport {
        sessions: sessions.into_iter().map(Into::into).collect(),
        known_devices: all(db, devices).await?,
        trusted_browsers: all(db, browsers).await?,
        two_step_sign_in: TwoStepPart {
            authenticator_app_since: totp.and_then(|totp| totp.confirmed_at).map(Moment),
            recovery_codes_left: recovery_codes::left(db, account_id).await?,
        },
        passkeys: all(db, passkeys).await?,
        email_changes,
        invitations: all(db, invitations).await?,
        codes: codes(db, &account.email_key).await?,
        security_log: all(db, events).await?,
        account,
    }))
}

async fn all<E: EntityTrait, P: PartialModelTrait>(
    db: &impl ConnectionTrait,
    query: Select<E>,
) -> Result<Vec<P>, StoreError> {
    Ok(query.into_partial_model().all(db).await?)
}

async fn codes(db: &impl ConnectionTrait, email_key: &str) -> Result<Vec<CodePart>, StoreError> {
    let issued = otp::Entity::find().filter(otp::Column::EmailKey.eq(email_key)).order_by_desc(otp::Column::IssuedAt);
    let mut codes: Vec<CodePart> = all(db, issued).await?;
    let ids: Vec<Uuid> = codes.iter().map(|code| code.id).collect();
    let mails: Vec<MailPart> = all(db, outbox::Entity::find().filter(outbox::Column::OtpId.is_in(ids))).await?;
    for code in &mut codes {
        code.mail = mails.iter().find(|mail| mail.otp_id == Some(code.id)).cloned();
    }
    Ok(codes)
}

/// When an invitation ended, if it ended before it expired.
fn ended_early() -> Expr {
    Expr::case(invitation::Column::Ending.is_not_null(), invitation::Column::EndedAt.into_simple_expr()).into()
}

impl From<session::Model> for SessionPart {
    fn from(row: session::Model) -> Self {
        let begun = super::sessions::begun(&row.data);
        Self {
            began_at: Moment(row.created_at),
            last_seen_at: Moment(row.last_seen_at),
            remembered: row.remember,
            from: begun.as_ref().map(|it| it.ip.clone()),
            browser: begun.map(|it| it.user_agent),
        }
    }
}
