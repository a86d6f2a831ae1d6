//! `/admin/invitations`: who was invited to register.

use leptos::either::Either;
use leptos::prelude::*;

use super::visitor;
use crate::api::admin::{AdminView, InvitationState, InvitationView, InvitationsView};
use crate::api::{Flash, View};
use crate::components::{
    AdminArea, Cell, EmptyList, Field, Filters, Form, LocalTime, Pager, PlainForm, PlainRefusal, PostForm, Section,
    Table, TextCell, Words,
};
use crate::domain::RegistrationMode;
use crate::domain::registration_mode::CLOSED;
use crate::paths;

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
        RegistrationMode::Closed => Either::Left(view! {
            <p>{CLOSED} " Nobody could use an invitation. Set PORTAL_REGISTRATION to open or invitation first."</p>
        }),
        RegistrationMode::Open | RegistrationMode::Invitation => {
            let form = Form::to(paths::ADMIN_INVITATIONS_SEND, &flash)
                .field(
                    Field::email("email", "Email")
                        .autocomplete("off")
                        .hint("We send a link to it, which works once. An earlier invitation of the address ends."),
                )
                .submit("Send the invitation", "Sending…");
            Either::Right(view! { <PostForm form /> })
        }
    };
    view! { <Section title="Invite somebody">{body}</Section> }
}

#[component]
fn List(list: InvitationsView, flash: Flash) -> impl IntoView {
    let InvitationsView { address, invitations, neighbours } = list;
    let narrowed = !address.is_empty();
    view! {
        <Section title="Who was invited">
            <PlainRefusal flash action=paths::ADMIN_INVITATIONS_REVOKE />
            <Filters action=paths::ADMIN_INVITATIONS narrowed>
                <Words name="address" label="Address" value=address />
            </Filters>
            <Rows invitations narrowed />
            <Pager newer=neighbours.newer older=neighbours.older />
        </Section>
    }
}

#[component]
fn Rows(invitations: Vec<InvitationView>, narrowed: bool) -> impl IntoView {
    if invitations.is_empty() {
        let words = if narrowed {
            "This address was not invited in the last weeks. Change the filter, or show all."
        } else {
            "Nobody was invited yet. Send an invitation above."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = invitations.into_iter().map(|invitation| view! { <Invitation invitation /> }).collect();
    Either::Right(view! {
        <Table caption="Who was invited" columns=vec!["Address", "State", "Invited by", "Sent", "Works until", "Do"]>
            {rows}
        </Table>
    })
}

#[component]
fn Invitation(invitation: InvitationView) -> impl IntoView {
    let InvitationView { id, address, invited_by, sent_at, expires_at, state } = invitation;
    let revoke = (state == InvitationState::Waiting).then(|| {
        let (about, hidden) = (address.clone(), vec![("id", id)]);
        view! { <PlainForm action=paths::ADMIN_INVITATIONS_REVOKE label="Revoke" about hidden danger=true /> }
    });
    view! {
        <tr role="row">
            <TextCell of="Address" text=address />
            <Cell of="State">{state.in_words()}</Cell>
            <TextCell of="Invited by" text=invited_by />
            <Cell of="Sent">
                <LocalTime at=sent_at.0 with_time=true />
            </Cell>
            <Cell of="Works until">
                <LocalTime at=expires_at.0 with_time=true />
            </Cell>
            <Cell of="Do">{revoke}</Cell>
        </tr>
    }
}
