//! The shared vectors in `conformance/vectors/`, whose README says how each is to be played.

mod delimited;
mod frames;
mod traces;

use pulsewire::wire::{Body, CloseCode, Frame, encode};
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// The vectors of one file.
fn load(file: &str, key: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let file: Value = serde_json::from_str(&text).expect("the file is JSON");
    assert_eq!(file["format"], 1);
    file[key].as_array().expect("there are vectors").clone()
}

fn octets(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().expect("hex is text").as_bytes();
    let digits = |pair| std::str::from_utf8(pair).expect("hex is ASCII");
    hex.chunks(2).map(|pair| u8::from_str_radix(digits(pair), 16).expect("hex")).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// A frame as the vectors write it.
fn to_json(frame: &Frame) -> Value {
    let mut json = Map::new();
    json.insert("version".into(), frame.version.into());
    match &frame.body {
        Some(Body::Heartbeat(heartbeat)) => {
            let reply = heartbeat.reply_requested.then_some(true);
            json.insert(
                "heartbeat".into(),
                fields([
                    ("heartbeat_time_ms", heartbeat.heartbeat_time_ms.map(Value::from)),
                    ("reply_requested", reply.map(Value::from)),
                    ("timestamp", heartbeat.timestamp.map(Value::from)),
                    ("echo", heartbeat.echo.map(Value::from)),
                    ("held_us", heartbeat.held_us.map(Value::from)),
                    ("lowest_version", heartbeat.lowest_version.map(Value::from)),
                ]),
            );
        }
        Some(Body::Data(data)) => {
            json.insert("data_hex".into(), hex(data).into());
            if frame.more {
                json.insert("more".into(), true.into());
            }
        }
        Some(Body::Close(close)) => {
            let (code, reason) = (close.code, &close.reason);
            json.insert(
                "close".into(),
                fields([
                    ("code", (code != 0).then_some(code.into())),
                    ("reason", (!reason.is_empty()).then_some(reason.as_str().into())),
                    ("retry_after_ms", close.retry_after_ms.map(Value::from)),
                    ("lowest_version", close.lowest_version.map(Value::from)),
                ]),
            );
        }
        None => {}
    }
    json.into()
}

fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.into(), value?)));
    Value::Object(present.collect())
}

#[test]
fn frames_are_written_as_the_vectors_write_them() {
    let data = Frame { version: 1, more: true, body: Some(Body::Data(vec![1, 255])) };
    assert_eq!(to_json(&data), json!({"version": 1, "data_hex": "01ff", "more": true}));
    assert_eq!(octets(&"01ff".into()), [1, 255]);
    assert_eq!(hex(&encode(Body::Heartbeat(Default::default()), false)), "08011200");
}

/// The name of a close code, as the vectors write it.
fn name(code: CloseCode) -> &'static str {
    code.as_str_name().trim_start_matches("CLOSE_CODE_")
}
