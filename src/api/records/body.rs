//! A request's body, whole for what is small and as a stream for what has any length.

use std::io::{self, BufReader, Read};
use std::time::Duration;

use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use crate::api::error::extract::payload;
use crate::api::error::{ErrorCode, Problem};

/// Pieces of a body that wait to be read; the sender is held back beyond that.
const PIECES_WAITING: usize = 8;

/// How long the next piece of a body is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Receives a body of at most `limit` bytes.
///
/// # Errors
/// When it is longer, or does not come to its end.
pub async fn whole(mut body: Payload, limit: usize) -> Result<Bytes, Problem> {
    let mut received = BytesMut::new();
    while let Some(piece) = next(&mut body, PATIENCE).await? {
        if received.len().saturating_add(piece.len()) > limit {
            return Err(Problem::new(ErrorCode::PAYLOAD_TOO_LARGE, format!("the body is over {limit} bytes")));
        }
        received.extend_from_slice(&piece);
    }
    Ok(received.freeze())
}

async fn next(body: &mut Payload, patience: Duration) -> Result<Option<Bytes>, Problem> {
    match timeout(patience, body.next()).await {
        Ok(piece) => piece.transpose().map_err(|error| payload(&error)),
        Err(_) => {
            let detail = format!("nothing came for {} seconds", patience.as_secs());
            Err(Problem::new(ErrorCode::FEED_BROKEN_OFF, detail))
        }
    }
}

/// What goes from the request to the thread that reads it.
enum Piece {
    Bytes(Bytes),
    End,
}

/// A pipe from an asynchronous body to a thread that reads it, and holds it back.
pub fn pipe() -> (Inlet, BufReader<Outlet>) {
    let (sender, receiver) = channel(PIECES_WAITING);
    (Inlet(sender), BufReader::new(Outlet { receiver, piece: Bytes::new(), ended: false }))
}

/// Where the body goes in.
pub struct Inlet(Sender<Piece>);

impl Inlet {
    /// Passes a body on to its end. Where it breaks off or nothing comes in time, or this is dropped, the
    /// reader is told.
    pub async fn pass_on(self, mut body: Payload, patience: Duration) {
        while let Ok(piece) = next(&mut body, patience).await {
            let ends = piece.is_none();
            let sent = self.0.send(piece.map_or(Piece::End, Piece::Bytes)).await;
            if ends || sent.is_err() {
                return;
            }
        }
    }
}

/// Where the body comes out. An end that was not announced is an error, so that half a feed is never taken for a whole one.
pub struct Outlet {
    receiver: Receiver<Piece>,
    piece: Bytes,
    ended: bool,
}

impl Read for Outlet {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended {
            match self.receiver.blocking_recv() {
                Some(Piece::Bytes(piece)) => self.piece = piece,
                Some(Piece::End) => self.ended = true,
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the sender broke off")),
            }
        }
        let length = self.piece.len().min(buffer.len());
        self.piece.split_to(length).as_ref().read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announced_end_is_an_end_and_any_other_an_error() {
        for announced in [true, false] {
            let (inlet, mut outlet) = pipe();
            inlet.0.blocking_send(Piece::Bytes(Bytes::from_static(b"ab"))).unwrap();
            inlet.0.blocking_send(Piece::Bytes(Bytes::from_static(b"c"))).unwrap();
            if announced {
                inlet.0.blocking_send(Piece::End).unwrap();
            }
            drop(inlet);
            let mut read = Vec::new();
            assert_eq!(outlet.read_to_end(&mut read).is_ok(), announced);
            assert_eq!(read, b"abc");
        }
    }
}
