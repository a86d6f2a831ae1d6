//! What a connection hears that finds no place.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::server::http::sampled::Sampled;

/// Told at once rather than left in the system's queue: there everybody would
/// wait for those who came first, without knowing for what, and a proxy could
/// not tell its visitor.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n\
    Content-Type: text/plain\r\nContent-Length: 55\r\n\r\nThe portal is very busy. Please try again in a moment.\n";
/// Of those who are told, this many at once; the others are only hung up on.
const TELLING: usize = 64;
/// How long one of them may take to hear it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Refuses connections, cheaply.
#[derive(Debug)]
pub(super) struct Refusals {
    telling: Arc<Semaphore>,
    pub(super) count: Sampled,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { telling: Arc::new(Semaphore::new(TELLING)), count: Sampled::default() }
    }
}

impl Refusals {
    pub(super) fn refuse(&self, mut stream: TcpStream) {
        let Ok(turn) = Arc::clone(&self.telling).try_acquire_owned() else { return };
        tokio::spawn(async move {
            let tell = async {
                stream.write_all(NO_PLACE).await?;
                stream.shutdown().await?;
                // Closing with something unread would take the answer back. One read has most requests.
                let mut rest = [0; 4_096];
                while stream.read(&mut rest).await? > 0 {}
                std::io::Result::Ok(())
            };
            // Whoever does not listen has heard enough.
            let _ = tokio::time::timeout(PATIENCE, tell).await;
            drop(turn);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::NO_PLACE;

    #[test]
    fn the_answer_is_as_long_as_it_says() {
        let answer = std::str::from_utf8(NO_PLACE).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(head.lines().any(|line| line == format!("Content-Length: {}", body.len())), "{}", body.len());
    }
}
