//! Connections: how many are allowed, how long each may take, and how they end.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use portal::clock::Clock;
use portal::http::listen::{self, Rules};
use portal::limits::{ConnectionLimits, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::harness::process::Served;

const GET: &str = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

/// A portal serving in a process of its own.
async fn served(settings: &[(&str, &str)]) -> (Served, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    (Served::start(folder.path(), settings).await, folder)
}

fn address_of(served: &Served) -> SocketAddr {
    served.origin.trim_start_matches("http://").parse().expect("a socket address")
}

/// Opens a connection from one of the many loopback IP addresses of this machine.
async fn connect_from(last: u8, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((IpAddr::from(Ipv4Addr::new(127, 0, 0, last)), 0).into()).expect("an address of this machine");
    socket.connect(to).await.expect("a connection")
}

/// Sends a request and reads the response's head and short body.
async fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 4_096];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer)).await;
    let length = read.expect("an answer in 10 s").unwrap_or_default();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// Reads everything until the other side closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
    // Both count as an end: an orderly close, or a reset because data was still being sent.
    let _ = end.expect("the connection ends within 10 s");
    String::from_utf8_lossy(&rest).into_owned()
}

#[expect(clippy::disallowed_methods, reason = "measures when a connection is cut")]
fn now() -> Instant {
    Instant::now()
}

