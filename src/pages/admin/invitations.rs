//! `/admin/invitations`: sends, lists and revokes invitations.

use leptos::either::Either;
use leptos::prelude::*;

use super::visitor;
use crate::api::admin::{AdminView, InvitationState, InvitationView, InvitationsView};
use crate::islands::{EnhancedForm, Field, Flash, Form, LocalTime};
use crate::api::View;
use crate::ui::{ActionButton, AdminArea, Cell, EmptyList, Filters, Pager, PlainRefusal, Section, Table, TextCell, TextFilter};
use crate::domain::RegistrationMode;
use crate::paths;

const CLOSED: &str = "Invitations can't be used while registration is closed. To allow them, set \
                      PORTAL_REGISTRATION to open or invitation and restart the portal.";

#[component]
pub fn InvitationsPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Invitations(list)) = visitor.view.clone() else { return None };
    let flash = visitor.flash.clone();
    let mode = visitor.registration;
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_INVITATIONS heading="Invitations">
            <Invite flash=flash.clone() mode />
            <List list flash />
        </AdminArea>
    })
}

#[component]
fn Invite(flash: Flash, mode: RegistrationMode) -> impl IntoView {
    let body = match mode {
        RegistrationMode::Closed => Either::Left(view! { <p>{CLOSED}</p> }),
        RegistrationMode::Open | RegistrationMode::Invitation => {
            let form = Form::to(paths::ADMIN_INVITATIONS_SEND, &flash)
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
fn List(list: InvitationsView, flash: Flash) -> impl IntoView {
    let InvitationsView { address, invitations, neighbours } = list;
    let narrowed = !address.is_empty();
    view! {
        <Section title="Invitations">
            <PlainRefusal flash action=paths::ADMIN_INVITATIONS_REVOKE />
            <Filters action=paths::ADMIN_INVITATIONS narrowed>
                <TextFilter name="address" label="Search by email" value=address />
            </Filters>
            <InvitationTable invitations narrowed />
            <Pager newer=neighbours.newer older=neighbours.older />
        </Section>
    }
}

#[component]
fn InvitationTable(invitations: Vec<InvitationView>, narrowed: bool) -> impl IntoView {
    if invitations.is_empty() {
        let words = if narrowed {
            "No invitations match. Change or clear the filters."
        } else {
            "No invitations yet. Send one above."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = invitations.into_iter().map(|invitation| view! { <Invitation invitation /> }).collect();
    Either::Right(view! {
        <Table caption="Invitations" columns=vec!["Email", "State", "Invited by", "Sent", "Expires", "Actions"]>
            {rows}
        </Table>
    })
}

#[component]
fn Invitation(invitation: InvitationView) -> impl IntoView {
    let InvitationView { id, address, invited_by, sent_at, expires_at, state } = invitation;
    let revoke = (state == InvitationState::Waiting).then(|| {
        let (about, hidden) = (address.clone(), vec![("id", id)]);
        view! { <ActionButton action=paths::ADMIN_INVITATIONS_REVOKE label="Revoke" about hidden danger=true /> }
    });
    view! {
        <tr role="row">
            <TextCell of="Email" text=address />
            <Cell of="State">{state.label()}</Cell>
            <TextCell of="Invited by" text=invited_by />
            <Cell of="Sent">
                <LocalTime at=sent_at.0 with_time=true />
            </Cell>
            <Cell of="Expires">
                <LocalTime at=expires_at.0 with_time=true />
            </Cell>
            <Cell of="Actions">{revoke}</Cell>
        </tr>
    }
}
