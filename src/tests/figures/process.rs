//! The processes that are measured.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::data::DataFolder;
use crate::{Outcome, load};

/// Clock ticks per second, in which `/proc` counts CPU time. Linux always reports 100
/// to programs, independent of the kernel's own rate (USER_HZ; proc_pid_stat(5)).
const TICKS: f64 = 100.0;
/// How long a portal may take until its first response.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that is killed when this is dropped.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Starts this program again, in another role.
    pub(crate) fn again(role: &str, about: &str) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([role, about]).stdin(Stdio::piped()).stdout(Stdio::piped());
        Ok(Self(command.spawn()?))
    }

    /// Seconds of CPU time so far, of all threads, in user and kernel mode.
    pub(crate) fn cpu(&self) -> Outcome<f64> {
        let stat = self.read("stat")?;
        // The process name may contain anything, so parse after it: the fields from the third on.
        let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc")?;
        let mut times = fields.split_whitespace().skip(14 - 3).map(str::parse::<f64>);
        let [user, kernel] = [times.next(), times.next()].map(|time| time.ok_or("no times in /proc"));
        Ok((user?? + kernel??) / TICKS)
    }

    /// Resident memory, in megabytes of 1,000,000 bytes.
    pub(crate) fn resident(&self) -> Outcome<f64> {
        self.memory("VmRSS:")
    }

    /// Peak resident memory so far.
    pub(crate) fn most_resident(&self) -> Outcome<f64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, field: &str) -> Outcome<f64> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("no memory in /proc")?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1_024.0 / 1_000_000.0)
    }

    fn read(&self, file: &str) -> Outcome<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.0.id()))?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Creates the portal's database in a folder.
pub(crate) fn migrate(folder: &Path) -> Outcome {
    let ended = program("migrate", folder).stderr(Stdio::null()).status()?;
    if ended.success() { Ok(()) } else { Err(format!("`portal migrate` ended with {ended}").into()) }
}

/// A command of the release. It ignores the environment and any `.env` of this checkout.
fn program(command: &str, folder: &Path) -> Command {
    let mut program = Command::new(target().join("release/portal"));
    program.arg(command).env_clear().current_dir(folder).env("PORTAL_DATA_DIR", folder).stdin(Stdio::null());
    program
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target")
}

/// All load comes from one IP address, and would exceed its limits.
const ONE_ADDRESS: &[(&str, &str)] = &[("PORTAL_POSTS_PER_SECOND", "1000000"), ("PORTAL_POSTS_BURST", "1000000")];

/// The release build, serving.
pub(crate) struct Portal {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    log: PathBuf,
}

impl Portal {
    /// Starts it on a free port, and loads one page as soon as it is up.
    pub(crate) async fn start(data: &DataFolder) -> Outcome<Self> {
        Self::start_with(data, ONE_ADDRESS).await
    }

    /// As above, with exactly these settings.
    pub(crate) async fn start_with(data: &DataFolder, settings: &[(&str, &str)]) -> Outcome<Self> {
        let mut portal = Self::spawn(data, settings)?;
        portal.first_page().await?;
        Ok(portal)
    }

    fn spawn(data: &DataFolder, settings: &[(&str, &str)]) -> Outcome<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = data.path().join("log");
        let mut command = program("serve", data.path());
        command
            .envs(settings.iter().copied())
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .env("LEPTOS_SITE_ROOT", target().join("site"))
            .stdout(Stdio::null())
            .stderr(fs::OpenOptions::new().create(true).append(true).open(&log)?);
        let child =
            command.spawn().map_err(|error| format!("target/release/portal: {error}; `make release` builds it"))?;
        Ok(Self { process: Process(child), address, log })
    }

    /// Requests `/login` every millisecond until it is answered.
    async fn first_page(&mut self) -> Outcome {
        let asked = load::now();
        while let Err(error) = load::once(self.address, load::get("/login")?).await {
            let ended = self.process.0.try_wait()?;
            if ended.is_some() || asked.elapsed() > PATIENCE {
                let log = fs::read_to_string(&self.log)?;
                return Err(format!("the portal did not start: {error}\n{log}").into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Shuts it down cleanly.
    pub(crate) fn stop(mut self) -> Outcome {
        Command::new("kill").args(["-TERM", &self.process.0.id().to_string()]).status()?;
        let ended = self.process.0.wait()?;
        if ended.success() { Ok(()) } else { Err(format!("the portal ended with {ended}").into()) }
    }
}
