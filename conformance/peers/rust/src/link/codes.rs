//! What close codes are on each transport [PW-MAP-1].

use crate::{machine::LinkEnd, wire::CloseCode};
use tonic::Code;

/// The WebSocket close code for a code that is sent.
pub(super) fn to_websocket(code: i32) -> u16 {
    match code {
        1 => 1000,
        2..1000 => 4000 + code as u16,
        _ => 4013,
    }
}

/// What a WebSocket close without Close means [PW-WS-9]; none is one without a code.
pub(super) fn from_websocket(code: Option<u16>) -> LinkEnd {
    match code {
        Some(1001 | 1012 | 1013) => LinkEnd::Code(CloseCode::GoingAway),
        Some(1002 | 1003 | 1007) => LinkEnd::Code(CloseCode::ProtocolError),
        Some(1009) => LinkEnd::Code(CloseCode::FrameTooLarge),
        Some(1011) => LinkEnd::Code(CloseCode::InternalError),
        Some(code @ 4002..=4013) => {
            CloseCode::try_from(i32::from(code) - 4000).map_or(LinkEnd::Closed, LinkEnd::Code)
        }
        None | Some(1000 | 1005 | 3000..=4999) => LinkEnd::Closed,
        Some(_) => LinkEnd::Failed,
    }
}

/// The gRPC status for a code that is sent.
pub(super) fn to_grpc(code: i32) -> Code {
    use CloseCode::*;
    let Ok(code) = CloseCode::try_from(code) else {
        return Code::Unknown;
    };
    match code {
        Unspecified | Normal => Code::Ok,
        GoingAway | UpstreamLost => Code::Unavailable,
        HeartbeatTimeout | FirstFrameTimeout => Code::DeadlineExceeded,
        ProtocolError => Code::InvalidArgument,
        UnsupportedVersion => Code::FailedPrecondition,
        FrameTooLarge | MessageTooLarge | TooManyHeartbeats | UnreadLimit => {
            Code::ResourceExhausted
        }
        OutboundBlocked => Code::Aborted,
        InternalError => Code::Internal,
    }
}

/// What a gRPC status without Close means: only three name one code alone, and are made up by no
/// library [PW-GRPC-7].
pub(super) fn from_grpc(status: Code) -> LinkEnd {
    match status {
        Code::Ok => LinkEnd::Closed,
        Code::InvalidArgument => LinkEnd::Code(CloseCode::ProtocolError),
        Code::FailedPrecondition => LinkEnd::Code(CloseCode::UnsupportedVersion),
        Code::Aborted => LinkEnd::Code(CloseCode::OutboundBlocked),
        _ => LinkEnd::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websocket_codes_of_the_table_come_back() {
        for code in 2..=13 {
            let known = CloseCode::try_from(code).unwrap();
            assert_eq!(from_websocket(Some(to_websocket(code))), LinkEnd::Code(known));
        }
        assert_eq!(from_websocket(Some(to_websocket(1))), LinkEnd::Closed);
    }

    #[test]
    fn codes_that_nobody_knows_have_a_counterpart() {
        for (code, websocket) in [(14, 4014), (999, 4999), (1000, 4013), (-1, 4013)] {
            assert_eq!(to_websocket(code), websocket);
            assert_eq!(to_grpc(code), Code::Unknown);
        }
    }

    #[test]
    fn reads_what_libraries_and_proxies_send() {
        for (code, end) in [
            (None, LinkEnd::Closed),
            (Some(1001), LinkEnd::Code(CloseCode::GoingAway)),
            (Some(1006), LinkEnd::Failed),
            (Some(1009), LinkEnd::Code(CloseCode::FrameTooLarge)),
            (Some(3000), LinkEnd::Closed),
            (Some(4001), LinkEnd::Closed),
            (Some(4014), LinkEnd::Closed),
        ] {
            assert_eq!(from_websocket(code), end, "{code:?}");
        }
    }
}
