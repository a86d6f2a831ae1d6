//! A TCP proxy whose connections can go silent, as behind a firewall that dropped their state.

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Runs until this is dropped.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    silenced: watch::Sender<u64>,
}

impl Proxy {
    /// Forwards to a port of this machine.
    pub(crate) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("a socket address").port();
        let silenced = watch::Sender::new(0);
        let listening = silenced.subscribe();
        tokio::spawn(async move {
            let mut ended = listening.clone();
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = async { while ended.changed().await.is_ok() {} } => return,
                };
                let Ok((client, _)) = accepted else { return };
                tokio::spawn(forward(client, port, listening.clone()));
            }
        });
        Self { port: own, silenced }
    }

    /// Stops forwarding on the connections that are open now, and keeps them open.
    pub(crate) fn silence(&self) {
        self.silenced.send_modify(|times| *times += 1);
    }
}

async fn forward(mut client: TcpStream, port: u16, mut silenced: watch::Receiver<u64>) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    silenced.mark_unchanged();
    let forwarding = tokio::io::copy_bidirectional(&mut client, &mut server);
    let is_silent = tokio::select! {
        _ = forwarding => false,
        changed = silenced.changed() => changed.is_ok(),
    };
    if is_silent {
        // Held open until the proxy stops.
        while silenced.changed().await.is_ok() {}
    }
}
