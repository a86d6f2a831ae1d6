//! What the page that waits for a code says about the email on its way.

use portal::mail::transport::SendError;
use portal::mail::transport::memory::Behavior;
use portal::store::outbox::MailFault;

use crate::harness::app::PASSWORD;
use crate::harness::{Client, Mode, TestApp};

const REFUSED: &str = "accept email for this address";
const DELAYED: &str = "The email is delayed";

fn fails(fault: MailFault) -> Behavior {
    Behavior::Fail(SendError::new(fault, "as the mail server said"))
}

/// Browsers that wait for a code sent to an email with an account and to one without, by registration and by recovery,
/// with the page on which they wait.
async fn waiting(app: &TestApp) -> Vec<(Client, &'static str)> {
    app.account("ann", "ann@x.example").await;
    let mut waiting = Vec::new();
    for (username, email) in [("bob", "bob@x.example"), ("cleo", "ann@x.example")] {
        let mut client = app.client(Mode::Form);
        client.register(username, email, PASSWORD).await;
        waiting.push((client, "/verify"));
        let mut client = app.client(Mode::Form);
        client.post("/recover", &[("email", email)]).await;
        waiting.push((client, "/recover/verify"));
    }
    waiting
}

#[tokio::test]
async fn a_refused_recipient_is_named_alike_for_known_and_unknown_emails() {
    let app = TestApp::new().await;
    let mut waiting = waiting(&app).await;
    app.mail_fares(fails(MailFault::Recipient));
    app.deliver().await;
    for (client, path) in &mut waiting {
        let page = client.get(path).await.body;
        assert!(page.contains(REFUSED) && !page.contains(DELAYED), "{path}: {page}");
        assert!(*path != "/verify" || page.contains("<details open"), "the form that corrects it is open: {page}");
    }
}

#[tokio::test]
async fn a_delayed_email_is_named_alike_for_known_and_unknown_emails_until_it_is_sent() {
    for fault in [MailFault::Temporary, MailFault::Settings, MailFault::Unconfirmed] {
        let app = TestApp::new().await;
        let mut waiting = waiting(&app).await;
        for (client, path) in &mut waiting {
            assert!(!client.get(path).await.body.contains(DELAYED), "not before the first attempt");
        }
        app.mail_fares(fails(fault));
        app.deliver().await;
        for (client, path) in &mut waiting {
            let page = client.get(path).await.body;
            assert!(page.contains(DELAYED) && !page.contains(REFUSED), "{path}: {page}");
        }
        app.mail_fares(Behavior::Accept);
        app.advance(150);
        app.deliver().await;
        for (client, path) in &mut waiting {
            assert!(!client.get(path).await.body.contains(DELAYED), "{path} after the email was sent");
        }
    }
}

#[tokio::test]
async fn a_refused_new_email_is_named_on_the_page_of_its_code() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut ann = app.form();
    ann.sign_in("ann", PASSWORD).await;
    ann.post("/account/email", &[("email", "new@x.example")]).await;
    app.mail_fares(fails(MailFault::Recipient));
    app.deliver().await;
    assert!(ann.get("/account/email/verify").await.body.contains(REFUSED));
}
