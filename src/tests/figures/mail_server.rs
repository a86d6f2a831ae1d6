//! A mail server on loopback that is as slow as one far away.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::{Outcome, load};

/// Accepts every email. It stops when it is dropped.
pub(crate) struct MailServer {
    pub(crate) url: String,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

struct State {
    /// How long each reply takes.
    reply: Duration,
    /// The time between two emails.
    interval: Duration,
    /// When the next email is accepted.
    next: Mutex<Instant>,
    /// When the newest email to each recipient was accepted.
    arrived: Mutex<HashMap<String, Instant>>,
}

impl MailServer {
    pub(crate) async fn start(reply: Duration, interval: Duration) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("smtp://127.0.0.1:{}?tls=none", listener.local_addr()?.port());
        let state = State { reply, interval, next: Mutex::new(load::now()), arrived: Mutex::default() };
        let state = Arc::new(state);
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { url, state, task })
    }

    /// When the newest email to this recipient was accepted.
    pub(crate) fn arrival(&self, email: &str) -> Option<Instant> {
        self.state.arrived.lock().unwrap_or_else(PoisonError::into_inner).get(email).copied()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        // A client that hangs up ends its own connection only.
        tokio::spawn(async move { serve(stream, &state).await });
    }
}

/// Speaks as much SMTP (RFC 5321) as the portal needs.
async fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 localhost\r\n").await?;
    let mut recipients = Vec::new();
    while let Some(line) = lines.next_line().await? {
        tokio::time::sleep(state.reply).await;
        let mut reply: &[u8] = b"250 OK\r\n";
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "RCPT" => recipients.extend(line.split(['<', '>']).nth(1).map(str::to_owned)),
            "DATA" => {
                write.write_all(b"354 Go ahead\r\n").await?;
                while lines.next_line().await?.is_some_and(|line| line != ".") {}
                state.take(recipients.drain(..)).await;
            }
            "RSET" => recipients.clear(),
            "QUIT" => reply = b"221 Bye\r\n",
            _ => {}
        }
        write.write_all(reply).await?;
    }
    Ok(())
}

impl State {
    /// Waits for the turn of an email, and accepts it.
    async fn take(&self, recipients: impl Iterator<Item = String>) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = load::now().max(*next);
            *next = turn + self.interval;
            turn
        };
        tokio::time::sleep_until(turn.into()).await;
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.extend(recipients.map(|recipient| (recipient, load::now())));
    }
}
