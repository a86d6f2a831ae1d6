//! The portal's executable.

/// Each password hash uses 19 MiB for a few milliseconds. Unlike the system
/// allocator, this one returns that memory to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // With huge pages, the few megabytes in use are spread over four times as much resident memory. Fails only on
    // kernels without huge pages.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    portal::cli::run()
}
