//! The content of the database after the program was killed.

use std::path::Path;

use portal::clock::Clock;
use portal::store::Store;
use sea_orm::{ConnectionTrait as _, FromQueryResult, Statement};

const REMAINS: &str = "SELECT (SELECT COUNT(*) FROM email_verification) AS registrations, \
    (SELECT COUNT(*) FROM email_verification flow JOIN otp ON flow_id = flow.id JOIN outbox ON outbox.otp_id = otp.id \
     WHERE state = 'sent' AND payload IS NULL \
     OR state = 'waiting' AND payload IS NOT NULL AND next_attempt_at <= (unixepoch() + 41) * 1000) AS whole, \
    (SELECT COUNT(*) FROM otp) AS codes, (SELECT COUNT(*) FROM outbox) AS mails, \
    (SELECT COALESCE(group_concat(username), '') FROM email_verification) AS usernames, \
    (SELECT group_concat(integrity_check) FROM pragma_integrity_check) AS integrity";

#[derive(Debug, FromQueryResult)]
pub(crate) struct CrashState {
    pub(crate) registrations: i64,
    /// Registrations with a code whose email was sent, or is due within
    /// the 40 s after which a code is retried at the latest, in whole seconds.
    pub(crate) whole: i64,
    pub(crate) codes: i64,
    pub(crate) mails: i64,
    /// Separated by commas.
    usernames: String,
    /// `ok`, or what SQLite found wrong.
    pub(crate) integrity: String,
}

impl CrashState {
    pub(crate) async fn of(folder: &Path) -> Self {
        let url = format!("sqlite://{}", folder.join("data/portal.db").display());
        let store = Store::open(&url, Clock::System).await.expect("the database opens");
        let db = store.reader();
        let query = Statement::from_string(db.get_database_backend(), REMAINS);
        let remains = Self::find_by_statement(query).one(db).await.expect("the query succeeds").expect("a row");
        store.close().await.expect("it closes");
        remains
    }

    pub(crate) fn holds(&self, username: &str) -> bool {
        self.usernames.split(',').any(|held| held == username)
    }
}
