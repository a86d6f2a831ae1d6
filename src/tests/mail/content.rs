//! The content of emails, and protection against injection into it.

use mail_parser::{Address, HeaderName};
use portal::mail::{CodeMail, Message, RenderedEmail, Sender, Transport, Worker};

use crate::harness::mail::outbox::{ADDRESS, CODE, Outbox};
use crate::harness::mail::{Arrived, HEADERS, MailServer, Protection};

/// Sends `message` over SMTP, and returns it as it arrived.
async fn sent(outbox: &Outbox, message: &Message) -> Arrived {
    let server = MailServer::start(Protection::None).await;
    outbox.write(message).await;
    let worker = outbox.smtp(&format!("smtp://127.0.0.1:{}?tls=none", server.port()));
    worker.deliver_due().await.expect("no error");
    let [arrived] = server.accepted().try_into().expect("one email");
    arrived
}

/// Sends `message` into memory.
async fn letter(outbox: &Outbox, message: &Message) -> RenderedEmail {
    outbox.write(message).await;
    let transport = Transport::memory();
    outbox.worker(transport.clone()).deliver_due().await.expect("no error");
    let [letter] = transport.sent().try_into().expect("one email");
    letter
}

fn addresses(header: Option<&Address<'_>>) -> Vec<(Option<String>, String)> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let header = header.expect("the header");
    header.iter().map(|found| (owned(found.name()), owned(found.address()).expect("an email"))).collect()
}

#[tokio::test]
async fn a_code_arrives_from_the_portal_as_text_and_as_html() {
    let outbox = Outbox::new().await;
    let arrived = sent(&outbox, &outbox.code()).await;
    assert_eq!((arrived.from.as_str(), arrived.to.as_slice()), ("no-reply@portal.example", &[ADDRESS.to_owned()][..]));
    let mail = arrived.parsed();
    assert_eq!(addresses(mail.from()), [(Some("Portal".to_owned()), "no-reply@portal.example".to_owned())]);
    assert_eq!(addresses(mail.to()), [(None, ADDRESS.to_owned())]);
    assert_eq!(mail.subject(), Some("042193 is your Portal code"));
    assert_eq!(mail.date().map(mail_parser::DateTime::to_rfc3339).as_deref(), Some("2026-11-23T14:27:59Z"));
    assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
    let (text, html) = (mail.body_text(0).expect("text"), mail.body_html(0).expect("HTML"));
    assert!(text.lines().any(|line| line == CODE), "the code is alone on its line: {text}");
    for part in [&text, &html] {
        for fact in [CODE, "Hello,", "14:32 UTC", "23 November 2026", "Firefox on Linux", "203.0.113.7", "Not you?"] {
            assert!(part.contains(fact), "{fact}: {part}");
        }
    }
    assert!(!html.contains("<img") && !html.contains("<script"));
}

#[tokio::test]
async fn a_code_to_an_unverified_email_does_not_contain_the_username() {
    for (unverified, wrap) in [
        (true, Message::RegistrationCode as fn(CodeMail) -> Message),
        (true, Message::EmailChangeCode),
        (false, Message::RecoveryCode),
    ] {
        let outbox = Outbox::new().await;
        let Message::RegistrationCode(mail) = outbox.code() else { panic!("a code") };
        let username = portal::domain::Username::parse("www.evil-shop").expect("valid");
        let letter = letter(&outbox, &wrap(CodeMail { username, ..mail })).await;
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!(unverified && part.contains("evil")), "{part}");
        }
        assert_eq!(letter.text.contains("Hello www.evil-shop,"), !unverified, "{}", letter.text);
    }
}

