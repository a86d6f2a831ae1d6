//! The portal's executable.

/// Each password hash uses 19 MiB for a few milliseconds. Unlike the system
/// allocator, this one returns that memory to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    portal::cli::run()
}
