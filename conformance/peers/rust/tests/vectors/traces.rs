use crate::{hex, load, octets, to_json};
use pulsewire::{
    machine::{Config, End, LinkEnd, Machine, Time},
    wire,
};
use serde_json::{Value, json};
use std::time::Duration;

fn millis(value: &Value) -> Time {
    Duration::from_millis(value.as_u64().expect("a time is a number"))
}

fn config(trace: &Value) -> Config {
    let mut config = Config::default();
    for (key, value) in trace["config"].as_object().expect("there is a config") {
        let number = || value.as_u64().expect("a number");
        match key.as_str() {
            "heartbeat_time_ms" => config.heartbeat_time_ms = Some(number() as u32),
            "slack_ms" => config.slack_ms = number(),
            "floor_ms" => config.floor_ms = number() as u32,
            "always_beat" => config.always_beat = value == true,
            "peer_heartbeats" => config.peer_need_not_beat = value == "optional",
            "max_frame_bytes" => config.max_frame_bytes = number() as usize,
            "max_message_bytes" => config.max_message_bytes = number() as usize,
            "max_unread_bytes" => config.max_unread_bytes = number() as usize,
            "first_frame_timeout_ms" => config.first_frame_timeout_ms = number(),
            other => panic!("no option {other}"),
        }
    }
    config
}

/// A machine, and what came out of it.
struct Player {
    machine: Machine,
    now: Time,
    blocked: bool,
    end_told: bool,
    frames: Vec<(Time, Value)>,
    events: Vec<(Time, Value)>,
}

impl Player {
    fn timeouts_until(&mut self, until: Time) {
        while let Some(due) = self.machine.poll_timeout().filter(|&due| due <= until) {
            self.now = self.now.max(due);
            self.machine.handle_timeout(self.now);
            self.collect();
        }
    }

    fn input(&mut self, step: &Value) {
        for _ in 0..step["repeat"].as_u64().unwrap_or(1) {
            self.input_once(step);
            self.collect();
        }
    }

    fn input_once(&mut self, step: &Value) {
        let (machine, now) = (&mut self.machine, self.now);
        match step["in"].as_str().expect("an input has a name") {
            "open" => {}
            "receive" => machine.handle_frame(&octets(&step["hex"]), now),
            "octets" => machine.handle_octets(now),
            "send" => {
                let _ = machine.send(octets(&step["data_hex"])); // not after the end
            }
            "probe" => machine.probe(now),
            "close" => {
                let code = step["code"].as_i64().expect("a code") as i32;
                machine.close(code, step["reason"].as_str().unwrap_or(""), now);
            }
            "peer-ended" => machine.handle_link_end(LinkEnd::Closed, now),
            "transport-failed" => machine.handle_link_end(LinkEnd::Failed, now),
            "pause" => machine.hold(true, now),
            "resume" => machine.hold(false, now),
            "block" => self.blocked = true,
            "unblock" => self.blocked = false,
            "progress" => machine.handle_accepted(now),
            "suspended" => machine.handle_suspended(now),
            other => panic!("no input {other}"),
        }
    }

    fn collect(&mut self) {
        let (machine, now) = (&mut self.machine, self.now);
        while !self.blocked
            && let Some(frame) = machine.poll_transmit(now)
        {
            let frame = wire::decode(&frame).expect("what is sent decodes");
            self.frames.push((now, to_json(&frame)));
            machine.handle_transmitted(now);
        }
        while let Some(message) = machine.take_message(now) {
            self.events.push((now, json!({"out": "message", "data_hex": hex(&message)})));
        }
        if let Some(end) = machine.end()
            && !self.end_told
        {
            self.end_told = true;
            self.events.extend(told(end).map(|event| (now, event)));
        }
    }
}

/// An end in the words of the vectors; they leave out that of one's own application.
fn told(end: &End) -> Option<Value> {
    Some(match end {
        End::Closed { .. } => return None,
        End::ClosedByPeer { code, .. } => {
            json!({"out": "end", "why": "closed-by-peer", "code": code})
        }
        End::PeerClosed => json!({"out": "end", "why": "peer-closed"}),
        End::PeerSilent => json!({"out": "end", "why": "peer-silent"}),
        End::OutboundBlocked => json!({"out": "end", "why": "outbound-blocked"}),
        End::Refused { code } => {
            json!({"out": "end", "why": "protocol-error", "code": i32::from(*code)})
        }
        End::TransportFailed => json!({"out": "end", "why": "transport-failed"}),
    })
}

