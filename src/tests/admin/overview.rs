//! `/admin`: the overview and its statistics.

use crate::harness::app::wrong_code;
use crate::harness::{Client, Mode, TestApp};

use super::administrator;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Returns the number and the text beside the name of a metric.
fn figure(page: &str, name: &str) -> (String, String) {
    let rest = page.split_once(&format!("<dt>{name}</dt>")).unwrap_or_else(|| panic!("no {name}: {page}")).1;
    let dd = rest.split("</dd>").next().expect("its value");
    let text = |from: &str| {
        let inside = dd.split_once(from).and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, rest)| rest);
        inside.split('<').next().unwrap_or_default().to_owned()
    };
    (text("<strong"), text("class=\"quiet\""))
}

/// Returns the numbers of one column of the table, newest first.
fn column(page: &str, name: &str) -> Vec<u64> {
    let label = format!("data-label=\"{name}\"");
    let cells = page.split(&label).skip(1);
    let number = |cell: &str| cell.split("<div>").nth(1)?.split('<').next()?.parse().ok();
    cells.map(|cell| number(cell).unwrap_or_else(|| panic!("no number: {cell}"))).collect()
}

fn words(page: &str, chart: &str) -> String {
    let rest = page.split_once(&format!("id=\"{chart}-words\"")).expect("the chart").1;
    rest.split_once('>').expect("its text").1.split('<').next().expect("the end of the text").to_owned()
}

async fn read(ann: &mut Client, span: &str) -> String {
    let page = ann.get(&format!("/admin?span={span}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

#[tokio::test]
async fn a_new_portal_shows_its_administrator_and_zeros_with_sentences() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    app.deliver().await;
    app.advance(40 * DAY);
    assert_eq!(ann.sign_in("ann", crate::harness::app::PASSWORD).await.location().as_deref(), Some("/dashboard"));
    app.deliver().await;
    for span in ["day", "week", "month", "", "century"] {
        let page = read(&mut ann, span).await;
        assert_eq!(figure(&page, "Accounts"), ("1".into(), "0 new".into()), "{span}");
        assert_eq!(figure(&page, "Completion rate"), ("–".into(), "No registrations".into()));
        assert_eq!(figure(&page, "Failures").0, "0");
        assert_eq!(figure(&page, "Emails queued"), ("0".into(), "Nothing queued".into()));
        assert_eq!(words(&page, "registrations"), "No data for this period.");
        assert_eq!(words(&page, "failures"), "No data for this period.");
        assert!(!page.contains("chart-drawing"), "no chart without data");
    }
}

#[tokio::test]
async fn the_metrics_follow_user_activity_and_the_chart_texts_match() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, mode, "ann").await;
        let mut bob = app.client(mode);
        bob.register("bob", "bob@x.example", "tumble rinse obelisk").await;
        let mail = figure(&read(&mut ann, "day").await, "Emails queued");
        assert_ne!(mail.0, "0", "bob's code has not been sent");
        let code = app.code_for("bob@x.example").await;
        for n in 0..2 {
            bob.verify(&wrong_code(&code, n)).await;
        }
        let page = read(&mut ann, "day").await;
        assert_eq!(figure(&page, "Accounts"), ("1".into(), "1 new".into()));
        assert_eq!(figure(&page, "Awaiting confirmation").0, "1");
        assert_eq!(figure(&page, "Completion rate"), ("50%".into(), "1 of 2 registrations".into()));
        assert_eq!(
            figure(&page, "Failures"),
            ("2".into(), "0 wrong passwords, 2 wrong codes, 0 failed second steps".into())
        );
        assert_eq!(figure(&page, "Emails queued").0, "0");
        bob.verify(&code).await;
        // The correct attempt is subtracted and the wrong ones stay; an unknown username counts too.
        bob.sign_in("bob", "not the password").await;
        bob.sign_in("nobody", "not the password").await;
        bob.sign_in("bob", "tumble rinse obelisk").await;
        let page = read(&mut ann, "day").await;
        assert_eq!(figure(&page, "Accounts"), ("2".into(), "2 new".into()));
        assert_eq!(figure(&page, "Awaiting confirmation").0, "0");
        assert_eq!(figure(&page, "Completion rate"), ("100%".into(), "2 of 2 registrations".into()));
        assert_eq!(
            figure(&page, "Failures"),
            ("4".into(), "2 wrong passwords, 2 wrong codes, 0 failed second steps".into())
        );
        // The charts show the same numbers in text, in bars and in the table.
        assert_eq!(
            words(&page, "registrations"),
            "2 started, 2 completed. Busiest hour: 2 on 23 November 2026, 12:00 UTC."
        );
        assert_eq!(words(&page, "failures"), "4 in total. Busiest hour: 4 on 23 November 2026, 12:00 UTC.");
        for (name, first) in [
            ("Registrations started", 2),
            ("Registrations completed", 2),
            ("Wrong passwords", 2),
            ("Wrong codes", 2),
            ("Failed second steps", 0),
        ] {
            let numbers = column(&page, name);
            assert_eq!((numbers.len(), numbers[0], numbers.iter().sum()), (24, first, first), "{name}");
        }
        // One bar each, and one in each legend.
        for class in ["chart-whole", "chart-part", "chart-bad"] {
            assert_eq!(page.matches(class).count(), 2, "{class}");
        }
        for naming in ["role=\"img\"", "aria-labelledby=\"failures-title\"", "aria-describedby=\"failures-words\""] {
            assert!(page.contains(naming), "{naming}");
        }
    }
}

