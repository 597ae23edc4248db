//! Data that waits to be sent, cut into frames.

use super::inbox::OVERHEAD;
use bytes::Bytes;
use std::collections::VecDeque;

/// The most data in one frame, so that a heartbeat never waits long behind it [PW-DAT-4].
const PART: usize = 65_536;

#[derive(Default)]
pub(super) struct Outbox {
    /// The first one may be what is left of a message.
    messages: VecDeque<Bytes>,
    unsent: usize,
}

impl Outbox {
    pub fn push(&mut self, message: Bytes) {
        self.unsent += message.len() + OVERHEAD;
        self.messages.push_back(message);
    }

    pub fn unsent(&self) -> usize {
        self.unsent
    }

    /// The next part, and whether there is more of its message.
    pub fn next_part(&mut self) -> Option<(Bytes, bool)> {
        let message = self.messages.front_mut()?;
        let more = message.len() > PART;
        let part = message.split_to(PART.min(message.len()));
        self.unsent -= part.len();
        if !more {
            self.messages.pop_front();
            self.unsent -= OVERHEAD;
        }
        Some((part, more))
    }

    pub fn clear(&mut self) {
        *self = Outbox::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_messages_into_parts() {
        let mut outbox = Outbox::default();
        for length in [0, 1, PART, PART + 1] {
            outbox.push(vec![7; length].into());
        }
        let parts: Vec<_> = std::iter::from_fn(|| outbox.next_part())
            .map(|(part, more)| (part.len(), more))
            .collect();
        assert_eq!(parts, [(0, false), (1, false), (PART, false), (PART, true), (1, false)]);
        assert_eq!(outbox.unsent(), 0);
    }
}
