//! Which files of the site root can be downloaded.

use super::harness::TestApp;

#[tokio::test]
async fn a_file_or_folder_that_begins_with_a_dot_is_not_served() {
    let site = tempfile::tempdir().expect("a folder");
    for file in [
        ".env",
        ".git/config",
        "pkg/.hidden.js",
        "pkg/.git/config",
        "a/.b/c.txt",
        ".well-known/security.txt",
        ".well-known/.secret",
        "robots.txt",
        "pkg/portal.js",
    ] {
        let path = site.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folders");
        std::fs::write(path, "canary").expect("a file");
    }
    let app = TestApp::with(&[("LEPTOS_SITE_ROOT", site.path().to_str().expect("UTF-8"))]).await;
    let mut client = app.form();
    for path in ["/robots.txt", "/pkg/portal.js", "/.well-known/security.txt"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "canary"), "{path}");
    }
    let unknown = client.get("/nothing").await;
    for path in ["/.env", "/%2eenv", "/%2Eenv", "/.git/config", "/a/.b/c.txt", "/a/%2eb/c.txt", "/.well-known/.secret"]
    {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-length"), unknown.header("content-length"), "{path}: the usual page");
        assert!(!answer.body.contains("canary"), "{path}");
    }
    for path in ["/pkg/.hidden.js", "/pkg/%2ehidden.js", "/pkg/.git/config"] {
        let answer = client.get(path).await;
        assert!(answer.status == 404 && !answer.body.contains("canary"), "{path}: {}", answer.status);
    }
}
