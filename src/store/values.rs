//! How domain values are stored: each as one number or text.
//!
//! With these conversions, entities and query results hold domain types. A stored value that this
//! version cannot read is an internal error.

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, Set, TryGetError, TryGetable, Value};

use crate::domain::{Role, Timestamp};

/// Stores a type as another, with the functions that write and read it.
macro_rules! stored {
    ($type:ty, as $raw:ty, $write:expr, $read:expr) => {
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let write: fn($type) -> $raw = $write;
                write(value).into()
            }
        }

        impl TryGetable for $type {
            fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                let read: fn($raw) -> Option<Self> = $read;
                read(<$raw>::try_get_by(row, column)?).ok_or_else(|| unreadable(stringify!($type)))
            }
        }

        impl ValueType for $type {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let read: fn($raw) -> Option<Self> = $read;
                read(<$raw as ValueType>::try_from(value)?).ok_or(ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($type).to_owned()
            }

            fn array_type() -> ArrayType {
                <$raw as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <$raw as ValueType>::column_type()
            }
        }

        impl Nullable for $type {
            fn null() -> Value {
                <$raw as Nullable>::null()
            }
        }

        impl IntoActiveValue<$type> for $type {
            fn into_active_value(self) -> ActiveValue<$type> {
                Set(self)
            }
        }
    };
}

fn unreadable(what: &str) -> TryGetError {
    TryGetError::DbErr(DbErr::Type(format!("a row contains a value that this version cannot read: {what}")))
}

stored!(Timestamp, as i64, |at| at.0, |millis| Some(Timestamp(millis)));
stored!(Role, as String, |role| role.as_str().to_owned(), |word| Some(Role::from_stored(&word)));
