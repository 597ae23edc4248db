//! Data that arrives: parts become messages, and messages wait for the application.

use super::Config;
use std::{collections::VecDeque, mem};

/// What a message costs beside its octets, so that empty ones are bounded too.
pub(super) const OVERHEAD: usize = mem::size_of::<Vec<u8>>();

/// The parts of one message are longer than is allowed [PW-LIM-2].
pub(super) struct TooLarge;

pub(super) struct Inbox {
    max_message: usize,
    max_unread: usize,
    unfinished: Vec<u8>,
    messages: VecDeque<Vec<u8>>,
    unread: usize,
}

impl Inbox {
    pub fn new(config: &Config) -> Self {
        Inbox {
            max_message: config.max_message_bytes,
            max_unread: config.max_unread_bytes,
            unfinished: Vec::new(),
            messages: VecDeque::new(),
            unread: 0,
        }
    }

    /// Takes in one part; it is the last of its message unless there is more [PW-DAT-2].
    pub fn part(&mut self, part: Vec<u8>, more: bool) -> Result<(), TooLarge> {
        if self.unfinished.len() + part.len() > self.max_message {
            return Err(TooLarge);
        }
        if self.unfinished.is_empty() {
            self.unfinished = part;
        } else {
            self.unfinished.extend_from_slice(&part);
        }
        if !more {
            let message = mem::take(&mut self.unfinished);
            self.unread += message.len() + OVERHEAD;
            self.messages.push_back(message);
        }
        Ok(())
    }

    pub fn take(&mut self) -> Option<Vec<u8>> {
        let message = self.messages.pop_front()?;
        self.unread -= message.len() + OVERHEAD;
        Some(message)
    }

    /// Whether the application has left so much that reading has to pause [PW-LIM-5]. The parts
    /// of an unfinished message do not count: without reading on it would never be finished.
    pub fn is_full(&self) -> bool {
        self.unread >= self.max_unread
    }

    /// What is unfinished when the connection ends is never delivered [PW-DAT-5].
    pub fn forget_unfinished(&mut self) {
        self.unfinished = Vec::new();
    }
}