#[tokio::test]
async fn a_time_range_ends_exactly_with_its_oldest_hour_or_day() {
    // The clock starts at 12:00: one minute before midnight is 11 h 59 min later.
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    let begun = |page: &str| figure(page, "Completion rate").1;
    let one = "1 of 1 registration";
    let none = "No registrations";
    app.advance(24 * HOUR - 1);
    enter(&app, &mut ann).await;
    assert_eq!(begun(&read(&mut ann, "day").await), one, "11:59:59, and it began in the hour of 12:00");
    app.advance(1);
    assert_eq!(begun(&read(&mut ann, "day").await), none, "the hour of 12:00 is over");
    assert_eq!(figure(&read(&mut ann, "day").await, "Accounts").1, "0 new");
    let week = read(&mut ann, "week").await;
    assert_eq!((begun(&week).as_str(), column(&week, "Registrations started")), (one, vec![0, 1, 0, 0, 0, 0, 0]));
    // Until midnight between the seventh and the eighth day.
    app.advance(6 * DAY - 12 * HOUR - 1);
    enter(&app, &mut ann).await;
    assert_eq!(begun(&read(&mut ann, "week").await), one);
    app.advance(1);
    assert_eq!(begun(&read(&mut ann, "week").await), none);
    app.advance(23 * DAY - 1);
    enter(&app, &mut ann).await;
    let month = read(&mut ann, "month").await;
    assert_eq!((begun(&month).as_str(), column(&month, "Registrations started")[29]), (one, 1));
    assert_eq!(figure(&month, "Accounts").1, "1 new");
    app.advance(1);
    assert_eq!(begun(&read(&mut ann, "month").await), none);
}

#[tokio::test]
async fn a_sign_in_finished_in_the_next_hour_counts_in_the_hour_it_began() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, Mode::Form, "ann").await;
        app.advance(HOUR - 60);
        let mut bob = app.client(mode);
        bob.register("bob", "bob@x.example", "tumble rinse obelisk").await;
        let code = app.code_for("bob@x.example").await;
        app.advance(2 * 60);
        assert_eq!(bob.verify(&code).await.location().as_deref(), Some("/login"));
        enter(&app, &mut ann).await;
        let page = read(&mut ann, "day").await;
        for name in ["Registrations started", "Registrations completed"] {
            let numbers = column(&page, name);
            let all = numbers.iter().sum::<u64>();
            assert_eq!((numbers[0], numbers[1], all), (0, 2, 2), "{name}: those of ann and bob");
        }
        // Both leave the range with that hour, so finished attempts never exceed those begun.
        app.advance(23 * HOUR - 60);
        enter(&app, &mut ann).await;
        let page = read(&mut ann, "day").await;
        for name in ["Registrations started", "Registrations completed"] {
            assert_eq!(column(&page, name).iter().sum::<u64>(), 0, "{name}");
        }
    }
}

#[tokio::test]
async fn metrics_outlive_the_rows_they_count_and_expire_on_time() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    app.advance(3 * DAY);
    app.state.maintenance().purge().await.expect("the purge");
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification").await, 0, "the registration rows are deleted");
    enter(&app, &mut ann).await;
    assert_eq!(figure(&read(&mut ann, "week").await, "Completion rate").0, "100%");
    app.advance(401 * DAY);
    app.state.maintenance().purge().await.expect("the purge");
    assert_eq!(app.count("SELECT COUNT(*) FROM tally").await, 0);
}

#[tokio::test]
async fn a_failed_second_step_counts_as_a_failure() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "zoe").await;
    crate::two_step::enrolled(&app, Mode::Form).await;
    let mut half = crate::two_step::half(&app, Mode::Form).await;
    half.post("/login/mfa", &[("code", "000000")]).await;
    let failures = figure(&read(&mut ann, "day").await, "Failures");
    assert_eq!(failures, ("1".into(), "0 wrong passwords, 0 wrong codes, 1 failed second step".into()));
}

#[tokio::test]
async fn the_time_range_is_chosen_by_links_that_mark_the_current_one() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    for (span, rows) in [("day", 24), ("week", 7), ("month", 30)] {
        let page = read(&mut ann, span).await;
        let current = format!("href=\"/admin?span={span}\" aria-current=\"true\"");
        assert_eq!((page.matches(&current).count(), page.matches("aria-current=\"true\"").count()), (1, 1), "{page}");
        assert_eq!(column(&page, "Wrong codes").len(), rows);
    }
}

#[tokio::test]
async fn failed_and_queued_emails_are_counted_separately() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    app.deliver().await;
    app.execute("UPDATE outbox SET state = 'dead'").await;
    let dead = app.count("SELECT COUNT(*) FROM outbox").await;
    let mut bob = app.form();
    bob.register("bob", "bob@x.example", "tumble rinse obelisk").await;
    app.advance(2 * HOUR + 60);
    enter(&app, &mut ann).await;
    app.execute("UPDATE outbox SET state = 'sent' WHERE state = 'waiting' AND kind <> 'registration_code'").await;
    let page = read(&mut ann, "day").await;
    assert_eq!(figure(&page, "Emails failed").0, dead.to_string());
    assert_eq!(figure(&page, "Emails queued"), ("1".into(), "Oldest: 2 hours and 1 minute".into()));
}

/// Signs in again, because the session has ended in the meantime.
async fn enter(app: &TestApp, ann: &mut Client) {
    *ann = app.form();
    assert_eq!(ann.sign_in("ann", crate::harness::app::PASSWORD).await.location().as_deref(), Some("/dashboard"));
}
