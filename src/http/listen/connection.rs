//! One connection, from its opening to its end.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::Service as _;

use super::Shared;
use super::connection_limit::ConnectionSlot;
use super::progress::{Progress, Stage};

/// Maximum number of bytes of the request line and headers; larger requests get 431. hyper limits
/// the number of headers to 100, which costs no memory.
const HEAD_MAX: usize = 32 * 1_024;

/// Serves one connection to its end. A message on `drain`, or the loss of its slot, ends it after its current request.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    progress: Arc<Progress>,
    slot: &ConnectionSlot,
    shared: &Shared,
    mut drain: watch::Receiver<()>,
) {
    // Send small responses at once. If this fails, the first write fails too and is handled there.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        progress.requested();
        let mut request = request.map(Body::new);
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
    // hyper's header timeout would also run between two requests, where more time is allowed.
    http.max_buf_size(HEAD_MAX).header_read_timeout(None);
    let mut connection = pin!(http.serve_connection(io, service));
    let mut timed_out = pin!(progress.timed_out());
    let mut draining = false;
    loop {
        tokio::select! {
            // The connection comes first, so that a request that has already arrived is still answered.
            biased;
            // hyper has already reported an error to the client if it is still connected.
            _ = connection.as_mut() => return,
            stage = &mut timed_out => {
                // A connection that was opened in advance and never used is not reported as slow.
                let in_request = !matches!(stage, Stage::First | Stage::Idle);
                let elapsed = shared.rules.clock.elapsed();
                if let Some(cut) = in_request.then(|| shared.cut.count(elapsed)).flatten() {
                    tracing::warn!(event = "connections.cut", %peer, %stage, cut, "a connection took too long");
                }
                return;
            }
            Ok(()) = drain.changed(), if !draining => {
                connection.as_mut().graceful_shutdown();
                draining = true;
            }
            () = slot.evicted.notified(), if !draining => {
                if progress.waiting_since().is_some() {
                    return;
                }
                // Its request arrived in the meantime.
                connection.as_mut().graceful_shutdown();
                draining = true;
            }
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
