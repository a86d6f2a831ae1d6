//! Conversions between domain values and the numbers and texts that are stored.
//!
//! With these conversions, entities and query results hold domain types. A stored value that this
//! version cannot read is an internal error.

use std::fmt::Debug;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, Set, TryGetError, TryGetable, Value};

use super::attempts::{AttemptKind, Outcome};
use super::invitations::Ending;
use super::lineage::Lineage;
use super::mail_links::LinkPurpose;
use super::otps::SuppressionReason;
use super::outbox::{MailFault, MailState};
use crate::crypto::{OtpPurpose, PasswordHash};
use crate::domain::{Email, PasskeyName, Role, Timestamp, Username};

/// Stores a type as another, with the functions that write and read it.
macro_rules! stored {
    ($type:ty, as $raw:ty, $write:expr, $read:expr) => {
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let write: fn($type) -> $raw = $write;
                write(value).into()
            }
        }

        impl TryGetable for $type {
            fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                let read: fn($raw) -> Option<Self> = $read;
                read(<$raw>::try_get_by(row, column)?).ok_or_else(|| unreadable(stringify!($type), &column))
            }
        }

        impl ValueType for $type {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let read: fn($raw) -> Option<Self> = $read;
                read(<$raw as ValueType>::try_from(value)?).ok_or(ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($type).to_owned()
            }

            fn array_type() -> ArrayType {
                <$raw as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <$raw as ValueType>::column_type()
            }
        }

        impl Nullable for $type {
            fn null() -> Value {
                <$raw as Nullable>::null()
            }
        }

        impl IntoActiveValue<$type> for $type {
            fn into_active_value(self) -> ActiveValue<$type> {
                Set(self)
            }
        }
    };
}

fn unreadable(what: &str, column: &dyn Debug) -> TryGetError {
    let text = format!("a row contains a value that this version cannot read: {what} in the column {column:?}");
    TryGetError::DbErr(DbErr::Type(text))
}