/// Sends the start of a request and then a byte every 100 ms until the connection is
/// closed; returns the response, and when it arrived.
async fn dawdle(to: SocketAddr, beginning: &str) -> (String, Duration) {
    let mut stream = TcpStream::connect(to).await.expect("a connection");
    let began = now();
    stream.write_all(beginning.as_bytes()).await.expect("sent");
    let (mut reading, mut writing) = stream.into_split();
    let dawdling = tokio::spawn(async move {
        while writing.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut answer = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(8), reading.read_to_end(&mut answer)).await;
    assert!(end.is_ok(), "still open after 8 s: {beginning:?}");
    dawdling.abort();
    (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
}

#[tokio::test]
async fn a_head_or_body_sent_byte_by_byte_is_cut_off() {
    let (served, folder) = served(&[("PORTAL_HEADER_TIMEOUT", "1"), ("PORTAL_BODY_TIMEOUT", "2")]).await;
    let post = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Content-Length: 5000\r\n\r\nidentifier=";
    let ((head, head_took), (body, body_took), fine) = tokio::join!(
        dawdle(address_of(&served), "GET /livez HTTP/1.1\r\nX-Slow: "),
        dawdle(address_of(&served), post),
        reqwest::get(served.url("/livez"))
    );
    for answer in [head, body] {
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert!((900..3_000).contains(&head_took.as_millis()), "{head_took:?}");
    assert!((1_900..5_000).contains(&body_took.as_millis()), "{body_took:?}");
    assert_eq!(fine.expect("an answer").status(), 200);
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    assert!(log.contains("connections.cut"), "{log}");
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request_and_closed_when_idle() {
    let (served, _folder) = served(&[("PORTAL_IDLE_TIMEOUT", "1"), ("PORTAL_HEADER_TIMEOUT", "1")]).await;
    let mut kept = TcpStream::connect(address_of(&served)).await.expect("a connection");
    for _ in 0..4 {
        assert!(ask(&mut kept, GET).await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    let answered = now();
    assert_eq!(rest(&mut kept).await, "", "closed without a response");
    assert!(answered.elapsed() < Duration::from_secs(3), "{:?}", answered.elapsed());
    let mut spare = TcpStream::connect(address_of(&served)).await.expect("a connection");
    assert_eq!(rest(&mut spare).await, "", "an unused connection");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_431() {
    let (served, _folder) = served(&[]).await;
    let many = (0..200).map(|n| format!("X-{n}: 1\r\n")).collect::<String>();
    for headers in [format!("X-Large: {}\r\n", "a".repeat(100_000)), many] {
        let mut stream = TcpStream::connect(address_of(&served)).await.expect("a connection");
        let request = format!("GET /livez HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        // The server need not read the excess.
        let _ = stream.write_all(request.as_bytes()).await;
        let answer = rest(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
    let mut stream = TcpStream::connect(address_of(&served)).await.expect("a connection");
    let fits = format!("GET /livez HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "a".repeat(16_000));
    assert!(ask(&mut stream, &fits).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn one_ip_address_with_many_connections_leaves_room_for_others_and_can_reconnect_later() {
    let (served, folder) = served(&[("PORTAL_CONNECTIONS_MAX", "9"), ("PORTAL_CONNECTIONS_PER_IP", "4")]).await;
    let to = address_of(&served);
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = connect_from(2, to).await;
        assert!(ask(&mut stream, GET).await.starts_with("HTTP/1.1 200"));
        held.push(stream);
    }
    let refused = ask(&mut connect_from(2, to).await, GET).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("Connection: close"), "{refused}");
    assert!(refused.contains("Retry-After: ") && refused.contains("very busy"), "{refused}");
    for address in [3, 3, 3, 3, 4] {
        let mut stream = connect_from(address, to).await;
        assert!(ask(&mut stream, GET).await.starts_with("HTTP/1.1 200"), "127.0.0.{address}");
        held.push(stream);
    }
    // Every slot is taken. The longest idle connection of the IP addresses with the most makes room.
    let mut late = connect_from(5, to).await;
    assert!(ask(&mut late, GET).await.starts_with("HTTP/1.1 200"));
    assert_eq!(rest(&mut held[0]).await, "", "closed without a response");
    for kept in &mut held[1..] {
        assert!(ask(kept, GET).await.starts_with("HTTP/1.1 200"));
    }
    drop((held, late));
    let mut again = String::new();
    for _ in 0..100 {
        again = ask(&mut connect_from(2, to).await, GET).await;
        if again.starts_with("HTTP/1.1 200") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(again.starts_with("HTTP/1.1 200"), "{again}");
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    assert!(log.contains("connections.limited") && log.contains("connections.evicted"), "{log}");
}

#[tokio::test]
async fn a_trusted_proxy_is_exempt_from_the_ip_limit_and_five_hundred_connections_are_accepted() {
    let settings =
        [("PORTAL_CONNECTIONS_PER_IP", "4"), ("TRUSTED_PROXIES", "127.0.0.1"), ("PORTAL_DEV_MAILBOX", "public")];
    let (proxied, _folder) = served(&settings).await;
    let (direct, _other_folder) = served(&[("PORTAL_CONNECTIONS_PER_IP", "500")]).await;
    for (served, count) in [(proxied, 40), (direct, 500)] {
        let mut held = Vec::new();
        for n in 0..count {
            let mut stream = TcpStream::connect(address_of(&served)).await.expect("a connection");
            assert!(ask(&mut stream, GET).await.starts_with("HTTP/1.1 200"), "connection {n}");
            held.push(stream);
        }
    }
}

#[tokio::test]
async fn with_too_few_file_descriptors_fewer_connections_are_accepted_and_it_is_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let log = std::fs::File::create(folder.path().join("log")).expect("a log file");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "ulimit -n 140 && exec \"$0\" serve", env!("CARGO_BIN_EXE_portal")]);
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(folder.path());
    command.env("LEPTOS_SITE_ADDR", address.to_string()).stderr(log).stdout(Stdio::null());
    let served = Served { child: command.spawn().expect("it starts"), origin: format!("http://{address}") };
    served.until_ready().await;
    let mut held = Vec::new();
    let mut refused = 0;
    for _ in 0..100 {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        refused += usize::from(!ask(&mut stream, GET).await.starts_with("HTTP/1.1 200"));
        held.push(stream);
    }
    assert!((30..100).contains(&refused), "{refused}");
    drop(held);
    served.until_ready().await;
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    assert!(log.contains("wanted=2048 allowed=70 open_files=140"), "{log}");
}

#[tokio::test]
async fn by_default_one_ip_address_holds_at_most_a_sixteenth_of_the_connections() {
    let (served, _folder) = served(&[("PORTAL_CONNECTIONS_MAX", "64")]).await;
    let to = address_of(&served);
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = connect_from(2, to).await;
        assert!(ask(&mut stream, GET).await.starts_with("HTTP/1.1 200"));
        held.push(stream);
    }
    assert!(ask(&mut connect_from(2, to).await, GET).await.starts_with("HTTP/1.1 503"));
    assert!(ask(&mut connect_from(3, to).await, GET).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_request_in_progress_is_never_closed_to_make_room() {
    let limits = ConnectionLimits { most: 2, per_ip: 2, ..Limits::default().connections };
    let (begun, mut begins) = watch::channel(0);
    let go_on = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let wait = std::sync::Arc::clone(&go_on);
    let slow = move || async move {
        begun.send_modify(|count| *count += 1);
        let _go = wait.acquire().await.expect("the semaphore is open");
        "done"
    };
    let router = Router::new().route("/slow", get(slow)).route("/livez", get(|| async { "ok" }));
    let (address, _stop, _server) = serving(router, limits).await;
    let slow = async || {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("sent");
        stream
    };
    let mut streams = [slow().await, slow().await];
    begins.wait_for(|count| *count == 2).await.expect("both requests are being handled");
    let refused = ask(&mut connect_from(2, address).await, GET).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    go_on.add_permits(2);
    for stream in &mut streams {
        assert!(rest(stream).await.ends_with("done"));
    }
}

/// A server in this process: its socket address, a way to stop it, and its task.
async fn serving(router: Router, limits: ConnectionLimits) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("a socket address");
    let (stop, stopped) = watch::channel(false);
    let rules = Rules { limits, trusted_proxies: Vec::new(), clock: Clock::System };
    (address, stop, tokio::spawn(listen::serve(listener, router, rules, stopped)))
}

#[tokio::test]
async fn a_client_that_sends_requests_without_reading_is_cut_off() {
    const LARGE: usize = 64_000_000;
    let limits = ConnectionLimits { answer: Duration::from_millis(500), ..Limits::default().connections };
    let router = Router::new().route("/livez", get(|| async { vec![0_u8; LARGE] }));
    let (address, _stop, _server) = serving(router, limits).await;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // Sending more requests meanwhile does not extend the time.
    for _ in 0..3 {
        stream.write_all(GET.as_bytes()).await.expect("sent");
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    let mut answer = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    assert!(end.is_ok() && answer.len() < LARGE, "{} bytes", answer.len());
    let mut quick = TcpStream::connect(address).await.expect("a connection");
    quick.write_all(GET.as_bytes()).await.expect("sent");
    let mut whole = 0;
    let mut part = vec![0; 1_000_000];
    while whole < LARGE {
        let length = quick.read(&mut part).await.expect("more bytes");
        assert!(length > 0, "{whole} bytes");
        whole += length;
    }
}

#[tokio::test]
async fn shutdown_finishes_requests_in_flight_and_closes_idle_connections_at_once() {
    let (handling, mut handled) = watch::channel(false);
    let slow = get(move || async move {
        handling.send_replace(true);
        tokio::time::sleep(Duration::from_millis(700)).await;
        "done"
    });
    let router = Router::new().route("/livez", get(|| async { "ok" })).route("/slow", slow);
    let (address, stop, server) = serving(router, Limits::default().connections).await;
    let mut idle = TcpStream::connect(address).await.expect("a connection");
    assert!(ask(&mut idle, GET).await.starts_with("HTTP/1.1 200"));
    tokio::time::sleep(Duration::from_millis(400)).await;
    let mut recent = TcpStream::connect(address).await.expect("a connection");
    assert!(ask(&mut recent, GET).await.starts_with("HTTP/1.1 200"));
    let busy = tokio::spawn(async move {
        let mut busy = TcpStream::connect(address).await.expect("a connection");
        busy.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
        rest(&mut busy).await
    });
    handled.wait_for(|handled| *handled).await.expect("the request is being handled");
    let stopping = now();
    stop.send_replace(true);
    let last = ask(&mut recent, GET).await;
    assert!(last.starts_with("HTTP/1.1 200") && last.contains("connection: close"), "a request in flight: {last}");
    assert_eq!(rest(&mut idle).await, "");
    assert!(stopping.elapsed() < Duration::from_millis(600), "the idle one: {:?}", stopping.elapsed());
    let done = busy.await.expect("the request ends");
    assert!(done.starts_with("HTTP/1.1 200") && done.ends_with("done"), "{done}");
    let end = tokio::time::timeout(Duration::from_secs(5), server).await;
    end.expect("it exits after the last request").expect("a clean shutdown");
    assert!(TcpStream::connect(address).await.is_err(), "the listener is closed");
}
