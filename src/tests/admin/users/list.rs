//! The user list: search, filters, sorting and paging.

use super::{Mode, TestApp, administrator, crowd, names, way, with_bob};
use crate::harness::Client;

async fn found(client: &mut Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/admin/users?{query}")).await;
    assert_eq!(page.status, 200, "{query}");
    names(&page.body)
}

#[tokio::test]
async fn a_user_is_found_by_the_beginning_of_the_username_or_the_email() {
    let (app, mut ann) = with_bob(Mode::Form).await;
    app.account("Carl_1", "robert@xn--bcher-kva.example").await;
    app.account("carlo", "a%b_c@x.example").await;
    for (q, who) in [
        ("bo", vec!["bob"]),
        ("BOB%40X.", vec!["bob"]),
        ("++bob++", vec!["bob"]),
        ("carl", vec!["Carl_1", "carlo"]),
        // Usernames first, and no user twice.
        ("b", vec!["bob"]),
        ("ro", vec!["Carl_1"]),
        ("ROBERT%40B%C3%BCcher.example", vec!["Carl_1"]),
        ("robert%40xn--bcher-kva.example", vec!["Carl_1"]),
        // No character is a wildcard.
        ("carl_", vec!["Carl_1"]),
        ("a%25b", vec!["carlo"]),
        ("a%25b_c", vec!["carlo"]),
        ("%25", vec![]),
        ("_", vec![]),
        ("'", vec![]),
        ("ob", vec![]),
        ("%C3%A4", vec![]),
        ("%F0%9F%A6%80", vec![]),
    ] {
        assert_eq!(found(&mut ann, &format!("q={q}")).await, who, "{q}");
    }
    let page = ann.get("/admin/users?q=nobody").await.body;
    assert!(page.contains("No users match") && page.contains("value=\"nobody\""), "{page}");
}

#[tokio::test]
async fn a_large_search_continues_from_usernames_to_emails_without_a_gap() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    crowd(&app, 120).await;
    // Sixty have a matching username, and half of these a matching email too; sixty others match by email alone.
    app.execute("UPDATE account SET email = 'n' || email, email_key = 'n' || email_key WHERE username_key > 'n00030'")
        .await;
    app.execute("UPDATE account SET username = 'x' || username, username_key = 'x' || username_key WHERE username_key > 'n00060'").await;
    let mut seen = Vec::new();
    let mut at = Some("/admin/users?q=N".to_owned());
    let mut pages = Vec::new();
    while let Some(page) = at {
        let body = ann.get(&page).await.body;
        seen.extend(names(&body));
        pages.push(page);
        at = way(&body, "next");
    }
    let expected: Vec<_> =
        (1..=60).map(|n| format!("N{n:05}")).chain((61..=120).map(|n| format!("xN{n:05}"))).collect();
    assert_eq!(seen, expected);
    assert_eq!(pages.len(), 3);
    let last = ann.get(&pages[2]).await.body;
    let middle = ann.get(&way(&last, "prev").expect("a link to the previous page")).await.body;
    assert_eq!(names(&middle), expected[50..100]);
    let first = ann.get(&way(&middle, "prev").expect("a link to the previous page")).await.body;
    assert_eq!(names(&first), expected[..50]);
}

#[tokio::test]
async fn each_filter_returns_its_matching_users() {
    let (app, mut ann) = with_bob(Mode::Form).await;
    crowd(&app, 4).await;
    app.execute("UPDATE account SET disabled_at = 1 WHERE username IN ('N00001', 'zoe')").await;
    app.execute("UPDATE account SET delete_after = 9999999999999 WHERE username IN ('N00002', 'N00001')").await;
    for (query, who) in [
        ("state=disabled", vec!["N00001", "zoe"]),
        ("state=leaving", vec!["N00002"]),
        ("state=open", vec!["ann", "bob", "N00003", "N00004"]),
        ("role=administrator", vec!["ann", "zoe"]),
        ("role=administrator&state=open", vec!["ann"]),
        ("role=user&state=disabled", vec!["N00001"]),
        ("q=n&state=leaving", vec!["N00002"]),
        ("q=zoe&role=user", vec![]),
        ("state=nonsense", vec![]),
        ("role=nonsense", vec![]),
        ("sort=nonsense&role=administrator", vec!["ann", "zoe"]),
    ] {
        assert_eq!(found(&mut ann, query).await, who, "{query}");
    }
    let page = ann.get("/admin/users?state=disabled").await.body;
    assert!(page.contains("Disabled") && page.contains("Deletion pending") && page.contains("Never"), "{page}");
}

#[tokio::test]
async fn the_list_is_sorted_as_requested_with_users_who_never_signed_in_last() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    crowd(&app, 3).await;
    app.execute("UPDATE account SET last_sign_in_at = 7 WHERE username = 'N00002'").await;
    assert_eq!(found(&mut ann, "").await, ["ann", "N00001", "N00002", "N00003"]);
    assert_eq!(found(&mut ann, "sort=newest").await, ["ann", "N00003", "N00002", "N00001"]);
    let by_sign_in = found(&mut ann, "sort=last_sign_in").await;
    assert_eq!(by_sign_in[..2], ["ann", "N00002"]);
    assert_eq!(by_sign_in.len(), 4);
}

