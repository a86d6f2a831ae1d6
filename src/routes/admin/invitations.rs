//! `/admin/invitations`: sends, lists and revokes invitations.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::domain::{RegistrationMode, Timestamp};
use crate::islands::{ApiError, Flash};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::query::{Neighbors, Query};
use crate::services::admin::InvitationsPage;
use crate::store::invitations::{Ending, Invitation};
use crate::ui::{
    ActionButton, AdminArea, Cell, EnhancedForm, Field, Filters, Form, ListTable, LocalTime, Pager, PlainRefusal,
    Section, TextCell, TextFilter,
};

const CLOSED: &str = "Invitations can't be used while registration is closed. To allow them, set \
                      PORTAL_REGISTRATION to open or invitation and restart the portal.";

pub const PAGE: Page =
    Page { path: paths::ADMIN_INVITATIONS, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let query = Query::of(request.uri);
    let address = query.word("address");
    let InvitationsPage { page, names } = request.state.admin().invitations(address, query.place(), request.by).await?;
    let Neighbors { newer, older } = query.neighbors(&page, |invitation| invitation.id.to_string());
    let address = address.to_owned();
    Ok(Document::new("Invitations", move |context| {
        let (flash, mode, now) = (context.flash.clone(), context.registration, context.now);
        let narrowed = !address.is_empty();
        let row = |invitation: Invitation| {
            let name = invitation.invited_by.and_then(|id| names.get(&id));
            let invited_by = name.cloned().unwrap_or_else(|| "Deleted account".to_owned());
            view! { <InvitationRow invitation invited_by now /> }
        };
        let rows: Vec<_> = page.rows.into_iter().map(row).collect();
        view! {
            <AdminArea context here=paths::ADMIN_INVITATIONS heading="Invitations">
                <InviteSection flash=flash.clone() mode />
                <Section title="Invitations">
                    <PlainRefusal flash action=RevokeInvitation::PATH />
                    <Filters action=paths::ADMIN_INVITATIONS narrowed>
                        <TextFilter name="address" label="Search by email" value=address />
                    </Filters>
                    <ListTable
                        caption="Invitations"
                        columns=vec!["Email", "State", "Invited by", "Sent", "Expires", "Actions"]
                        rows
                        items="invitations"
                        narrowed
                        empty="No invitations yet. Send one above."
                    />
                    <Pager newer older />
                </Section>
            </AdminArea>
        }
    }))
}

#[component]
fn InviteSection(flash: Flash, mode: RegistrationMode) -> impl IntoView {
    let body = match mode {
        RegistrationMode::Closed => Either::Left(view! { <p>{CLOSED}</p> }),
        RegistrationMode::Open | RegistrationMode::Invitation => {
            let form = Form::to(Invite::PATH, &flash)
                .field(
                    Field::email("email", "Email")
                        .autocomplete("off")
                        .hint("We'll email a single-use link. It replaces an earlier invitation to the same email."),
                )
                .submit("Send invitation", "Sending…");
            Either::Right(view! { <EnhancedForm form /> })
        }
    };
    view! { <Section title="Invite someone">{body}</Section> }
}

#[component]
fn InvitationRow(invitation: Invitation, invited_by: String, now: Timestamp) -> impl IntoView {
    let address = invitation.email.as_str().to_owned();
    let (state, pending) = match invitation.ending {
        Some(Ending::Used) => ("Used", false),
        Some(Ending::Revoked) => ("Revoked", false),
        None if invitation.waits(now) => ("Pending", true),
        None => ("Expired", false),
    };
    let revoke = pending.then(|| {
        let (about, hidden) = (address.clone(), vec![("id", invitation.id.to_string())]);
        view! { <ActionButton action=RevokeInvitation::PATH label="Revoke" about hidden danger=true /> }
    });
    view! {
        <tr role="row">
            <TextCell of="Email" text=address />
            <Cell of="State">{state}</Cell>
            <TextCell of="Invited by" text=invited_by />
            <Cell of="Sent">
                <LocalTime at=invitation.created_at.0 with_time=true />
            </Cell>
            <Cell of="Expires">
                <LocalTime at=invitation.expires_at.0 with_time=true />
            </Cell>
            <Cell of="Actions">{revoke}</Cell>
        </tr>
    }
}

/// Emails an invitation to register.
///
/// # Errors
/// A message for `email`.
#[server(prefix = "", endpoint = "admin/invitations/send")]
pub async fn invite(#[server(default)] email: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<Invite>()?.keep("email", &email);
    let outcome = post.state.admin().invite(&email, &post.requester).await;
    post.answer(outcome).await
}

/// Revokes an invitation.
///
/// # Errors
/// A message if it is no longer pending.
#[server(prefix = "", endpoint = "admin/invitations/revoke")]
pub async fn revoke_invitation(#[server(default)] id: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<RevokeInvitation>()?;
    let outcome = post.state.admin().revoke_invitation(&id, &post.requester).await;
    post.answer(outcome).await
}
