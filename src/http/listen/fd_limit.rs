//! Fits the connection limit to the limit on open files.

use crate::limits::ConnectionLimits;

/// Open files other than connections: the database, the log, the mail server, served files and the
/// runtime.
const RESERVE: u64 = 128;

/// Raises the process's limit on open files as far as `limits` needs and the system allows. If that
/// is not enough, lowers `limits` and logs a warning, since running out of file descriptors would
/// also stop the database.
#[must_use]
pub fn fit_to_fd_limit(limits: ConnectionLimits) -> ConnectionLimits {
    let needed = u64::try_from(limits.most).unwrap_or(u64::MAX).saturating_add(RESERVE);
    let allowed = match rlimit::increase_nofile_limit(needed) {
        Ok(allowed) => allowed,
        Err(error) => {
            tracing::warn!(%error, needed, "the limit on open files cannot be raised");
            rlimit::Resource::NOFILE.get_soft().unwrap_or(needed)
        }
    };
    let fitting = fitting(limits, allowed);
    if fitting.most < limits.most {
        tracing::warn!(
            wanted = limits.most,
            allowed = fitting.most,
            open_files = allowed,
            "PORTAL_CONNECTIONS_MAX needs more open files than the system allows; raise that limit (ulimit -n)"
        );
    }
    fitting
}

fn fitting(limits: ConnectionLimits, open_files: u64) -> ConnectionLimits {
    // If very few files are allowed, split them evenly between connections and the rest.
    let room = open_files.saturating_sub(RESERVE).max(open_files / 2).max(1);
    let most = limits.most.min(usize::try_from(room).unwrap_or(usize::MAX));
    // The same share of all connections as before.
    let per_ip = (limits.per_ip * most).div_ceil(limits.most.max(1));
    ConnectionLimits { most, per_ip, ..limits }
}

#[cfg(test)]
mod tests {
    use super::fitting;
    use crate::limits::Limits;

    #[test]
    fn file_descriptors_are_reserved_for_the_database() {
        let limits = Limits::default().connections;
        let with = |open_files| {
            let fitting = fitting(limits, open_files);
            (fitting.most, fitting.per_ip)
        };
        assert_eq!(with(20_000), (2_048, 128));
        assert_eq!(with(2_176), (2_048, 128));
        assert_eq!(with(1_024), (896, 56));
        assert_eq!(with(100), (50, 4));
    }
}
