//! A small disk that a test can fill, in a mount namespace of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A file system of eight megabytes, removed when this is dropped.
pub(crate) struct SmallDisk {
    /// A process in the namespace; its input closes when this process ends.
    holder: Child,
    place: PathBuf,
    is_root: bool,
}

impl SmallDisk {
    /// Mounts one at `place`, an empty folder. Returns `None` where that is not allowed.
    pub(crate) fn mount(place: &Path) -> Option<Self> {
        let is_root = rustix::process::geteuid().is_root();
        let mut holder = Command::new("unshare");
        holder.args(["--mount", "--propagation", "private"]);
        if !is_root {
            holder.arg("--map-root-user");
        }
        let script = "mount -t tmpfs -o size=8m tmpfs \"$1\" && echo mounted && exec cat";
        holder.args(["sh", "-c", script, "sh"]).arg(place);
        let mut holder = holder.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut line = String::new();
        BufReader::new(holder.stdout.take()?).read_line(&mut line).ok()?;
        if line != "mounted\n" {
            // The process has ended already, or ends when its input closes.
            drop(holder.stdin.take());
            let _ = holder.wait();
            super::report("skipped: there is no right to mount a file system here");
            return None;
        }
        Some(Self { holder, place: place.to_owned(), is_root })
    }

    /// The command prefix that runs a program where the disk is mounted.
    pub(crate) fn prefix(&self) -> Vec<String> {
        let mut prefix =
            vec!["nsenter".to_owned(), "-t".to_owned(), self.holder.id().to_string(), "--mount".to_owned()];
        if !self.is_root {
            prefix.extend(["--user".to_owned(), "--preserve-credentials".to_owned()]);
        }
        // Otherwise the program would start in the root folder.
        prefix.push(format!("--wdns={}", self.place.display()));
        prefix.push("--".to_owned());
        prefix
    }

    /// The path of a file on the disk, as seen from this process.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let place = self.place.strip_prefix("/").expect("an absolute path");
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(place).join(name)
    }

    /// Uses up all free space.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.path("fill")).expect("a file on the disk");
        for size in [65_536, 4_096, 512] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    /// Frees the space again.
    pub(crate) fn free(&self) {
        std::fs::remove_file(self.path("fill")).expect("the file is removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
