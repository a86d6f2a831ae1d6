//! Tests that every query uses an index, and that an invitation ends only once.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{Column, Cursor, Ending, Entity, Invitation, insert, is_invited, of_address};
use crate::crypto::TokenDigest;
use crate::domain::{Email, Timestamp};
use crate::store::batch::among_first;
use crate::store::query_plan::{Plan, empty_store};

fn ann() -> Email {
    Email::parse("ann@x.example").expect("a valid email")
}

#[tokio::test]
async fn every_query_for_invitations_is_an_index_search() {
    let (store, _folder) = empty_store().await;
    let (ann, id, now) = (ann(), Uuid::max(), Timestamp(0));
    let digest = || TokenDigest::of(b"any");
    let primary = "sqlite_autoindex_invitation_1";
    let plan = Plan::of(&store, &super::with_digest(digest())).await;
    assert!(plan.is_one_search_by("sqlite_autoindex_invitation_2"), "{plan:?}");
    for cursor in [Cursor::Before(id), Cursor::After(id)] {
        let plan = Plan::of(&store, &cursor.select(of_address(None), Column::Id, 51)).await;
        assert!(plan.is_one_search_by(primary), "{plan:?}");
    }
    // The first page reads the index from its end and stops at the limit.
    let plan = Plan::of(&store, &Cursor::<Uuid>::First.select(of_address(None), Column::Id, 51)).await;
    assert!(plan.is_searches_by_or_walks(&[primary]), "{plan:?}");
    for query in [
        Cursor::<Uuid>::First.select(of_address(Some(&ann)), Column::Id, 51),
        Cursor::Before(id).select(of_address(Some(&ann)), Column::Id, 51),
        Cursor::After(id).select(of_address(Some(&ann)), Column::Id, 51),
        Entity::find().filter(super::waiting(now)).filter(Column::EmailKey.eq(ann.key())),
    ] {
        let plan = Plan::of(&store, &query).await;
        assert!(plan.is_one_search_by("invitation_email_key"), "{plan:?}");
    }
    let purge = Entity::delete_many().filter(among_first::<Entity>(Column::EndedAt.lt(now), 25));
    let plan = Plan::of(&store, &purge).await;
    assert!(plan.is_searches_by(&[primary, "invitation_ended_at"]), "{plan:?}");
    let inviter =
        Entity::update_many().col_expr(Column::InvitedBy, Expr::value(None::<Uuid>)).filter(Column::InvitedBy.eq(id));
    let plan = Plan::of(&store, &inviter).await;
    assert!(plan.is_one_search_by("invitation_invited_by"), "{plan:?}");
}

#[tokio::test]
async fn an_invitation_ends_only_once_and_only_before_it_expires() {
    let (store, _folder) = empty_store().await;
    let (ann, from, until) = (ann(), Timestamp(1_000), Timestamp(2_000));
    let new = Invitation {
        id: Uuid::max(),
        email: ann.clone(),
        invited_by: None,
        created_at: from,
        expires_at: until,
        ending: None,
    };
    let tx = store.write().await.expect("a transaction");
    insert(&tx, new.clone(), TokenDigest::of(b"any")).await.expect("the invitation is inserted");
    assert!(is_invited(&tx, &ann, Timestamp(1_999)).await.expect("a query"));
    assert!(!is_invited(&tx, &ann, until).await.expect("a query"));
    assert!(!super::end_for(&tx, &ann, Ending::Used, until).await.expect("an update"));
    assert!(super::end_for(&tx, &ann, Ending::Used, Timestamp(1_999)).await.expect("an update"));
    assert!(!super::end_for(&tx, &ann, Ending::Used, from).await.expect("an update"));
    assert!(!super::revoke(&tx, new.id, from).await.expect("an update"));
    let stored = super::by_id(&tx, new.id).await.expect("a query").expect("the row");
    assert_eq!(stored.ending, Some(Ending::Used));
}
