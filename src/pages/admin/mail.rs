//! `/admin/mail`: the outbox with its history, and the test email.

use leptos::either::Either;
use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, QueuedMailView};
use crate::ui::{ActionButton, AdminArea, Cell, EmptyList, Filters, Pager, PlainRefusal, Section, SelectFilter, Table, TextCell};
use crate::islands::LocalTime;
use crate::domain::Timestamp;
use crate::paths;

#[component]
pub fn MailPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Mail(queue)) = visitor.view.clone() else { return None };
    let refusal = [paths::ADMIN_MAIL_TEST, paths::ADMIN_MAIL_RETRY, paths::ADMIN_MAIL_DROP]
        .map(|action| view! { <PlainRefusal flash=visitor.flash.clone() action /> });
    let [refused_test, refused_retry, refused_drop] = refusal;
    let narrowed = queue.narrowed();
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_MAIL heading="Email">
            <Section title="Test email">
                {refused_test}
                <p>"Send a test email to yourself. Its delivery status appears below."</p>
                <ActionButton action=paths::ADMIN_MAIL_TEST label="Send test email" />
            </Section>
            <Section title="Outbox">
                {refused_retry}
                {refused_drop}
                <Filters action=paths::ADMIN_MAIL narrowed>
                    <SelectFilter name="state" label="State" options=queue.states chosen=queue.state />
                    <SelectFilter name="kind" label="Type" options=queue.kinds chosen=queue.kind />
                </Filters>
                <Mails mails=queue.mails narrowed />
                <Pager newer=queue.neighbours.newer older=queue.neighbours.older />
            </Section>
        </AdminArea>
    })
}

#[component]
fn Mails(mails: Vec<QueuedMailView>, narrowed: bool) -> impl IntoView {
    if mails.is_empty() {
        let words = if narrowed {
            "No emails match. Change or clear the filters."
        } else {
            "No emails yet. Send a test email to see one here."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = mails.into_iter().map(|mail| view! { <Mail mail /> }).collect();
    Either::Right(view! {
        <Table
            caption="Outbox"
            columns=vec!["Created", "Type", "To", "State", "Attempts", "Last error", "Next attempt", "Sent", "Actions"]
        >
            {rows}
        </Table>
    })
}

#[component]
fn Mail(mail: QueuedMailView) -> impl IntoView {
    let time = |at: Option<Timestamp>| at.map(|at| view! { <LocalTime at=at.0 with_time=true /> });
    let about = format!("{}, {}", mail.kind, mail.recipient);
    let hidden = vec![("mail", mail.id)];
    let retry = mail.may_retry.then(|| {
        let (about, hidden) = (about.clone(), hidden.clone());
        view! { <ActionButton action=paths::ADMIN_MAIL_RETRY label="Try again" about hidden /> }
    });
    let drop = mail.may_drop.then(|| {
        view! { <ActionButton action=paths::ADMIN_MAIL_DROP label="Cancel" about hidden danger=true /> }
    });
    view! {
        <tr role="row">
            <Cell of="Created">{time(Some(mail.created_at))}</Cell>
            <Cell of="Type">{mail.kind}</Cell>
            <TextCell of="To" text=mail.recipient />
            <Cell of="State">{mail.state}</Cell>
            <Cell of="Attempts" number=true>
                {mail.attempts}
            </Cell>
            <TextCell of="Last error" text=mail.error />
            <Cell of="Next attempt">{time(mail.next_at)}</Cell>
            <Cell of="Sent">{time(mail.sent_at)}</Cell>
            <Cell of="Actions">{retry} {drop}</Cell>
        </tr>
    }
}
