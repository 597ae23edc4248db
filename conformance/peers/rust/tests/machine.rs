//! The state machine beyond what the shared vectors say: two of them together, any input at any
//! time, and the transport in the middle of a frame.

use pulsewire::{
    machine::{Config, End, LinkAction, LinkEnd, Machine, SendError, Time},
    wire::{self, Body, CloseCode},
};
use std::time::Duration;

fn at(ms: u64) -> Time {
    Duration::from_millis(ms)
}

fn machine(config: Config) -> Machine {
    Machine::open(config, Box::new(|| 0.5), at(0)).expect("the configuration is lawful")
}

fn beating(heartbeat_time_ms: u32) -> Config {
    Config { heartbeat_time_ms: Some(heartbeat_time_ms), ..Config::default() }
}

/// All that a machine has to send, accepted at once.
fn transmit(machine: &mut Machine, now: Time) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| {
        let frame = machine.poll_transmit(now)?;
        machine.handle_transmitted(now);
        Some(frame)
    })
    .collect()
}

fn bodies(frames: &[Vec<u8>]) -> Vec<Body> {
    let body = |frame: &Vec<u8>| wire::decode(frame).expect("it decodes").body;
    frames.iter().map(|frame| body(frame).expect("it has a body")).collect()
}

fn close_code(frames: &[Vec<u8>]) -> Option<i32> {
    bodies(frames).iter().find_map(|body| match body {
        Body::Close(close) => Some(close.code),
        _ => None,
    })
}

/// Lets two machines talk over a transport without delay, until this moment.
fn talk(sides: &mut [Machine; 2], until: Time) {
    let mut now = at(0);
    while now <= until {
        loop {
            let mut quiet = true;
            for from in 0..2 {
                for frame in transmit(&mut sides[from], now) {
                    sides[1 - from].handle_frame(&frame, now);
                    quiet = false;
                }
            }
            if quiet {
                break;
            }
        }
        let due = sides.iter().filter_map(Machine::poll_timeout).min();
        let Some(due) = due.filter(|&due| due <= until) else { return };
        now = due;
        sides.iter_mut().for_each(|side| {
            if side.poll_timeout().is_some_and(|due| due <= now) {
                side.handle_timeout(now);
            }
        });
    }
}

#[test]
fn two_sides_keep_each_other_alive_for_an_hour() {
    for (one, other) in [(Some(5_000), None), (Some(100), Some(3_600_000)), (None, None)] {
        let config = |heartbeat_time_ms| Config {
            heartbeat_time_ms,
            slack_ms: 0,
            floor_ms: 100,
            ..Config::default()
        };
        let mut sides = [machine(config(one)), machine(config(other))];
        talk(&mut sides, Duration::from_secs(3_600));
        for side in &sides {
            assert_eq!(side.end(), None, "{one:?} and {other:?}");
            assert_eq!(side.heartbeat_time_ms(), one, "the smaller one is used by both");
            assert_eq!(side.round_trip().is_some(), one.is_some());
        }
    }
}

#[test]
fn a_close_behind_a_frame_that_is_half_out_waits_for_it() {
    let mut side = machine(beating(5_000));
    let frame = side.poll_transmit(at(0));
    assert!(frame.is_some());
    side.handle_frame(&[], at(10)); // malformed
    assert_eq!(side.end(), Some(&End::Refused { code: CloseCode::ProtocolError }));
    assert_eq!(side.poll_transmit(at(10)), None);
    assert_eq!(side.link_action(), LinkAction::Keep);
    side.handle_transmitted(at(20));
    assert_eq!(close_code(&transmit(&mut side, at(20))), Some(4));
    assert_eq!(side.link_action(), LinkAction::Close(4));
}

#[test]
fn nothing_follows_a_close_of_the_peer_not_even_the_rest_of_a_frame() {
    let mut side = machine(Config::default());
    side.send("data that is half out").unwrap();
    side.send("data that waits").unwrap();
    assert!(side.poll_transmit(at(0)).is_some());
    side.handle_frame(&[0x08, 0x01, 0x22, 0x02, 0x08, 0x02], at(10));
    let end = End::ClosedByPeer { code: 2, reason: String::new(), retry_after_ms: None };
    assert_eq!(side.end(), Some(&end));
    assert_eq!(side.link_action(), LinkAction::Close(1));
    assert_eq!(side.poll_transmit(at(10)), None);
    assert_eq!(side.send("more"), Err(SendError::Ended));
}

