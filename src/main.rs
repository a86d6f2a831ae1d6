//! The command line of the portal.

fn main() -> std::process::ExitCode {
    portal::server::cli::run()
}
