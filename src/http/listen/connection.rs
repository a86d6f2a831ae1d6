//! One connection, from its opening to its end.

use std::convert::Infallible;
use std::future::Future as _;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower::Service as _;

use super::Shared;
use super::progress::{Progress, Stage};

/// Maximum number of bytes of the request line and headers; larger requests get 431. hyper limits
/// the number of headers to 100, which costs no memory.
const HEAD_MAX: usize = 32 * 1_024;
/// How long a recently used connection stays open when the server stops, because its next request
/// may already be on the way.
const LINGER: Duration = Duration::from_millis(250);

const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// Serves one connection to its end.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, shared: &Shared) {
    // Send small responses at once. If this fails, the first write fails too and is handled there.
    let _ = stream.set_nodelay(true);
    let progress = Arc::new(Progress::new(shared.rules.clock.clone()));
    let service = service_fn(|request: Request<Incoming>| {
        progress.requested(!request.body().is_end_stream());
        let mut request = request.map(|body| Body::new(RequestBody { body, progress: Arc::clone(&progress) }));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = shared.router.clone().call(request);
        let progress = Arc::clone(&progress);
        async move {
            let mut response: Response<Body> = answer.await?;
            if *shared.stopped.borrow() {
                // Tells the client not to send another request on this connection.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response.map(|body| ResponseBody { body, progress }))
        }
    });
    let io = TokioIo::new(TrackedStream { stream, progress: Arc::clone(&progress) });
    let mut http = Builder::new();
    // The header timeout is handled below, together with the other timeouts.
    http.max_buf_size(HEAD_MAX).header_read_timeout(None);
    let mut connection = http.serve_connection(io, service);

    let mut stop = pin!(super::shutdown_requested(shared.stopped.clone()));
    let (mut stopping, mut shutdown_started) = (false, false);
    let limits = &shared.rules.limits;
    let mut set_for = limits.header;
    let mut alarm = pin!(tokio::time::sleep(set_for));
    let clock = &shared.rules.clock;
    set_for += clock.elapsed();
    let late = std::future::poll_fn(|cx| {
        // hyper has already reported an error to the client if it is still connected.
        if Pin::new(&mut connection).poll(cx).is_ready() {
            return Poll::Ready(false);
        }
        stopping = stopping || stop.as_mut().poll(cx).is_ready();
        loop {
            let mut left = progress.left(limits);
            if left.is_zero() {
                return Poll::Ready(true);
            }
            if stopping && !shutdown_started {
                match progress
                    .waiting_for_request()
                    .and_then(|waited| LINGER.checked_sub(waited))
                    .filter(|linger| !linger.is_zero())
                {
                    Some(linger) => left = left.min(linger),
                    None => {
                        shutdown_started = true;
                        Pin::new(&mut connection).graceful_shutdown();
                        if Pin::new(&mut connection).poll(cx).is_ready() {
                            return Poll::Ready(false);
                        }
                    }
                }
            }
            // Most wakeups need not reset the timer: one that fires too early only checks again.
            let due = clock.elapsed() + left;
            if due < set_for {
                set_for = due;
                alarm.set(tokio::time::sleep(left));
            }
            ready!(alarm.as_mut().poll(cx));
            set_for = Duration::MAX;
        }
    })
    .await;
    if late {
        let stage = progress.stage();
        // A connection that was opened in advance and never used is not reported as slow.
        let in_request = !matches!(stage, Stage::First | Stage::Idle);
        if let Some(cut) = in_request.then(|| shared.cut.count(clock.elapsed())).flatten() {
            tracing::warn!(event = "connections.cut", %peer, ?stage, cut, "a connection took too long");
        }
        if matches!(stage, Stage::Head | Stage::Body) {
            let stream = connection.into_parts().io.into_inner().stream;
            // This fits into the socket's send buffer, unless the client does not read either.
            let _ = stream.try_write(TOO_SLOW);
        }
    }
}

/// The socket. It reports received bytes and flushed responses to `progress`.
struct TrackedStream {
    stream: TcpStream,
    progress: Arc<Progress>,
}

impl AsyncRead for TrackedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.progress.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TrackedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called by hyper when its own buffer is empty.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.progress.written();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A request's body.
struct RequestBody {
    body: Incoming,
    progress: Arc<Progress>,
}

impl hyper::body::Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() {
            self.progress.body_read();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.progress.body_read();
    }
}

/// A response body. hyper drops it after reading all of it.
struct ResponseBody {
    body: Body,
    progress: Arc<Progress>,
}

impl hyper::body::Body for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.progress.answered();
    }
}