#[test]
fn a_transport_that_does_not_close_is_given_up() {
    let mut side = machine(Config::default());
    side.close(1, "bye", at(0));
    assert_eq!(close_code(&transmit(&mut side, at(0))), Some(1));
    assert_eq!(side.link_action(), LinkAction::Close(1));
    assert_eq!(side.poll_timeout(), Some(at(2_000)));
    side.handle_timeout(at(2_000));
    assert_eq!(side.link_action(), LinkAction::Abort);
    assert_eq!(side.poll_timeout(), None);
}

#[test]
fn what_cannot_go_out_before_the_close_is_given_up() {
    let mut side = machine(Config::default());
    side.send(vec![0; 100_000]).unwrap();
    assert!(side.poll_transmit(at(0)).is_some());
    side.close(1, "", at(1_000));
    side.handle_accepted(at(2_500));
    assert_eq!(side.poll_timeout(), Some(at(4_500)));
    side.handle_timeout(at(4_500));
    assert_eq!(side.end(), Some(&End::Closed { code: 1 }));
    assert_eq!(side.link_action(), LinkAction::Abort);
    assert_eq!(side.poll_transmit(at(4_500)), None, "no Close in the middle of a frame");
}

#[test]
fn a_slow_application_pauses_the_transport_and_is_not_charged() {
    let config = Config { max_unread_bytes: 1_000, ..beating(1_000) };
    let mut side = machine(config);
    transmit(&mut side, at(0));
    side.handle_frame(&wire::encode(Body::Data(vec![0; 1_000]), false), at(500));
    assert!(!side.reads());
    for now in (1_000..60_000).step_by(500) {
        side.handle_timeout(at(now));
        transmit(&mut side, at(now));
    }
    assert_eq!(side.end(), None);
    assert_eq!(side.take_message(at(60_000)).map(|message| message.len()), Some(1_000));
    assert!(side.reads());
    side.handle_timeout(at(62_000));
    assert!(side.is_suspect());
    side.handle_timeout(at(63_000));
    assert_eq!(side.end(), Some(&End::PeerSilent));
}

#[test]
fn what_the_application_leaves_is_bounded_also_if_it_is_empty() {
    let mut side = machine(Config { max_unread_bytes: 10_000, ..Config::default() });
    let empty = wire::encode(Body::Data(Vec::new()), false);
    let taken = (0..100_000).take_while(|_| {
        side.handle_frame(&empty, at(0));
        side.reads()
    });
    assert!(taken.count() < 1_000);
    let sent = (0..100_000_000).take_while(|_| side.send("").is_ok()).count();
    assert!(sent < 1_000_000);
    assert_eq!(side.send(""), Err(SendError::Full));
}

#[test]
fn heartbeats_that_piled_up_while_the_process_stood_still_are_no_flood() {
    let mut side = machine(beating(1_000));
    transmit(&mut side, at(0));
    for _ in 0..1_900 {
        side.handle_frame(&[0x08, 0x01, 0x12, 0x00], at(60_000));
    }
    assert_eq!(side.end(), None);
}

#[test]
fn answers_keep_their_distance_from_the_one_that_waited_for_the_transport() {
    let probe = [0x08, 0x01, 0x12, 0x02, 0x10, 0x01];
    let mut side = machine(Config::default());
    side.handle_frame(&probe, at(0));
    assert!(side.poll_transmit(at(0)).is_some());
    side.handle_frame(&probe, at(150)); // the first answer is not out yet
    side.handle_transmitted(at(200));
    assert_eq!(side.poll_transmit(at(200)), None);
    assert_eq!(side.poll_timeout(), Some(at(300)));
    side.handle_timeout(at(300));
    assert_eq!(transmit(&mut side, at(300)).len(), 1);
    assert_eq!(side.poll_timeout(), None);
}