stored!(Timestamp, as i64, |at| at.0, |millis| Some(Timestamp(millis)));
stored!(Username, as String, |name| name.as_str().to_owned(), |text| Username::parse(&text).ok());
stored!(Email, as String, |email| email.as_str().to_owned(), |text| Email::parse(&text).ok());
stored!(PasskeyName, as String, |name| name.as_str().to_owned(), |text| PasskeyName::parse(&text).ok());
stored!(PasswordHash, as String, |hash| hash.as_stored().to_owned(), |phc| Some(PasswordHash::from_stored(phc)));
// A role that this version does not know gives the fewest rights.
stored!(Role, as String, |role| role.as_str().to_owned(), |word| Some(Role::parse(&word).unwrap_or(Role::User)));
stored!(AttemptKind, as String, |kind| kind.as_str().to_owned(), |word| AttemptKind::parse(&word));
stored!(Outcome, as String, |outcome| outcome.as_str().to_owned(), |word| Outcome::parse(&word));
stored!(MailState, as String, |state| state.as_str().to_owned(), |word| MailState::parse(&word));
stored!(MailFault, as String, |fault| fault.as_str().to_owned(), |word| MailFault::parse(&word));
stored!(LinkPurpose, as String, |purpose| purpose.as_str().to_owned(), |word| LinkPurpose::parse(&word));
stored!(OtpPurpose, as String, |purpose| purpose.as_str().to_owned(), |word| OtpPurpose::parse(&word));
stored!(Ending, as String, |ending| ending.as_str().to_owned(), |word| Ending::parse(&word));
stored!(Lineage, as String, |lineage| lineage.to_text(), |text| Some(Lineage::of_text(&text)));
stored!(SuppressionReason, as String, |why| why.as_str().to_owned(), |word| SuppressionReason::parse(&word));

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

    use super::{AttemptKind, Email, Ending, LinkPurpose, MailState, OtpPurpose, Outcome, Role, SuppressionReason};
    use crate::domain::{AccountState, AuditAction, Metric, SecurityEvent};
    use crate::store::query_plan::empty_store;

    #[test]
    fn stored_words_never_change() {
        assert_eq!(Role::ALL.map(Role::as_str), ["user", "administrator"]);
        assert_eq!(AccountState::ALL.map(AccountState::as_str), ["open", "disabled", "leaving"]);
        assert_eq!(OtpPurpose::ALL.map(OtpPurpose::as_str), ["registration", "recovery", "email_change"]);
        assert_eq!(SuppressionReason::ALL.map(SuppressionReason::as_str), ["address_taken", "no_account"]);
        let kinds = "password second_factor email_code code_request unproven_form account_change";
        assert_eq!(AttemptKind::ALL.map(AttemptKind::as_str).join(" "), kinds);
        assert_eq!(Outcome::ALL.map(Outcome::as_str), ["pending", "failed", "succeeded", "forgiven"]);
        let states = ["waiting", "sent", "dead", "expired", "dropped", "decoy", "suppressed"];
        assert_eq!(MailState::ALL.map(MailState::as_str), states);
        assert_eq!(
            LinkPurpose::ALL.map(LinkPurpose::as_str),
            ["end_session", "undo_email_change", "keep_account", "undo_factor"]
        );
        assert_eq!(Ending::ALL.map(Ending::as_str), ["used", "revoked"]);
        let metrics = "registration_begun registration_finished wrong_password wrong_code second_step_failed \
                       mail_queued";
        assert_eq!(Metric::ALL.map(Metric::as_str).join(" "), metrics);
        let actions = "account_created account_disabled account_enabled account_deleted sessions_ended \
                       recovery_started two_step_reset made_administrator made_user invitation_sent \
                       invitation_revoked mail_retried mail_dropped test_mail_sent users_exported audit_exported \
                       audit_resealed";
        assert_eq!(AuditAction::ALL.map(AuditAction::as_str).join(" "), actions);
        let events = "signed_in sign_in_failed password_listed second_step_failed second_step_locked passkey_cloned \
                      session_confirmed signed_out new_device session_ended other_sessions_ended password_changed \
                      password_recovered username_changed email_change_asked email_changed email_change_undone \
                      two_step_on two_step_off app_replaced recovery_codes_made recovery_code_used passkey_added \
                      passkey_renamed passkey_removed browser_trusted browser_forgotten factors_removed data_exported \
                      deletion_scheduled deletion_cancelled made_administrator made_user account_disabled \
                      account_enabled sessions_ended recovery_started two_step_reset account_deleted";
        assert_eq!(SecurityEvent::ALL.map(SecurityEvent::as_str).join(" "), events);
    }

    #[test]
    fn every_stored_word_is_parsed_and_nothing_else() {
        assert_eq!(AuditAction::ALL.map(|action| AuditAction::parse(action.as_str())), AuditAction::ALL.map(Some));
        assert_eq!(SecurityEvent::ALL.map(|event| SecurityEvent::parse(event.as_str())), SecurityEvent::ALL.map(Some));
        assert_eq!((MailState::parse("dead"), MailState::parse("Dead")), (Some(MailState::Failed), None));
    }

    #[tokio::test]
    async fn a_value_that_cannot_be_read_is_an_error_and_an_unknown_role_has_the_fewest_rights() {
        let (store, _folder) = empty_store().await;
        let query = Statement::from_string(DbBackend::Sqlite, "SELECT 'other' AS word");
        let row = store.reader().query_one_raw(query).await.expect("a query").expect("a row");
        assert!(row.try_get::<MailState>("", "word").is_err());
        assert!(row.try_get::<Option<Ending>>("", "word").is_err());
        assert!(row.try_get::<Email>("", "word").is_err());
        assert_eq!(row.try_get("", "word"), Ok(Role::User));
    }
}
