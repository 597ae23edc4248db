//! The messages of `proto/pulsewire/v1/frame.proto`, and the octets that they are.

use prost::Message;

pub use frame::Body;

include!(concat!(env!("OUT_DIR"), "/messages/pulsewire.v1.rs"));

/// The one version of the protocol that this peer speaks.
pub const VERSION: u32 = 1;

/// Why octets are no frame [PW-FRM-3].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Decodes one frame, without its delimiter.
pub fn decode(octets: &[u8]) -> Result<Frame, Malformed> {
    let frame = Frame::decode(octets).map_err(|_| Malformed)?;
    // A protobuf field that is absent reads as 0; neither is a version [PW-FRM-2].
    if frame.version == 0 { Err(Malformed) } else { Ok(frame) }
}

/// Encodes one frame with this body, without its delimiter.
pub fn encode(body: Body, more: bool) -> Vec<u8> {
    Frame { version: VERSION, more, body: Some(body) }.encode_to_vec()
}
