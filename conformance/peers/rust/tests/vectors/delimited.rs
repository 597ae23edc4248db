use crate::{hex, load, name, octets};
use pulsewire::link::tcp::{Delimited, delimit};
use serde_json::{Value, json};

/// What comes out when the octets come in these pieces: the frames, and the error after them.
fn read<'a>(max_frame: usize, pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, Value) {
    let mut stream = Delimited::new(max_frame);
    let (mut frames, mut error) = (Vec::new(), Value::Null);
    for piece in pieces {
        stream.extend(piece);
        while let Some(next) = stream.next_frame() {
            match next {
                Ok(frame) => frames.push(hex(&frame)),
                Err(code) => error = name(code).into(),
            }
        }
    }
    (frames, error)
}

#[test]
fn streams() {
    for vector in load("delimited.json", "streams") {
        let octets = octets(&vector["hex"]);
        let max_frame = vector["max_frame_bytes"].as_u64().unwrap_or(1_048_576) as usize;
        let check = |(mut frames, error): (Vec<String>, Value), how: &str| {
            if vector["found_by"] == "frame" {
                // The decoder stops there; the reader of the stream has no reason to.
                frames.truncate(vector["frames"].as_array().map_or(0, Vec::len));
            } else {
                assert_eq!(error, vector["error"], "{how}: {vector}");
            }
            assert_eq!(json!(frames), vector["frames"], "{how}: {vector}");
        };
        check(read(max_frame, [&octets[..]].into_iter()), "whole");
        check(read(max_frame, octets.chunks(1)), "one at a time");
        for cut in 0..=octets.len() {
            let (head, tail) = octets.split_at(cut);
            check(read(max_frame, [head, tail].into_iter()), &format!("cut at {cut}"));
        }
    }
}

#[test]
fn what_is_delimited_comes_back() {
    for length in [0, 1, 127, 128, 65_536] {
        let frame = vec![7; length];
        let (frames, error) = read(65_536, [&delimit(&frame)[..]].into_iter());
        assert_eq!((frames, error), (vec![hex(&frame)], Value::Null));
    }
}
