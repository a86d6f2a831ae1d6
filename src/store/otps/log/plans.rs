//! Tests that no query of the log scans it.

use sea_orm::sea_query::Order;
use uuid::Uuid;

use super::Filter;
use super::query::LogQuery;
use crate::crypto::OtpPurpose;
use crate::domain::otp_status::{DELIVERIES, OUTCOMES};
use crate::domain::{OtpDelivery, OtpStatus, Timestamp};
use crate::store::query_plan::{Plan, empty_store};

/// Returns a filter for each value of each criterion, with the index that should drive the query.
fn filters() -> Vec<(Filter, &'static str)> {
    let mut filters = vec![
        (Filter { purpose: Some(OtpPurpose::Recovery), ..Filter::default() }, "otp_purpose"),
        (Filter { requester_ip: Some("192.0.2.7".to_owned()), ..Filter::default() }, "otp_requester_ip"),
    ];
    for (outcome, ..) in OUTCOMES {
        let index = match outcome {
            OtpStatus::Waiting | OtpStatus::Expired => "otp_left",
            OtpStatus::Used => "otp_used",
            OtpStatus::Voided => "otp_voided",
            OtpStatus::TriesUsed => "otp_exhausted",
        };
        filters.push((Filter { outcome: Some(outcome), ..Filter::default() }, index));
    }
    for (delivery, ..) in DELIVERIES {
        let index = match delivery {
            OtpDelivery::AddressTaken | OtpDelivery::NoAccount => "otp_withheld",
            _ => "outbox_state_otp",
        };
        filters.push((Filter { delivery: Some(delivery), ..Filter::default() }, index));
    }
    filters
}

#[tokio::test]
async fn each_filter_of_the_otp_log_is_an_ordered_index_search() {
    let (store, _folder) = empty_store().await;
    let key = "sqlite_autoindex_otp_1";
    for (filter, index) in filters() {
        for (order, from) in [(Order::Desc, Some(Uuid::max())), (Order::Asc, Some(Uuid::nil())), (Order::Desc, None)] {
            let query = LogQuery::new(&filter, Timestamp(1_795_435_200_000), order, from);
            let plan = Plan::of(&store, &query.codes(51)).await;
            // For the first page, a partial index is read from its end.
            let is_ordered = match from {
                Some(_) => plan.is_searches_by(&[key, index]),
                None => plan.is_searches_by_or_walks(&[key, index]),
            };
            assert!(is_ordered, "{filter:?}, {from:?}: {plan:?}");
        }
    }
}

#[tokio::test]
async fn codes_for_an_email_are_found_by_index_and_then_sorted() {
    let (store, _folder) = empty_store().await;
    let filter = Filter { email_key: Some("a@x.example".to_owned()), ..Filter::default() };
    let query = LogQuery::new(&filter, Timestamp(0), Order::Desc, None);
    let plan = format!("{:?}", Plan::of(&store, &query.codes(51)).await);
    assert!(plan.contains("INDEX otp_email_key (email_key=?)") && !plan.contains("SCAN"), "{plan}");
}

#[tokio::test]
async fn the_unfiltered_otp_log_is_read_from_its_newest_end() {
    let (store, _folder) = empty_store().await;
    let filter = Filter::default();
    for (order, from) in [(Order::Desc, Some(Uuid::max())), (Order::Asc, Some(Uuid::nil())), (Order::Desc, None)] {
        let query = LogQuery::new(&filter, Timestamp(0), order, from);
        let plan = Plan::of(&store, &query.codes(51)).await;
        assert!(plan.is_searches_by_or_walks(&["sqlite_autoindex_otp_1"]), "{from:?}: {plan:?}");
    }
}

#[tokio::test]
async fn with_several_filters_one_drives_the_query_and_the_rest_check_each_code_it_selects() {
    let (store, _folder) = empty_store().await;
    let all = Filter {
        purpose: Some(OtpPurpose::Registration),
        email_key: None,
        requester_ip: None,
        delivery: Some(OtpDelivery::GivenUp),
        outcome: Some(OtpStatus::Expired),
    };
    let query = LogQuery::new(&all, Timestamp(0), Order::Desc, Some(Uuid::max()));
    let plan = Plan::of(&store, &query.codes(51)).await;
    // The codes that the driving filter selects are then looked up by id, in any index.
    let each_is_looked_up = |plan: &Plan| format!("{plan:?}").contains("id=?)");
    assert!(plan.is_searches_by(&["outbox_state_otp"]) && each_is_looked_up(&plan), "{plan:?}");
    let from_here = Filter { requester_ip: Some("192.0.2.7".to_owned()), ..all };
    let query = LogQuery::new(&from_here, Timestamp(0), Order::Desc, None);
    let plan = Plan::of(&store, &query.codes(51)).await;
    assert!(plan.is_searches_by(&["otp_requester_ip"]) && each_is_looked_up(&plan), "{plan:?}");
}
