//! Email verifications: registrations, recoveries and changes of email that need a mailed code.

use sea_orm::entity::prelude::*;

use crate::crypto::{OtpPurpose, PasswordHash};
use crate::domain::{Email, Timestamp, Username};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_verification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub purpose: OtpPurpose,
    /// The digest of the flow cookie. `None` for a change of email, which belongs to an account.
    #[sea_orm(unique)]
    pub flow_digest: Option<Vec<u8>>,
    pub account_id: Option<Uuid>,
    pub email: Email,
    pub email_key: String,
    pub address_taken: bool,
    pub tries: i32,
    pub email_changes: i32,
    /// Only for a registration.
    pub username: Option<Username>,
    /// Only for a registration that is not finished.
    pub password_hash: Option<PasswordHash>,
    pub created_at: Timestamp,
    /// Set when the code was correct but the username was no longer available.
    pub proven_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