#[tokio::test]
async fn every_order_can_be_paged_both_ways_while_rows_are_added() {
    for (sort, newest_first) in [("", false), ("newest", true), ("last_sign_in", true)] {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, Mode::Form, "ann").await;
        crowd(&app, 130).await;
        app.execute("UPDATE account SET last_sign_in_at = created_at WHERE username <> 'ann'").await;
        let mut expected: Vec<_> = (1..=130).map(|n| format!("N{n:05}")).collect();
        if newest_first {
            expected.reverse();
        }
        let first = ann.get(&format!("/admin/users?role=user&sort={sort}")).await.body;
        assert_eq!(names(&first), expected[..50], "{sort}");
        assert_eq!(way(&first, "prev"), None);
        // Before the rows already read, in either direction.
        app.account("aaa", "aaa@x.example").await;
        app.execute("UPDATE account SET last_sign_in_at = 9999999999999 WHERE username = 'aaa'").await;
        let second = ann.get(&way(&first, "next").expect("a second page")).await.body;
        assert_eq!(names(&second), expected[50..100], "{sort}");
        let third = ann.get(&way(&second, "next").expect("a third page")).await.body;
        assert_eq!(names(&third), expected[100..], "{sort}");
        assert_eq!(way(&third, "next"), None);
        let back = ann.get(&way(&third, "prev").expect("a link to the previous page")).await.body;
        assert_eq!(names(&back), expected[50..100], "{sort}");
        let front = ann.get(&way(&back, "prev").expect("a link to the previous page")).await.body;
        assert_eq!(names(&front), expected[..50], "{sort}");
        assert!(way(&front, "prev").is_some(), "{sort}: one was added in front");
    }
}

#[tokio::test]
async fn an_invalid_cursor_shows_the_first_page() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    crowd(&app, 2).await;
    let id = "00000000-0000-0000-0000-000000000000";
    for place in [
        "before=nonsense".to_owned(),
        format!("before=r.9~{id}"),
        format!("after=s.9~{id}"),
        format!("q=n&before=n.zzz~{id}"),
        format!("before=r.99999999999999999999~{id}"),
    ] {
        let whole = if place.starts_with("q=") { vec!["N00001", "N00002"] } else { vec!["ann", "N00001", "N00002"] };
        assert_eq!(found(&mut ann, &place).await, whole, "{place}");
    }
}

/// Reads the pages from this one on in one direction; returns them and the URL of the
/// last one. A list that loops is cut off.
async fn walked(client: &mut Client, from: String, rel: &str) -> (Vec<Vec<String>>, String) {
    let (mut pages, mut last) = (Vec::new(), from);
    while pages.len() < 9 {
        let body = client.get(&last).await.body;
        pages.push(names(&body));
        let Some(next) = way(&body, rel) else { break };
        last = next;
    }
    (pages, last)
}

#[tokio::test]
async fn users_that_sort_equally_are_each_on_one_page_in_either_direction() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    crowd(&app, 130).await;
    // All registered in the same millisecond, none ever signed in, and each account status is read separately.
    app.execute("UPDATE account SET created_at = 7 WHERE role = 'user'").await;
    app.execute("UPDATE account SET disabled_at = 1 WHERE username_key LIKE 'n%3'").await;
    app.execute("UPDATE account SET delete_after = 9999999999999 WHERE username_key LIKE 'n%7'").await;
    for (sort, order) in [
        ("", "username_key"),
        ("newest", "created_at DESC, id DESC"),
        ("last_sign_in", "COALESCE(last_sign_in_at, 0) DESC, id DESC"),
    ] {
        let all = app.texts(&format!("SELECT username FROM account ORDER BY {order}")).await;
        let (down, last) = walked(&mut ann, format!("/admin/users?sort={sort}"), "next").await;
        assert_eq!(down.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 31], "{sort}");
        assert_eq!(down.concat(), all, "{sort}");
        let (mut up, _) = walked(&mut ann, last, "prev").await;
        up.reverse();
        assert_eq!(up, down, "{sort}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_or_search_shows_no_user_that_does_not_match() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    crowd(&app, 60).await;
    app.account("zoe", "zoe@x.example").await;
    let id = "00000000-0000-0000-0000-000000000000";
    for (list, place) in [
        // Users named n… sort between ann and zoe, and so do users with an email m….
        ("q=n", "before=n.aaa"),
        ("q=n", "after=n.zzz"),
        ("q=m", "before=a.aaa"),
        ("q=m", "after=a.zzz"),
        ("sort=", "before=r.9"),
        ("sort=newest", "before=n.n"),
        ("sort=newest", "after=s.0"),
        ("sort=last_sign_in", "after=r.0"),
    ] {
        let first = found(&mut ann, list).await;
        assert_eq!(first.len(), 50, "{list}");
        let page = ann.get(&format!("/admin/users?{list}&{place}~{id}")).await.body;
        assert_eq!(names(&page), first, "{list}&{place}");
        assert_eq!(way(&page, "prev"), None, "{list}&{place}: it is the first page");
    }
}

#[tokio::test]
async fn two_step_sign_in_is_shown_for_a_confirmed_app_and_for_a_passkey() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    let on = |page: &str| page.matches("<div>On</div>").count();
    assert_eq!(on(&ann.get("/admin/users").await.body), 0);
    app.execute("INSERT INTO totp_waiting SELECT id, x'00', 1, '' FROM account").await;
    assert_eq!(on(&ann.get("/admin/users").await.body), 0, "a pending app does not count");
    app.execute("INSERT INTO totp SELECT id, x'00', 1, 2, NULL, '' FROM account").await;
    app.execute("UPDATE session SET data = json_set(data, '$.signed_in.two_step', json('true'))").await;
    let page = ann.get("/admin/users").await.body;
    assert_eq!(on(&page), 1, "{page}");
    app.execute("DELETE FROM totp").await;
    app.member_with_passkey("bob", 1).await;
    assert_eq!(on(&ann.get("/admin/users").await.body), 1);
}
