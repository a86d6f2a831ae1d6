//! The command line of the portal.

/// Each password hash takes 19 MiB for some milliseconds. The system's
/// allocator keeps that; this one gives it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    portal::server::cli::run()
}
