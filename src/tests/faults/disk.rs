//! The disk is full, fails, or is read-only.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::scene::{
    Posts, SETTINGS, assert_reads, long, now, registered, registered_in, signed_in, sqlite, until_ready, until_unready,
};
use crate::harness::app::PASSWORD;
use crate::harness::disk::SmallDisk;
use crate::harness::process::{Served, portal_in};

const IO_ERROR: &str = "I/O error";

/// A portal whose database is in a folder that a test can break.
struct Scene {
    folder: tempfile::TempDir,
    prefix: Vec<String>,
    database: PathBuf,
}

impl Scene {
    fn new(prefix: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("portal.db");
        Self { folder, prefix: prefix.iter().map(|&word| word.to_owned()).collect(), database }
    }

    fn command(&self) -> Command {
        let url = sqlite(&self.database);
        // The last use of a session is recorded every second, so even a page that only reads also writes.
        let own = [("DATABASE_URL", url.as_str()), ("PORTAL_SESSION_IDLE", "60")];
        portal_in(&self.prefix, self.folder.path(), &[SETTINGS, &own].concat())
    }

    async fn served(&self) -> Served {
        let mut create = self.command();
        create
            .args(["admin", "create", "ann", "ann@x.example"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut create = create.spawn().expect("the program starts");
        let mut input = create.stdin.take().expect("its input");
        writeln!(input, "{PASSWORD}").expect("a password");
        drop(input);
        assert!(create.wait().expect("it finishes").success());
        Served::run(self.command(), self.folder.path()).await
    }

    fn backup(&self, name: &str) -> (bool, String) {
        let output = self.command().arg("backup").arg(self.folder.path().join(name)).output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Breaks and repairs the disk `rounds` times. What was acknowledged before, during and
/// after each fault is compared with a fresh read of the file.
async fn break_and_mend(fault: &str, scene: &Scene, file: &Path, break_it: impl Fn(&Served), mend: impl Fn(&Served)) {
    let mut served = scene.served().await;
    let member = signed_in(&served).await;
    let (mut posts, mut well) = (Posts::default(), Duration::ZERO);
    for round in 0..if long() { 5 } else { 2 } {
        assert!(posts.register(&served).await);
        break_it(&served);
        // SQLite reuses its log after a checkpoint, so some writes may still fit on a full disk.
        let (accepted, refused) = (posts.acknowledged.len(), posts.refused);
        while posts.refused < refused + 20 {
            posts.register(&served).await;
            assert!(posts.acknowledged.len() < accepted + 300, "the fault has no effect: {posts:?}");
        }
        until_unready(&served, "the database cannot be written\n").await;
        assert_reads(&member, &served).await;
        // A limit on the process does not affect other processes.
        if fault != IO_ERROR {
            let (ended_well, said) = scene.backup(&format!("broken{round}"));
            assert!(!ended_well && said.contains("the database can be read, but not written"), "{said}");
        }
        mend(&served);
        well = well.max(posts.until_well(&served).await).max(until_ready(&served).await);
        for _ in 0..5 {
            assert!(posts.register(&served).await, "{fault}: refused after the repair");
        }
        // Committed, not only visible to the portal itself.
        posts.assert_all_in(fault, &registered_in(file).await, well);
    }
    let (ended_well, said) = scene.backup("copy");
    assert!(ended_well, "{said}");
    let copied = registered(&sqlite(&scene.folder.path().join("copy"))).await;
    assert!(posts.acknowledged.is_subset(&copied), "the copy lacks some of {:?}", posts.acknowledged);
    assert!(well < Duration::from_secs(3), "recovered after {well:?}");
    let begun = now();
    served.signal("-TERM");
    assert!(served.child.wait().expect("it finishes").success());
    assert!(begun.elapsed() < Duration::from_secs(5), "it stops without delay");
    posts.assert_all_in(fault, &registered_in(file).await, well);
}

#[tokio::test]
async fn a_full_disk_loses_no_acknowledged_data_and_recovers_by_itself() {
    let mut scene = Scene::new(&[]);
    let place = scene.folder.path().join("disk");
    std::fs::create_dir(&place).expect("a folder");
    let Some(disk) = SmallDisk::mount(&place) else { return };
    scene.prefix = disk.prefix();
    scene.database = place.join("portal.db");
    break_and_mend("disk full", &scene, &disk.path("portal.db"), |_| disk.fill(), |_| disk.free()).await;
}

/// Limits the size of the files that a process writes, or lifts the limit.
fn limit_files(served: &Served, bytes: Option<u64>) {
    let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    let pid = served.child.id().to_string();
    let done = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={limit}:unlimited")]).status();
    assert!(done.expect("prlimit runs").success());
}

#[tokio::test]
async fn an_io_error_loses_no_acknowledged_data_and_recovers_by_itself() {
    // With the signal ignored, a write beyond the limit fails with EFBIG, which SQLite reports as an I/O error.
    let scene = Scene::new(&["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    let file = scene.database.clone();
    break_and_mend(
        IO_ERROR,
        &scene,
        &file,
        |served| limit_files(served, Some(4_096)),
        |served| {
            limit_files(served, None);
        },
    )
    .await;
}

#[tokio::test]
async fn read_only_files_lose_no_acknowledged_data_and_recover() {
    let scene = Scene::new(&[]);
    let file = scene.database.clone();
    let log = file.with_extension("db-wal");
    std::fs::write(&log, "").expect("a file");
    let change = |how: &str| {
        let done = Command::new("chattr").arg(how).arg(&log).stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    };
    if !(change("+i") && change("-i")) {
        println!("skipped: files cannot be made immutable here");
        return;
    }
    break_and_mend(
        "write refused (as on a read-only file system)",
        &scene,
        &file,
        |_| assert!(change("+i")),
        |_| {
            assert!(change("-i"));
        },
    )
    .await;
}
