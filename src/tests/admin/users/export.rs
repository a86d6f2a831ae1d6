//! The CSV export of users.

use super::{Mode, PASSWORD, TestApp, administrator, crowd, with_bob};

const EXPORT: &str = "/admin/users/export";

#[tokio::test]
async fn every_user_that_matches_the_filter_is_in_the_file() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        crowd(&app, 1_200).await;
        let file = ann.post(EXPORT, &[("role", "user"), ("q", ""), ("state", "open"), ("sort", "")]).await;
        assert_eq!(file.status, 200);
        assert!(file.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")));
        assert!(file.header("content-disposition").is_some_and(|name| name.contains("users-2026-11-23")));
        let lines: Vec<_> = file.body.lines().collect();
        assert_eq!(lines.len(), 1 + 1 + 1_200);
        assert!(lines[0].contains("\"Username\",\"Email\",\"Role\",\"State\""), "{}", lines[0]);
        assert!(
            lines[1].contains("\"bob\",\"bob@x.example\",\"user\",\"open\",\"off\",\"2026-11-23T12:00:00Z\",\"\""),
            "{}",
            lines[1]
        );
        assert!(lines[1_201].contains("\"N01200\""));
        assert!(!file.body.contains("$argon2"));
        let detail = app.text("SELECT detail FROM audit WHERE action = 'users_exported'").await;
        assert_eq!(detail, "state: open, role: user");
        let searched = ann.post(EXPORT, &[("q", "bob@")]).await.body;
        assert_eq!(searched.lines().count(), 2);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE detail LIKE '%bob%'").await, 0, "no name in the log");
        assert_eq!(ann.post(EXPORT, &[("state", "nonsense")]).await.body.lines().count(), 1);
    }
}

#[tokio::test]
async fn users_that_sort_equally_are_each_in_the_file_once() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    crowd(&app, 1_200).await;
    // All registered in the same millisecond, and none ever signed in.
    app.execute("UPDATE account SET created_at = 7 WHERE role = 'user'").await;
    for sort in ["newest", "last_sign_in"] {
        let file = ann.post(EXPORT, &[("sort", sort)]).await.body;
        let mut lines: Vec<_> = file.lines().skip(1).collect();
        assert_eq!(lines.len(), 1 + 1_200, "{sort}");
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 1 + 1_200, "{sort}: no user twice");
    }
}

#[tokio::test]
async fn no_cell_of_the_file_is_a_formula() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    app.account("-cmd", "=cmd@x.example").await;
    let file = ann.post(EXPORT, &[]).await.body;
    assert!(file.contains("\"'-cmd\",\"'=cmd@x.example\""), "{file}");
}

#[tokio::test]
async fn the_file_requires_the_password_again_and_returns_to_its_filters() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, mode, "ann").await;
        app.advance(301);
        let answer = ann.post(EXPORT, &[("state", "open"), ("role", "")]).await;
        assert_eq!(answer.status, 303);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
        let to = ann.post("/account/confirm", &[("password", PASSWORD)]).await.location();
        assert_eq!(to.as_deref(), Some("/admin/users?state=open"));
    }
}
