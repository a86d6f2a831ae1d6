//! The real program, started as an administrator starts it.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::app::PASSWORD;

const PROGRAM: &str = env!("CARGO_BIN_EXE_portal");

/// The program under test.
pub(crate) fn portal(folder: &Path, settings: &[(&str, &str)]) -> Command {
    portal_in(&[], folder, settings)
}

/// The program under test, run by another program: `prefix` and the program to run.
pub(crate) fn portal_in(prefix: &[String], folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut words = prefix.iter().map(String::as_str).chain([PROGRAM]);
    let mut command = Command::new(words.next().unwrap_or(PROGRAM));
    command.args(words).env_clear().current_dir(folder).envs(settings.iter().copied());
    command
}

/// Runs a command to completion.
pub(crate) fn run(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    portal(folder, settings).args(arguments).output().expect("the program starts")
}

/// `portal serve`, with its log in `log` of its folder.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) origin: String,
}

impl Served {
    /// Starts it on a free port and waits until it is ready.
    pub(crate) async fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::run(portal(folder, settings), folder).await
    }

    /// As above, with this command and with the log in `folder`.
    pub(crate) async fn run(mut command: Command, folder: &Path) -> Self {
        let address = free_address();
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).expect("a log file");
        command.arg("serve").env("LEPTOS_SITE_ADDR", address.to_string()).stderr(log).stdout(Stdio::null());
        let child = command.spawn().expect("the program starts");
        let served = Self { child, origin: format!("http://{address}") };
        served.until_ready().await;
        served
    }

    /// As [`Served::start`], with a log that nothing reads.
    pub(crate) async fn run_unread(folder: &Path) -> Self {
        let address = free_address();
        let mut command = portal(folder, &[]);
        command.arg("serve").env("LEPTOS_SITE_ADDR", address.to_string()).stderr(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        drop(child.stderr.take());
        let served = Self { child, origin: format!("http://{address}") };
        served.until_ready().await;
        served
    }

    pub(crate) async fn until_ready(&self) {
        let client = browser();
        for _ in 0..600 {
            if client.get(self.url("/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the portal was not ready in 30 s");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Writes these bytes to a new connection, whether or not they are HTTP, and returns
    /// the first line of the response, which is empty when the connection was closed.
    pub(crate) async fn send(&self, bytes: &str) -> String {
        let answer = async {
            let mut stream = TcpStream::connect(self.origin.trim_start_matches("http://")).await.expect("a connection");
            // The server may close the connection before it has read everything.
            let _ = stream.write_all(bytes.as_bytes()).await;
            let mut line = String::new();
            let _ = BufReader::new(stream).read_line(&mut line).await;
            line.trim_end().to_owned()
        };
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("an answer or an end")
    }

    /// Sends a signal, as `kill` does.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(status.success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Already gone when the test ended it itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// A browser with cookies that does not follow redirects.
pub(crate) fn browser() -> reqwest::Client {
    // Another test may have done so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let browser = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
    browser.build().expect("a client")
}

/// The newest code in the development mailbox.
pub(crate) async fn mailed_code(browser: &reqwest::Client, served: &Served) -> String {
    for _ in 0..200 {
        let page = browser.get(served.url("/dev/mailbox")).send().await.expect("an answer").text().await.expect("text");
        // In the subject, because the ids of emails contain digits as well.
        let subject = page.split_once("<h2").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, text)| text);
        if let Some(code) = super::app::first_six_digits(subject) {
            return code;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no code was mailed in 10 s");
}

/// The challenge on the page of the form with this action, solved.
pub(crate) async fn solved_challenge(browser: &reqwest::Client, served: &Served, action: &str) -> String {
    let page = browser.get(served.url(action)).send().await.expect("an answer").text().await.expect("text");
    let challenge = super::captcha::in_page(&page, action).unwrap_or_else(|| panic!("no challenge for {action}"));
    super::captcha::solve(&challenge)
}

/// Registers with a plain form, with the page's challenge solved.
pub(crate) async fn register(
    browser: &reqwest::Client,
    served: &Served,
    username: &str,
    email: &str,
) -> reqwest::Response {
    let captcha = solved_challenge(browser, served, "/register").await;
    let fields = [("username", username), ("email", email), ("password", PASSWORD), ("captcha", &captcha)];
    let post = browser.post(served.url("/register")).header("accept", "text/html").form(&fields);
    post.send().await.expect("an answer")
}
