//! The audit log: actions of administrators, the command line and the portal itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, binary_null, string, string_null, text_null, uuid, uuid_null};
use sea_orm_migration::sea_orm::DbBackend;

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
        // A single row with the start and the end of the chain, encrypted.
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
        create_triggers(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(AuditAnchor::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Audit::Table).to_owned()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION audit_append_only()").await?;
        }
        Ok(())
    }
}

/// The triggers that refuse updates, each with its name, columns and condition.
/// Personal data can be erased, but nothing else can change. This does not stop anyone who can
/// change the schema, but it does stop mistakes, including bugs in this program.
const REFUSED: [(&str, &str, &str); 3] = [
    (
        "audit_append_only",
        "seq, at, actor_kind, actor_id, action, target_id, detail, ip_commitment, reason_commitment, previous, hash",
        "TRUE",
    ),
    ("audit_ip_erased_only", "ip, ip_salt", "NEW.ip IS NOT NULL OR NEW.ip_salt IS NOT NULL"),
    ("audit_reason_erased_only", "reason, reason_salt", "NEW.reason IS NOT NULL OR NEW.reason_salt IS NOT NULL"),
];

async fn create_triggers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let refuse = if manager.get_database_backend() == DbBackend::Sqlite {
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    } else {
        let function = "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$";
        db.execute_unprepared(function).await?;
        "EXECUTE FUNCTION audit_append_only()"
    };
    for (name, columns, when) in REFUSED {
        let trigger =
            format!("CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON audit FOR EACH ROW WHEN ({when}) {refuse}");
        db.execute_unprepared(&trigger).await?;
    }
    Ok(())
}
