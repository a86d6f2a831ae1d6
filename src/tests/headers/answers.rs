//! One response of every kind.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::ACCEPT;

use crate::harness::app::PASSWORD;
use crate::harness::{Answer, Mode, TestApp};

/// A site as the build creates it: two files of the package, two of `public`.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("pkg")).expect("a folder");
    for (file, content) in [
        ("pkg/portal.0a1b2c.css", "body{}"),
        ("pkg/portal.js", "1"),
        ("favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("robots.txt", "User-agent: *"),
    ] {
        std::fs::write(folder.path().join(file), content).expect("a file");
    }
    folder
}

/// A portal with that site, which exists as long as the folder.
pub(super) async fn app(settings: &[(&str, &str)]) -> (TestApp, tempfile::TempDir) {
    let site = site();
    let root = site.path().to_str().expect("UTF-8").to_owned();
    let settings: Vec<_> = settings.iter().copied().chain([("LEPTOS_SITE_ROOT", root.as_str())]).collect();
    (TestApp::with(&settings).await, site)
}

/// Each response with its name and its status.
pub(super) async fn answers(app: &TestApp) -> Vec<(String, u16, Answer)> {
    let mut all = Vec::new();
    let mut add = |name: &str, status: u16, answer: Answer| {
        assert_eq!(answer.status, status, "{name}");
        all.push((name.to_owned(), status, answer));
    };
    let mut client = app.form();
    for (path, status) in [
        ("/", 200),
        ("/register", 200),
        ("/login", 200),
        ("/verify", 303),
        ("/dashboard", 303),
        ("/nowhere", 404),
        ("/logout", 405),
        ("//", 400),
        ("/livez", 200),
        ("/readyz", 200),
        ("/pkg/portal.0a1b2c.css", 200),
        ("/pkg/portal.js", 200),
        ("/pkg/nowhere.js", 404),
        ("/favicon.svg", 200),
        ("/robots.txt", 200),
        ("/dev/mailbox", 200),
        ("/dev/mailbox/nothing", 404),
    ] {
        add(path, status, client.get(path).await);
        let request = Request::head(path).header(ACCEPT, "text/html");
        add(&format!("HEAD {path}"), status, client.send(request, Body::empty()).await);
    }
    let unchanged = Request::get("/robots.txt").header("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT");
    add("unchanged", 304, client.send(unchanged, Body::empty()).await);
    add("POST /livez", 405, client.post("/livez", &[]).await);
    for mode in Mode::BOTH {
        let name = |what: &str| format!("{mode:?} {what}");
        let or = |script: u16, form: u16| if mode == Mode::Script { script } else { form };
        let mut client = app.client(mode);
        add(&name("mistake"), or(422, 303), client.register("a b", "x", "short").await);
        let (username, email) = if mode == Mode::Script { ("ann", "ann@x.example") } else { ("bob", "bob@x.example") };
        add(&name("registered"), or(200, 303), client.register(username, email, PASSWORD).await);
        add(&name("limited"), or(429, 303), client.post("/verify/resend", &[]).await);
        add(&name("verified"), or(200, 303), client.verify(&app.code_for(email).await).await);
        add(&name("signed in"), or(200, 303), client.sign_in(username, PASSWORD).await);
        add(&name("dashboard"), 200, client.get("/dashboard").await);
        add(&name("signed out"), or(200, 303), client.post("/logout", &[]).await);
        add(&name("not a form"), 415, client.post_raw("/login", "text/plain", "a".into()).await);
        add(
            &name("unreadable"),
            400,
            client.post_raw("/login", "application/x-www-form-urlencoded", "a[]=1".into()).await,
        );
        add(&name("too large"), 413, client.post("/login", &[("password", &"a".repeat(100_000))]).await);
        client.headers = vec![("sec-fetch-site", "cross-site".into())];
        add(&name("cross-site"), 403, client.post("/login", &[]).await);
    }
    app.execute("ALTER TABLE session RENAME TO away").await;
    client.cookies.insert("portal_session".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    client.cookies.insert("__Host-portal_session".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    add("fault", 503, client.get("/dashboard").await);
    client.mode = Mode::Script;
    add("fault for a script", 503, client.post("/logout", &[]).await);
    app.execute("ALTER TABLE away RENAME TO session").await;
    app.execute("DROP TABLE account").await;
    add("not ready", 503, client.get("/readyz").await);
    all
}
