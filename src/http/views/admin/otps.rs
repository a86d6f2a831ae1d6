//! `/admin/otps`.

use axum::http::Uri;

use super::query::Query;
use crate::api::admin::{OtpRowView, OtpsView};
use crate::domain::{Email, otp_status};
use crate::crypto::OtpPurpose;
use crate::http::views::LoadError;
use crate::services::RequestContext;
use crate::services::admin::{OtpPage, OtpQuery};
use crate::services::keyset::Cursor;
use crate::state::AppState;
use crate::store::otps::{LoggedOtp, WINDOW};

/// Loads the page of the OTP log that the query selects.
pub(super) async fn load(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<OtpsView, LoadError> {
    let query = Query::of(uri);
    let asked = OtpQuery {
        purpose: query.word("purpose"),
        address: query.word("address"),
        requester: query.word("requester"),
        delivery: query.word("delivery"),
        outcome: query.word("outcome"),
    };
    let place = query.place();
    let OtpPage { page, cut } = state.admin.otp_log(asked, place, by).await?;
    let words = |word: &str, words: &str| (word.to_owned(), words.to_owned());
    Ok(OtpsView {
        purpose: asked.purpose.to_owned(),
        address: asked.address.to_owned(),
        requester: asked.requester.to_owned(),
        delivery: asked.delivery.to_owned(),
        outcome: asked.outcome.to_owned(),
        purposes: OtpPurpose::ALL.iter().map(|it| words(it.as_str(), it.label())).collect(),
        deliveries: otp_status::DELIVERIES.iter().map(|row| words(row.1, row.2)).collect(),
        outcomes: otp_status::OUTCOMES.iter().map(|row| words(row.1, row.2)).collect(),
        neighbours: query.neighbours(&page, |code| code.id.to_string()),
        rows: page.rows.into_iter().map(view).collect(),
        looked_through: cut.then_some(WINDOW),
        first: (place == Cursor::First).then(|| query.here()),
    })
}

fn view(code: LoggedOtp) -> OtpRowView {
    let masked = Email::parse(&code.email_key).map_or_else(|_| "***".to_owned(), |email| email.masked());
    OtpRowView {
        id: code.id.to_string(),
        purpose: OtpPurpose::from_stored(&code.purpose).map_or("Unknown", OtpPurpose::label),
        address: masked,
        requester: code.requester_ip,
        issued_at: code.issued_at,
        expires_at: code.expires_at,
        attempts: code.attempts,
        delivery: code.delivery.label(),
        outcome: code.outcome.label(),
    }
}