#[test]
fn an_answer_asks_nothing_though_a_probe_is_due() {
    let mut side = machine(Config::default());
    side.probe(at(0));
    side.handle_frame(&[0x08, 0x01, 0x12, 0x02, 0x10, 0x01], at(0));
    let asks: Vec<_> = bodies(&transmit(&mut side, at(0)))
        .into_iter()
        .map(|body| matches!(body, Body::Heartbeat(heartbeat) if heartbeat.reply_requested))
        .collect();
    assert_eq!(asks, [false, true]);
}

#[test]
fn a_reason_is_cut_between_characters() {
    let mut side = machine(Config::default());
    side.close(1, &"ä".repeat(300), at(0));
    let Some(Body::Close(close)) = bodies(&transmit(&mut side, at(0))).pop() else {
        panic!("it closes");
    };
    assert_eq!(close.reason.len(), 512);
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn octets(&mut self) -> Vec<u8> {
        let length = self.roll(24);
        (0..length).map(|_| self.roll(256) as u8).collect()
    }

    /// A frame that is lawful, or was before some of its octets were thrown about.
    fn frame(&mut self) -> Vec<u8> {
        let body = match self.roll(16) {
            0 => return self.octets(),
            1 => Body::Close(wire::Close { code: self.roll(20) as i32, ..Default::default() }),
            2..6 => Body::Data(self.octets()),
            _ => Body::Heartbeat(wire::Heartbeat {
                heartbeat_time_ms: [None, Some(self.roll(5_000) as u32)][self.roll(2) as usize],
                reply_requested: self.roll(2) == 0,
                timestamp: Some(self.roll(1 << 32) as u32),
                echo: Some(self.roll(1 << 32) as u32),
                held_us: Some(self.roll(1 << 32) as u32),
                lowest_version: None,
            }),
        };
        let mut frame = wire::encode(body, self.roll(3) == 0);
        if self.roll(100) == 0 {
            let index = self.roll(frame.len() as u64) as usize;
            frame[index] = self.roll(256) as u8;
        }
        frame
    }
}

#[test]
fn whatever_happens_it_stays_sane() {
    for seed in 1..=300 {
        let mut dice = Dice(seed);
        let mut side = machine(Config {
            heartbeat_time_ms: [None, Some(100 + dice.roll(5_000) as u32)][seed as usize % 2],
            slack_ms: dice.roll(3_000),
            floor_ms: 100,
            always_beat: dice.roll(2) == 0,
            peer_need_not_beat: dice.roll(2) == 0,
            max_unread_bytes: 200,
            max_message_bytes: 500,
            ..Config::default()
        });
        let (mut now, mut closed, mut told) = (at(0), false, None);
        for _ in 0..400 {
            let events = dice.roll(12);
            match events {
                0 => side.handle_octets(now),
                1 => side.probe(now),
                2 => drop(side.send(dice.octets())),
                3 => drop(side.take_message(now)),
                4 => side.hold(dice.roll(3) == 0, now),
                5 => side.handle_suspended(now),
                6 if dice.roll(20) == 0 => side.close(dice.roll(20) as i32, "why", now),
                7 if dice.roll(50) == 0 => side.handle_link_end(LinkEnd::Closed, now),
                _ if side.reads() => side.handle_frame(&dice.frame(), now),
                _ => {}
            }
            if dice.roll(3) > 0 {
                for frame in transmit(&mut side, now) {
                    assert!(!closed, "seed {seed}: something after Close");
                    assert!(frame.len() <= 1_048_576);
                    closed = close_code(&[frame]).is_some();
                }
            }
            if let Some(told) = &told {
                assert_eq!(side.end(), Some(told), "seed {seed}: the end changed");
            }
            told = side.end().cloned();
            now += at(dice.roll(700));
            if side.poll_timeout().is_some_and(|due| due <= now) {
                side.handle_timeout(now);
                // Otherwise its driver would turn for ever.
                assert!(side.poll_timeout().is_none_or(|due| due > now), "seed {seed}");
            }
        }
    }
}