#[tokio::test]
async fn the_account_owner_is_notified_with_a_link_to_the_portals_own_url() {
    let outbox = Outbox::new().await;
    let arrived = sent(&outbox, &outbox.notice()).await;
    let mail = arrived.parsed();
    assert_eq!(mail.subject(), Some("You already have a Portal account"));
    let (text, html) = (mail.body_text(0).expect("text"), mail.body_html(0).expect("HTML"));
    assert!(text.lines().any(|line| line == "https://portal.example/login"), "{text}");
    for part in [&text, &html] {
        for fact in ["your username is", "23 November 2026 at 14:27 UTC", "nothing", "203.0.113.7"] {
            assert!(part.contains(fact), "{fact}: {part}");
        }
    }
    let links: Vec<&str> = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(links, ["https://portal.example/login", "https://portal.example"]);
}

#[tokio::test]
async fn a_line_break_in_a_value_adds_neither_a_header_nor_a_paragraph() {
    let mut outbox = Outbox::new().await;
    outbox.portal_name = "Portal\r\nBcc: eve@x.example\r\n\r\nHello".to_owned();
    let mut message = outbox.code();
    let Message::RegistrationCode(CodeMail { browser, requester_ip, .. }) = &mut message else { panic!("a code") };
    *browser = "Firefox\r\n\r\nCall +1 555 0100 at once".to_owned();
    *requester_ip = "::1\nBcc: eve@x.example".to_owned();
    let arrived = sent(&outbox, &message).await;
    assert_eq!(arrived.to, [ADDRESS]);
    let mail = arrived.parsed();
    let mut names: Vec<String> = mail.headers().iter().map(|header| header.name().to_lowercase()).collect();
    names.sort_unstable();
    assert_eq!(names, HEADERS);
    assert!(mail.header(HeaderName::Bcc).is_none());
    let text = mail.body_text(0).expect("text");
    assert!(!text.lines().any(|line| line.starts_with("Call") || line.starts_with("Bcc")), "{text}");
}

#[tokio::test]
async fn markup_in_a_value_is_escaped() {
    let mut outbox = Outbox::new().await;
    outbox.portal_name = "<b>Desk</b> & \"Co\"".to_owned();
    let mut message = outbox.code();
    let Message::RegistrationCode(CodeMail { browser, requester_ip, .. }) = &mut message else { panic!("a code") };
    *browser = "<script>alert(1)</script>".to_owned();
    *requester_ip = "\"><img src=x>".to_owned();
    let letter = letter(&outbox, &message).await;
    for markup in ["<b>Desk", "<script", "<img"] {
        assert!(!letter.html.contains(markup), "{markup}");
        assert!(letter.text.contains(markup), "text is not escaped: {markup}");
    }
    assert!(letter.subject.contains("<b>Desk</b> & \"Co\""), "{}", letter.subject);
}

#[tokio::test]
async fn the_message_id_ends_in_the_host_of_the_portal() {
    let outbox = Outbox::new().await;
    outbox.write(&outbox.code()).await;
    let transport = Transport::memory();
    let sender = Sender::new("desk@mail.example".parse().expect("an email"), "Portal", "https://portal.example:8443");
    let worker = Worker::new(outbox.store.clone(), outbox.mailer.clone(), transport.clone(), sender);
    worker.deliver_due().await.expect("no error");
    let message = String::from_utf8(transport.sent()[0].mail.formatted()).expect("a text");
    let expected = format!("Message-ID: <{}@portal.example>", outbox.row().await.id);
    assert!(message.contains(&expected), "{message}");
}

#[tokio::test]
async fn a_domain_in_another_script_is_written_in_ascii() {
    let outbox = Outbox::new().await;
    let mut message = outbox.code();
    let Message::RegistrationCode(CodeMail { to, .. }) = &mut message else { panic!("a code") };
    *to = portal::domain::Email::parse("Ann@bücher.example").expect("valid");
    assert_eq!(sent(&outbox, &message).await.to, ["Ann@xn--bcher-kva.example"]);
}

#[tokio::test]
async fn the_debug_output_of_a_message_shows_none_of_its_contents() {
    let outbox = Outbox::new().await;
    let message = outbox.code();
    let printed = format!("{message:?} {:?}", letter(&outbox, &message).await);
    assert!(!printed.contains(CODE) && !printed.contains("Ann") && !printed.contains('@'), "{printed}");
}
