//! The response to connections over the limit.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::services::rate_limit::LogThrottle;

/// Sent at once instead of leaving the connection in the system's queue. There, every client would wait
/// behind earlier ones without knowing why, and a proxy could not report an error to its client.
const RESPONSE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n\
    Content-Type: text/plain\r\nContent-Length: 55\r\n\r\nThe portal is very busy. Please try again in a moment.\n";
/// Maximum number of concurrent 503 responses; further connections are closed without one.
const RESPONSES_MAX: usize = 64;
/// How long a client may take to read the response.
const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// Rejects connections at little cost.
#[derive(Debug)]
pub(super) struct Refusals {
    responses: Arc<Semaphore>,
    pub(super) count: LogThrottle,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { responses: Arc::new(Semaphore::new(RESPONSES_MAX)), count: LogThrottle::default() }
    }
}

impl Refusals {
    pub(super) fn refuse(&self, mut stream: TcpStream) {
        let Ok(permit) = Arc::clone(&self.responses).try_acquire_owned() else { return };
        tokio::spawn(async move {
            let respond = async {
                stream.write_all(RESPONSE).await?;
                stream.shutdown().await?;
                // Unread data would make the system reset the connection and discard the response.
                // Most requests fit into one read.
                let mut rest = [0; 4_096];
                while stream.read(&mut rest).await? > 0 {}
                std::io::Result::Ok(())
            };
            // A client that is too slow to read the response is disconnected.
            let _ = tokio::time::timeout(READ_TIMEOUT, respond).await;
            drop(permit);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RESPONSE;

    #[test]
    fn the_response_has_the_length_in_its_header() {
        let answer = std::str::from_utf8(RESPONSE).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(head.lines().any(|line| line == format!("Content-Length: {}", body.len())), "{}", body.len());
    }
}
