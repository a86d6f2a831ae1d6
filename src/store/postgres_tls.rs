//! Reads the URL of a PostgreSQL database: whether the driver can read it, and whether a connection is safe from others
//! on the network.

use std::net::IpAddr;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Why a database must not be used in production. The text contains no part of the URL, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostgresUrlError {
    #[error("is not a PostgreSQL URL that the database driver can read")]
    Malformed,
    #[error(
        "must contain sslmode=verify-full in production, because with less the server's identity is not verified; \
         append ?sslmode=verify-full, and &sslrootcert=FILE if its certificate is not signed by a public authority"
    )]
    Unverified,
}

/// Checks that the driver can read the URL.
///
/// # Errors
/// It cannot, for example because of an unknown `sslmode`.
pub fn check_syntax(url: &str) -> Result<(), PostgresUrlError> {
    parse(url).map(|_| ())
}

/// Returns the host and the port, or the folder of the socket.
#[must_use]
pub fn server(url: &str) -> Option<String> {
    let options = parse(url).ok()?;
    let socket = options.get_socket().map(|folder| folder.display().to_string());
    let host = options.get_host();
    Some(socket.unwrap_or_else(|| {
        if host.starts_with('/') { host.to_owned() } else { format!("{host}:{}", options.get_port()) }
    }))
}

fn parse(url: &str) -> Result<PgConnectOptions, PostgresUrlError> {
    url.parse().map_err(|_| PostgresUrlError::Malformed)
}

/// Checks that the server at `url` is on this machine, or is identified by its certificate. The driver's own parser
/// reads the URL, because parameters and `PG…` variables can change host and mode.
///
/// # Errors
/// The URL cannot be read, or allows a connection to another machine without TLS or with an unverified certificate.
pub fn check(url: &str) -> Result<(), PostgresUrlError> {
    let options = parse(url)?;
    let verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
    if verified || options.get_socket().is_some() || is_local(options.get_host()) {
        Ok(())
    } else {
        Err(PostgresUrlError::Unverified)
    }
}

/// Whether the host is a folder of a Unix socket or a loopback name.
fn is_local(host: &str) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.starts_with('/') || host == "localhost" || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{PostgresUrlError, check, server};

    #[test]
    fn a_server_on_another_machine_must_prove_its_identity() {
        for local in [
            "postgres://portal:secret@localhost/portal",
            "postgres://portal@127.0.0.1:5433/portal?sslmode=disable",
            "postgres://portal@[::1]/portal",
            "postgres:///portal?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/portal",
        ] {
            assert_eq!(check(local), Ok(()), "{local}");
        }
        let remote = "postgres://portal:secret@db.example.com/portal";
        assert_eq!(check(&format!("{remote}?sslmode=verify-full")), Ok(()));
        for mode in ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"] {
            assert_eq!(check(&format!("{remote}{mode}")), Err(PostgresUrlError::Unverified), "{mode}");
        }
        // A parameter wins over the host of the URL.
        let moved = "postgres://portal@localhost/portal?hostaddr=192.0.2.7";
        assert_eq!(check(moved), Err(PostgresUrlError::Unverified));
        assert_eq!(check(&format!("{remote}?sslmode=full")), Err(PostgresUrlError::Malformed));
    }
    #[test]
    fn the_server_is_named_without_user_and_password() {
        for (url, expected) in [
            ("postgres://portal:secret@db.example.com/portal", "db.example.com:5432"),
            ("postgres://portal:secret@[::1]:5433/portal?sslmode=disable", "[::1]:5433"),
            ("postgres:///portal?host=/run/postgresql", "/run/postgresql"),
            ("postgres://%2Frun%2Fpostgresql/portal", "/run/postgresql"),
        ] {
            assert_eq!(server(url).as_deref(), Some(expected), "{url}");
        }
    }
}
