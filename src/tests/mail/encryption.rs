//! Email is sent unencrypted only if `SMTP_URL` says so, and never to an unverified server.

use std::time::Duration;

use portal::mail::transport::Timeouts;
use portal::mail::{Report, Transport, Worker};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use crate::harness::mail::outbox::{Outbox, helo, server};
use crate::harness::mail::{Authority, MailServer, PASSWORD, Protection, USER};

const SENT: Report = Report { sent: 1, postponed: 0, dead: 0, expired: 0 };
const POSTPONED: Report = Report { sent: 0, postponed: 1, dead: 0, expired: 0 };

/// A worker that sends to `url` and trusts `authority`.
fn trusting(outbox: &Outbox, authority: &Authority, url: &str) -> Worker {
    let root = CertificateDer::from_pem_slice(authority.pem.as_bytes()).expect("a certificate");
    outbox.worker(Transport::smtp(server(url).trusting(root), helo(), Timeouts::RFC_5321).expect("TLS"))
}

/// Asserts that the client did not even begin an email.
fn assert_untouched(server: &MailServer) {
    assert!(server.accepted().is_empty());
    for verb in ["MAIL", "AUTH", "RCPT", "DATA"] {
        assert!(!server.commands().iter().any(|command| command == verb), "{:?}", server.commands());
    }
}

#[tokio::test]
async fn mail_is_sent_over_tls_after_signing_in() {
    let authority = Authority::issuing("localhost");
    let account = format!(
        "{}:{}",
        USER.replace('@', "%40"),
        PASSWORD.replace('@', "%40").replace('/', "%2F").replace('#', "%23")
    );
    for (protection, scheme, query) in [
        (Protection::Implicit(authority.server.clone()), "smtps", ""),
        (Protection::StartTls(authority.server.clone()), "smtp", "?tls=required"),
        (Protection::StartTls(authority.server.clone()), "smtp", ""),
    ] {
        let outbox = Outbox::new().await;
        let server = MailServer::with_password(protection).await;
        outbox.write(&outbox.code()).await;
        let worker = trusting(&outbox, &authority, &format!("{scheme}://{account}@localhost:{}{query}", server.port()));
        assert_eq!(worker.deliver_due().await.expect("no error"), SENT, "{:?}", outbox.row().await.last_error);
        let [mail] = server.accepted().try_into().expect("one email");
        assert!(mail.encrypted && mail.signed_in, "{scheme}{query}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    for query in ["", "?tls=required"] {
        let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
        outbox.write(&outbox.code()).await;
        let worker = outbox.smtp(&format!("smtp://{}:secret@localhost:{}{query}", "user", server.port()));
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
        assert_untouched(&server);
        assert!(outbox.row().await.last_error.expect("a reason").contains("STARTTLS"));
    }
}

#[tokio::test]
async fn mail_is_sent_unencrypted_only_when_the_url_says_so() {
    let (outbox, server) = (Outbox::new().await, MailServer::start(Protection::None).await);
    outbox.write(&outbox.code()).await;
    let worker = outbox.smtp(&format!("smtp://localhost:{}?tls=none", server.port()));
    assert_eq!(worker.deliver_due().await.expect("no error"), SENT);
    assert!(!server.accepted()[0].encrypted);
}

#[tokio::test]
async fn a_server_with_an_untrusted_certificate_gets_nothing() {
    let (stranger, trusted) = (Authority::issuing("localhost"), Authority::issuing("localhost"));
    for (protection, scheme) in [
        (Protection::Implicit(stranger.server.clone()), "smtps"),
        (Protection::StartTls(stranger.server.clone()), "smtp"),
    ] {
        let (outbox, server) = (Outbox::new().await, MailServer::start(protection).await);
        outbox.write(&outbox.code()).await;
        let url = format!("{scheme}://localhost:{}", server.port());
        for worker in [outbox.smtp(&url), trusting(&outbox, &trusted, &url)] {
            assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
            outbox.clock.advance(Duration::from_secs(40));
        }
        assert_untouched(&server);
        assert!(outbox.row().await.last_error.expect("a reason").contains("certificate"));
    }
}

#[tokio::test]
async fn a_server_with_a_certificate_for_another_name_gets_nothing() {
    let authority = Authority::issuing("relay.example");
    for (protection, scheme) in [
        (Protection::Implicit(authority.server.clone()), "smtps"),
        (Protection::StartTls(authority.server.clone()), "smtp"),
    ] {
        let (outbox, server) = (Outbox::new().await, MailServer::start(protection).await);
        outbox.write(&outbox.code()).await;
        let worker = trusting(&outbox, &authority, &format!("{scheme}://localhost:{}", server.port()));
        assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
        assert_untouched(&server);
    }
}

#[tokio::test]
async fn after_a_wrong_smtp_password_emails_are_retried_and_the_password_is_not_stored() {
    let authority = Authority::issuing("localhost");
    let outbox = Outbox::new().await;
    let server = MailServer::with_password(Protection::Implicit(authority.server.clone())).await;
    outbox.write(&outbox.code()).await;
    let worker = trusting(&outbox, &authority, &format!("smtps://portal:hunter2@localhost:{}", server.port()));
    assert_eq!(worker.deliver_due().await.expect("no error"), POSTPONED);
    let error = outbox.row().await.last_error.expect("a reason");
    assert!(error.contains("535") && !error.contains("hunter2"), "{error}");
    assert!(server.accepted().is_empty());
}
