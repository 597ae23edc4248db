//! Why connections end.

use crate::wire::{self, Body, Close, CloseCode, VERSION};

/// The longest reason that may be sent, in octets [PW-CLS-6].
const MAX_REASON: usize = 512;

/// Why a connection has ended; told once [PW-CLS-9].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The application of this side closed it, with this code.
    Closed { code: i32 },
    /// The peer closed it, with Close or with a code of the transport that means one.
    ClosedByPeer { code: i32, reason: String, retry_after_ms: Option<u32> },
    /// The peer's direction of the transport ended without Close [PW-CLS-4].
    PeerClosed,
    /// The peer is down [PW-LIV-5].
    PeerSilent,
    /// The transport took nothing for too long [PW-OUT-1].
    OutboundBlocked,
    /// The peer broke a rule or passed a limit, which this Close told it.
    Refused { code: CloseCode },
    /// The transport failed.
    TransportFailed,
}

impl End {
    /// The code with which the transport is to be closed [PW-MAP-1].
    pub fn code(&self) -> i32 {
        match self {
            End::Closed { code } => *code,
            End::PeerSilent => CloseCode::HeartbeatTimeout.into(),
            End::OutboundBlocked => CloseCode::OutboundBlocked.into(),
            End::Refused { code } => (*code).into(),
            End::ClosedByPeer { .. } | End::PeerClosed | End::TransportFailed => {
                CloseCode::Normal.into()
            }
        }
    }
}

/// How a transport ended by itself, as a binding tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkEnd {
    /// The peer ended its direction in an orderly way.
    Closed,
    /// The transport's own code stands for this close code [PW-MAP-1].
    Code(CloseCode),
    /// Anything else: a reset, a protocol of the transport that was broken.
    Failed,
}

/// An unknown code is as good as any, and 0 is NORMAL [PW-CLS-5].
pub(super) fn read_code(code: i32) -> i32 {
    if code == 0 { CloseCode::Normal.into() } else { code }
}

pub(super) fn close_frame(code: i32, reason: &str) -> Vec<u8> {
    let reason = &reason[..reason.floor_char_boundary(MAX_REASON)]; // [PW-CLS-6]
    // Who is refused for its version is told ours [PW-VER-5].
    let refused = code == i32::from(CloseCode::UnsupportedVersion);
    let close = Close {
        code,
        reason: reason.to_owned(),
        retry_after_ms: None,
        lowest_version: refused.then_some(VERSION),
    };
    wire::encode(Body::Close(close), false)
}
