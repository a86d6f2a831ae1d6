//! What administrators, the command line and the portal itself did.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, binary_null, string, string_null, text_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Audit {
    Table,
    Seq,
    At,
    ActorKind,
    ActorId,
    Action,
    TargetId,
    Detail,
    Ip,
    IpSalt,
    IpCommitment,
    Reason,
    ReasonSalt,
    ReasonCommitment,
    Previous,
    Hash,
}

#[derive(DeriveIden)]
enum AuditAnchor {
    Table,
    Id,
    Ends,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let audit = Table::create()
            .table(Audit::Table)
            .col(big_integer(Audit::Seq).primary_key())
            .col(big_integer(Audit::At))
            .col(string(Audit::ActorKind))
            .col(uuid_null(Audit::ActorId))
            .col(string(Audit::Action))
            .col(uuid_null(Audit::TargetId))
            .col(string(Audit::Detail))
            .col(string_null(Audit::Ip))
            .col(binary_null(Audit::IpSalt))
            .col(binary_null(Audit::IpCommitment))
            .col(text_null(Audit::Reason))
            .col(binary_null(Audit::ReasonSalt))
            .col(binary_null(Audit::ReasonCommitment))
            .col(binary(Audit::Previous))
            .col(binary(Audit::Hash))
            .to_owned();
        manager.create_table(audit).await?;
        // One row: where the chain begins and ends, sealed.
        let anchor = Table::create()
            .table(AuditAnchor::Table)
            .col(uuid(AuditAnchor::Id).primary_key())
            .col(binary(AuditAnchor::Ends))
            .to_owned();
        manager.create_table(anchor).await?;
        for (name, column) in [
            ("audit_action", Audit::Action.into_iden()),
            ("audit_actor_id", Audit::ActorId.into_iden()),
            ("audit_target_id", Audit::TargetId.into_iden()),
        ] {
            let index = Index::create().name(name).table(Audit::Table).col(column).col(Audit::Seq).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(AuditAnchor::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Audit::Table).to_owned()).await
    }
}
