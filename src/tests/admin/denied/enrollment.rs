//! Where administrators are required to have a second factor, none has admin
//! access without one.

use portal::domain::UserAction;
use portal::paths;

use super::{administrator, id_of, urls};
use crate::admin::users::enroll;
use crate::harness::{Mode, TestApp};

#[tokio::test]
async fn an_administrator_without_the_required_second_factor_is_redirected_to_add_one() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("bob", "bob@x.example").await;
        let bob = id_of(&app, "bob").await;
        let ann = administrator(&app, mode, "ann").await;
        // This also applies to a session that began before the requirement.
        let app = app.restart(&[("PORTAL_REQUIRE_MFA", "admins")]).await;
        let mut ann = app.again(&ann);
        for address in urls(&bob) {
            let got = ann.clone().get(&address).await;
            let posted = ann.clone().post(&address, &[("id", &bob), ("email", "guest@x.example")]).await;
            for answer in [got, posted] {
                assert_eq!(answer.location().as_deref(), Some(paths::ACCOUNT_SECURITY), "{address}");
                assert!(!answer.body.contains("bob"), "{address}");
            }
        }
        for action in UserAction::ALL {
            let fields = [("id", bob.as_str()), ("user_action", action.as_str()), ("reason", "Because.")];
            let answer = ann.clone().post(paths::ADMIN_USERS_CHANGE, &fields).await;
            assert_eq!(answer.location().as_deref(), Some(paths::ACCOUNT_SECURITY), "{action:?}");
        }
        for table in ["audit", "invitation"] {
            assert_eq!(app.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        let open = "SELECT COUNT(*) FROM account WHERE username = 'bob' AND role = 'user' AND disabled_at IS NULL";
        assert_eq!(app.count(open).await, 1);

        enroll(&app, &mut ann).await;
        assert_eq!(ann.get(paths::ADMIN_USERS).await.status, 200);
        let fields = [("id", bob.as_str()), ("user_action", "disable"), ("reason", "Because.")];
        let answer = ann.post(paths::ADMIN_USERS_CHANGE, &fields).await;
        assert_eq!(answer.location(), Some(paths::admin_user(&bob)));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 1);
    }
}
