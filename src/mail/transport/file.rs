//! Writes emails to a folder, for development.
//!
//! Each email is two files: `<time>-<id>.eml` as sent over SMTP, and `<time>-<id>.json` with its
//! recipient and text for the page that displays it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::SendError;
use crate::datetime;
use crate::mail::RenderedEmail;
use crate::store::outbox::MailFault;

/// The folder. It is created with the first email.
#[derive(Clone, Debug)]
pub struct FileBox {
    dir: PathBuf,
}

/// The file name of an email without extension: `20261123T143259123Z-` and a UUID. Names sort by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(String);

/// The content of an email's JSON file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledMail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// When it was written, in UTC (RFC 3339).
    pub at: String,
}

impl FiledMail {
    /// Returns when it was written, for display: `2026-11-23 14:32:59 UTC`.
    #[must_use]
    pub fn written(&self) -> String {
        let to_the_second = self.at.get(.."2026-11-23T14:32:59".len()).unwrap_or(&self.at);
        format!("{} UTC", to_the_second.replace('T', " "))
    }
}

impl FileBox {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Returns the newest emails, newest first, at most `most`. Other files are skipped.
    ///
    /// # Errors
    /// The folder exists but cannot be read.
    pub async fn newest(&self, most: usize) -> io::Result<Vec<(FileId, FiledMail)>> {
        let dir = self.dir.clone();
        blocking(move || {
            let entries = match fs::read_dir(&dir) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error),
            };
            let name = |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
            let mut ids: Vec<FileId> =
                entries.filter_map(|entry| FileId::parse(name(entry)?.strip_suffix(".json")?)).collect();
            ids.sort_unstable_by(|a, b| b.cmp(a));
            let mails = ids.into_iter().filter_map(|id| Some((id.clone(), read(&dir, &id).ok()??)));
            Ok(mails.take(most).collect())
        })
        .await
    }

    /// Returns an email, if it exists.
    ///
    /// # Errors
    /// The file exists but cannot be read.
    pub async fn find(&self, id: &FileId) -> io::Result<Option<FiledMail>> {
        let (dir, id) = (self.dir.clone(), id.clone());
        blocking(move || read(&dir, &id)).await
    }

    pub(super) async fn send(&self, email: &RenderedEmail) -> Result<(), SendError> {
        let dir = self.dir.clone();
        let id = FileId::of(email);
        let filed = FiledMail {
            to: email.to.clone(),
            subject: email.subject.clone(),
            text: email.text.clone(),
            html: email.html.clone(),
            at: datetime::rfc3339(email.at),
        };
        let wire = email.mail.formatted();
        let written = blocking(move || {
            fs::create_dir_all(&dir)?;
            write(&dir, &format!("{}.eml", id.0), &wire)?;
            // Written last, because readers look for this file.
            write(&dir, &format!("{}.json", id.0), &serde_json::to_vec_pretty(&filed)?)
        });
        written.await.map_err(|error| {
            SendError::new(MailFault::Temporary, format!("the email's file can't be written: {error}"))
        })
    }
}

impl FileId {
    fn of(email: &RenderedEmail) -> Self {
        Self(format!("{}-{}", datetime::compact(email.at), email.id))
    }

    /// Parses a name of exactly this format, so that it cannot lead out of the folder.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (time, id) = name.split_once('-')?;
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let (day, clock) = time.strip_suffix('Z')?.split_once('T')?;
        let id = uuid::Uuid::try_parse(id).ok().filter(|parsed| parsed.to_string() == id)?;
        (digits(day, 8) && digits(clock, 9)).then(|| Self(format!("{day}T{clock}Z-{id}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn read(dir: &Path, id: &FileId) -> io::Result<Option<FiledMail>> {
    match fs::read(dir.join(format!("{}.json", id.0))) {
        Ok(json) => Ok(Some(serde_json::from_slice(&json)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file atomically: a reader sees all of it or nothing.
fn write(dir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let unfinished = dir.join(format!(".{name}.part"));
    fs::write(&unfinished, content)?;
    fs::rename(unfinished, dir.join(name))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

#[cfg(test)]
mod tests {
    use super::FileId;

    #[test]
    fn only_file_names_of_the_portal_are_accepted() {
        let good = "20261123T143259123Z-019ab3c4-0000-7000-8000-00000000abcd";
        assert_eq!(FileId::parse(good).map(|id| id.as_str().to_owned()).as_deref(), Some(good));
        for bad in [
            "",
            "..",
            "../secret",
            "/etc/passwd",
            "20261123T143259123Z-",
            "20261123T143259123Z-../../../../../etc/passwd",
            "20261123T14325912Z-019ab3c4-0000-7000-8000-00000000abcd",
            "20261123T143259123Z-019AB3C4-0000-7000-8000-00000000ABCD",
            "20261123T143259123Z-019ab3c4000070008000000000 00abcd",
            "20261123T143259123Z-019ab3c4-0000-7000-8000-00000000abcd.json",
            "2026112３T143259123Z-019ab3c4-0000-7000-8000-00000000abcd",
        ] {
            assert_eq!(FileId::parse(bad), None, "{bad}");
        }
    }
}