fn play(trace: &Value, draw: f64) -> Player {
    let machine = Machine::open(config(trace), Box::new(move || draw), Time::ZERO);
    let mut player = Player {
        machine: machine.expect("the config is lawful"),
        now: Time::ZERO,
        blocked: false,
        end_told: false,
        frames: Vec::new(),
        events: Vec::new(),
    };
    let (mut stopped, mut waiting) = (false, Vec::new());
    let steps = trace["steps"].as_array().expect("there are steps");
    for step in steps.iter().filter(|step| step["in"].is_string()) {
        let at = millis(&step["at"]);
        if !stopped {
            player.timeouts_until(at);
        }
        player.now = at;
        match step["in"].as_str() {
            Some("stop") => stopped = true,
            Some("continue") => {
                stopped = false;
                waiting.drain(..).for_each(|step| player.input(step));
                if player.machine.poll_timeout().is_some_and(|due| due <= at) {
                    player.machine.handle_timeout(at);
                    player.collect();
                }
            }
            _ if stopped => waiting.push(step),
            _ => player.input(step),
        }
    }
    player.timeouts_until(millis(&trace["until"]));
    player
}

fn is_in_time(at: Time, expected: &Value) -> bool {
    match expected.as_array() {
        Some(window) => (millis(&window[0])..=millis(&window[1])).contains(&at),
        None => at == millis(expected),
    }
}

/// What has to be the same in any case, and what only where the trace has it.
fn is_expected_frame(actual: &Value, expected: &Value) -> bool {
    let same = |pointer: &str| actual.pointer(pointer) == expected.pointer(pointer);
    let same_if_there = |pointer: &str| expected.pointer(pointer).is_none() || same(pointer);
    let has = |frame: &Value, body: &str| frame.get(body).is_some();
    let held = "/heartbeat/held_us";
    let held_about = match (actual.pointer(held), expected.pointer(held)) {
        (_, None) => true,
        (actual, Some(expected)) => actual
            .and_then(Value::as_u64)
            .is_some_and(|actual| actual.abs_diff(expected.as_u64().expect("a number")) <= 1000),
    };
    ["heartbeat", "data_hex", "close"].iter().all(|body| has(actual, body) == has(expected, body))
        && ["/version", "/data_hex", "/more", "/close/code"].iter().all(|field| same(field))
        && same("/heartbeat/heartbeat_time_ms")
        && same("/heartbeat/reply_requested")
        && same_if_there("/heartbeat/timestamp")
        && same_if_there("/heartbeat/echo")
        && same_if_there("/heartbeat/lowest_version")
        && same_if_there("/close/lowest_version")
        && same_if_there("/close/reason")
        && held_about
}

fn is_expected_event(actual: &Value, expected: &Value) -> bool {
    ["out", "data_hex", "why", "code"].iter().all(|key| actual[key] == expected[key])
}

#[test]
fn traces() {
    for trace in load("traces.json", "traces") {
        for draw in [0.0, 0.5, 1.0 - f64::EPSILON] {
            let player = play(&trace, draw);
            let steps = trace["steps"].as_array().expect("there are steps");
            let outputs = |is_frame: bool| {
                let outputs = steps.iter().filter(|step| step["out"].is_string());
                outputs.filter(move |step| (step["out"] == "frame") == is_frame).collect::<Vec<_>>()
            };
            let frames = player.frames.len() == outputs(true).len()
                && player.frames.iter().zip(outputs(true)).all(|((at, frame), step)| {
                    is_in_time(*at, &step["at"]) && is_expected_frame(frame, &step["frame"])
                });
            let events = player.events.len() == outputs(false).len()
                && player.events.iter().zip(outputs(false)).all(|((at, event), step)| {
                    is_in_time(*at, &step["at"]) && is_expected_event(event, step)
                });
            assert!(
                frames && events,
                "{} ({draw}): {}\nframes {:#?}\nevents {:#?}",
                trace["name"],
                trace["title"],
                player.frames,
                player.events
            );
        }
    }
}
