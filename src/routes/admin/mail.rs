//! `/admin/mail`: the outbox with its history, and the test email.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::domain::Timestamp;
use crate::islands::ApiError;
use crate::mail::kinds;
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::query::{Neighbors, Query};
use crate::services::admin::MailQuery;
use crate::store::outbox::{MailState, Queued};
use crate::ui::{
    ActionButton, AdminArea, Cell, Filters, Icon, IconName, ListTable, LocalTime, Pager, PlainRefusal, Section,
    SelectFilter, TextCell,
};

const COLUMNS: [&str; 9] =
    ["Created", "Type", "To", "State", "Attempts", "Last error", "Next attempt", "Sent", "Actions"];

pub const PAGE: Page =
    Page { path: paths::ADMIN_MAIL, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let query = Query::of(request.uri);
    let filter = MailQuery { state: query.word("state"), kind: query.word("kind") };
    let page = request.state.admin().mail_queue(filter, query.place(), request.by).await?;
    let fault = request.state.admin().mail_settings_fault(request.by).await?;
    let Neighbors { newer, older } = query.neighbors(&page, |mail| mail.id.to_string());
    Ok(Document::new("Email", move |context| {
        let now = context.now;
        let [refused_test, refused_retry, refused_drop] = [SendTestMail::PATH, RetryMail::PATH, DropMail::PATH]
            .map(|action| view! { <PlainRefusal flash=context.flash.clone() action /> });
        let [state, kind] = ["state", "kind"].map(|name| query.word(name).to_owned());
        let narrowed = !state.is_empty() || !kind.is_empty();
        let states = MailState::ALL.map(|state| (state.as_str(), label(state))).to_vec();
        let rows: Vec<_> = page.rows.into_iter().map(|mail| view! { <MailRow mail now /> }).collect();
        view! {
            <AdminArea context here=paths::ADMIN_MAIL heading="Email">
                {fault.map(|reason| view! { <NeedsAttention reason /> })}
                <Section title="Test email">
                    {refused_test}
                    <p>"Send a test email to yourself. Its delivery status appears below."</p>
                    <ActionButton action=SendTestMail::PATH label="Send test email" />
                </Section>
                <Section title="Outbox">
                    {refused_retry}
                    {refused_drop}
                    <Filters action=paths::ADMIN_MAIL narrowed>
                        <SelectFilter name="state" label="State" options=states chosen=state />
                        <SelectFilter name="kind" label="Type" options=kinds::KINDS.to_vec() chosen=kind />
                    </Filters>
                    <ListTable
                        caption="Outbox"
                        columns=COLUMNS.to_vec()
                        rows
                        items="emails"
                        narrowed
                        empty="No emails yet. Send a test email to see one here."
                    />
                    <Pager newer older />
                </Section>
            </AdminArea>
        }
    }))
}

/// The mail server refuses what the settings say, so no email is delivered until an operator changes them.
#[component]
fn NeedsAttention(reason: String) -> impl IntoView {
    view! {
        <div class="alert alert-warning" role="status">
            <Icon sign=IconName::Alert />
            <p>
                <strong>"Needs attention. "</strong>
                "Emails are not delivered, because the mail server doesn't accept the portal's settings: " {reason}
                ". They will be retried."
            </p>
        </div>
    }
}

#[component]
fn MailRow(mail: Queued, now: Timestamp) -> impl IntoView {
    let time = |at: Option<Timestamp>| at.map(|at| view! { <LocalTime at=at.0 with_time=true /> });
    let kind = kinds::label(&mail.kind).to_owned();
    let about = format!("{kind}, {}", mail.recipient_masked);
    let hidden = vec![("mail", mail.id.to_string())];
    let queued = mail.state == MailState::Waiting;
    let live = mail.expires_at.is_none_or(|end| end > now);
    let retry = (mail.state == MailState::Failed && mail.kept && live).then(|| {
        let (about, hidden) = (about.clone(), hidden.clone());
        view! { <ActionButton action=RetryMail::PATH label="Try again" about hidden /> }
    });
    let drop = queued.then(|| {
        view! { <ActionButton action=DropMail::PATH label="Cancel" about hidden danger=true /> }
    });
    view! {
        <tr role="row">
            <Cell of="Created">{time(Some(mail.created_at))}</Cell>
            <Cell of="Type">{kind}</Cell>
            <TextCell of="To" text=mail.recipient_masked />
            <Cell of="State">{label(mail.state)}</Cell>
            <Cell of="Attempts" number=true>
                {mail.attempts}
            </Cell>
            <TextCell of="Last error" text=mail.last_error.unwrap_or_default() />
            <Cell of="Next attempt">{time(queued.then_some(mail.next_attempt_at))}</Cell>
            <Cell of="Sent">{time(mail.sent_at)}</Cell>
            <Cell of="Actions">{retry} {drop}</Cell>
        </tr>
    }
}

fn label(state: MailState) -> &'static str {
    match state {
        MailState::Waiting => "Queued",
        MailState::Sent => "Sent",
        MailState::Failed => "Failed",
        MailState::Expired => "Expired before sending",
        MailState::Dropped => "Canceled by an administrator",
        MailState::Decoy => "To be suppressed",
        MailState::Suppressed => "Suppressed",
    }
}

/// Queues a failed email again.
///
/// # Errors
/// A message if it can no longer be sent.
#[server(prefix = "", endpoint = "admin/mail/retry")]
pub async fn retry_mail(#[server(default)] mail: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<RetryMail>()?;
    let outcome = post.state.admin().retry_mail(&mail, &post.requester).await;
    post.answer(outcome).await
}

/// Cancels a queued email.
///
/// # Errors
/// A message if it is not queued.
#[server(prefix = "", endpoint = "admin/mail/drop")]
pub async fn drop_mail(#[server(default)] mail: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<DropMail>()?;
    let outcome = post.state.admin().drop_mail(&mail, &post.requester).await;
    post.answer(outcome).await
}

/// Sends a test email to the administrator.
///
/// # Errors
/// A message if another one was sent recently.
#[server(prefix = "", endpoint = "admin/mail/test")]
pub async fn send_test_mail() -> Result<(), ApiError> {
    let post = FormRequest::of::<SendTestMail>()?;
    let outcome = post.state.admin().send_test_mail(&post.requester).await;
    post.answer(outcome).await
}
