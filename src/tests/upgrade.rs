//! The first start of this version on the database of an older one.

use super::harness::TestApp;
use super::harness::app::PASSWORD;

#[tokio::test]
async fn codes_in_flight_are_accepted_after_the_migration_to_one_table() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.account("cat", "cat@x.example").await;
    app.advance(3_600);
    let (mut registering, mut recovering, mut changing) = (app.form(), app.form(), app.form());
    registering.register("bob", "bob@x.example", PASSWORD).await;
    recovering.post("/recover", &[("email", "cat@x.example")]).await;
    changing.sign_in("ann", PASSWORD).await;
    changing.post("/account/email", &[("email", "ann@y.example")]).await;
    let codes =
        [app.code_for("bob@x.example").await, app.code_for("cat@x.example").await, app.code_for("ann@y.example").await];
    app.revert_migrations_from("email_verification").await;
    let waiting =
        "SELECT (SELECT COUNT(*) FROM registration WHERE finished_at IS NULL) + (SELECT COUNT(*) FROM recovery)
        + (SELECT COUNT(*) FROM email_change WHERE confirmed_at IS NULL)";
    assert_eq!(app.count(waiting).await, 3);
    let app = app.restart(&[]).await;
    let [mut registering, mut recovering, mut changing] =
        [registering, recovering, changing].map(|client| app.again(&client));
    assert_eq!(registering.verify(&codes[0]).await.location().as_deref(), Some("/login"));
    let fields = [("code", codes[1].as_str()), ("password", "gravel lantern mosaic")];
    assert_eq!(recovering.post("/recover/verify", &fields).await.location().as_deref(), Some("/login"));
    let answer = changing.post("/account/email/verify", &[("code", &codes[2])]).await;
    assert!(changing.seen(answer).await.contains("Your email address is now ann@y.example."));
    let emails = app.texts("SELECT email FROM account ORDER BY email").await;
    assert_eq!(emails, ["ann@y.example", "bob@x.example", "cat@x.example"]);
}
