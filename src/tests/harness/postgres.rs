//! A PostgreSQL server for tests: a cluster in a folder of its own, which a test can
//! stop, start and restart. It stops when this process ends, however that ends.
//!
//! The library's tests include this file as well.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server.
#[derive(Debug)]
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    owner: Option<u32>,
    pub(crate) port: u16,
    /// A shell whose input closes when this process ends. It then stops the server and
    /// removes the folder.
    _keeper: Child,
}

impl Postgres {
    /// Starts a server, on loopback and on a socket in its folder. Returns `None` where
    /// PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let owner = owner(&folder);
        let mut init = as_user(Command::new(programs.join("initdb")), owner);
        init.current_dir(&folder).arg("-D").arg(folder.join("data"));
        init.args(["-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        assert!(init.stdout(Stdio::null()).status().expect("initdb runs").success(), "initdb succeeds");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let script = "read -r _; \"$1/pg_ctl\" stop -s -m immediate -D \"$2/data\"; rm -rf \"$2\"";
        let mut keeper = as_user(Command::new("sh"), owner);
        keeper.args(["-c", script, "sh"]).arg(&programs).arg(&folder).current_dir(&folder).stdin(Stdio::piped());
        // A signal to the process group of the tests must not end it early.
        let keeper = keeper.process_group(0).spawn().expect("a shell");
        let server = Self { programs, folder, owner, port: free.port(), _keeper: keeper };
        server.start_again();
        Some(server)
    }

    /// The URL of a database of this server, over TCP.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url_at(self.port, database)
    }

    /// As above, through another port, such as a proxy's.
    pub(crate) fn url_at(&self, port: u16, database: &str) -> String {
        format!("postgres://portal@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// Creates an empty database.
    pub(crate) fn create(&self, database: &str) {
        let mut create = as_user(Command::new(self.programs.join("createdb")), self.owner);
        create.current_dir(&self.folder).args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-U",
            "portal",
            database,
        ]);
        assert!(create.status().expect("createdb runs").success(), "{database} is created");
    }

    /// Closes every connection and stops the server.
    pub(crate) fn stop(&self) {
        self.control(&["stop", "-m", "fast"]);
    }

    pub(crate) fn start_again(&self) {
        let options =
            format!("-k {} -p {} -c listen_addresses=127.0.0.1 -c fsync=off", self.folder.display(), self.port);
        let log = self.folder.join("log").display().to_string();
        self.control(&["start", "-l", &log, "-o", &options]);
    }

    pub(crate) fn restart(&self) {
        self.stop();
        self.start_again();
    }

    /// Runs `pg_ctl`, which returns when it is done.
    fn control(&self, arguments: &[&str]) {
        let mut control = as_user(Command::new(self.programs.join("pg_ctl")), self.owner);
        control
            .current_dir(&self.folder)
            .args(arguments)
            .args(["-s", "-w", "-t", "60", "-D"])
            .arg(self.folder.join("data"));
        // A server that inherits our output would keep it open.
        let done = control.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(done.expect("pg_ctl runs").success(), "{arguments:?}: {}", log());
    }
}

/// The folder of the server's programs: in the `PATH`, or where Debian installs them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let found = std::env::split_paths(&path).chain(debian).find(|folder| folder.join("initdb").exists())?;
    // The resolved path, because the server looks for its files next to itself.
    fs::canonicalize(found.join("initdb")).ok()?.parent().map(Path::to_owned)
}

/// PostgreSQL does not run as root. If root runs this, gives the folder to another user.
fn owner(folder: &Path) -> Option<u32> {
    if fs::metadata(folder).expect("the folder").uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the users");
    let user = |name: &str| users.lines().find_map(|line| line.strip_prefix(name)?.split(':').nth(1)?.parse().ok());
    let id = user("postgres:").or_else(|| user("nobody:")).expect("a user other than root");
    chown(folder, Some(id), None).expect("the owner is changed");
    Some(id)
}

fn as_user(mut command: Command, id: Option<u32>) -> Command {
    if let Some(id) = id {
        command.uid(id);
    }
    command
}
