//! An invitation that is revoked while its guest verifies the email.

use futures::future::join3;
use portal::crypto::FlowToken;
use portal::services::{RequestContext, ServiceError};

use super::{BY_INVITATION, GUEST, PASSWORD, audit, invite, opened, portal, states};
use crate::admin::denied::{member, request_of};
use crate::harness::Mode;

/// Registration is open, but emails of the guest's domain need an invitation.
const DENIED: &[(&str, &str)] = &[("PORTAL_EMAIL_DOMAINS_DENIED", "x.example")];

#[tokio::test]
async fn an_invitation_revoked_between_the_code_check_and_the_account_creates_none() {
    for settings in [BY_INVITATION, DENIED] {
        let (app, mut ann) = portal(Mode::Form, settings).await;
        let link = invite(&app, &mut ann, GUEST).await;
        let mut guest = opened(&app, Mode::Form, &link).await;
        assert_eq!(guest.register("guest", GUEST, PASSWORD).await.location().as_deref(), Some("/verify"));
        let code = app.code_for(GUEST).await;
        let hex = app.text("SELECT hex(id) FROM invitation").await;
        let id = uuid::Uuid::try_parse(&hex).expect("an id").to_string();
        let flow = FlowToken::parse(guest.cookies.get("portal_flow").expect("the registration's cookie"));
        let by_guest = RequestContext { flow, ..request_of(None) };
        let by_ann = request_of(Some(member(&app, "ann").await));
        // Writers wait for the write lock in order. The guest writes twice: once to record the attempt and once
        // to create the account. Ann is second in line, and writes between the two.
        let turn = app.state.store.write().await.expect("the write lock");
        let (proven, revoked, ()) = join3(
            Box::pin(app.state.registration().verify(&code, &by_guest)),
            Box::pin(app.state.admin().revoke_invitation(&id, &by_ann)),
            async { drop(turn) },
        )
        .await;
        assert!(revoked.is_ok(), "{revoked:?}");
        let Err(ServiceError::Redirect(step)) = proven else { panic!("{proven:?}") };
        assert_eq!(step.to, "/register");
        assert_eq!(states(&app).await, ["revoked"]);
        assert_eq!(audit(&app).await, ["invitation_sent g***@x.example", "invitation_revoked g***@x.example"]);
        assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1, "only ann's");
        assert_eq!(
            app.count("SELECT tries FROM email_verification WHERE username = 'guest'").await,
            1,
            "the attempt was recorded"
        );
        assert_eq!(guest.verify(&code).await.location().as_deref(), Some("/register"));
    }
}
