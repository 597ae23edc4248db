use crate::{hex, load, octets, to_json};
use prost::Message;
use pulsewire::wire;
use serde_json::Value;

/// Whether everything that is in `expected` is in `actual`.
fn includes(actual: &Value, expected: &Value) -> bool {
    match expected.as_object() {
        Some(fields) => fields.iter().all(|(key, value)| includes(&actual[key], value)),
        None => actual == expected,
    }
}

#[test]
fn frames() {
    for vector in load("frames.json", "frames") {
        let decoded = wire::decode(&octets(&vector["hex"]));
        let (expected, error) = (&vector["frame"], &vector["error"]);
        match &decoded {
            Ok(frame) if vector["either"] == true => {
                assert!(includes(&to_json(frame), expected), "{vector}: {frame:?}");
            }
            Ok(frame) => {
                assert!(error.is_null(), "{vector}: {frame:?}");
                let mut json = to_json(frame);
                if expected["data_hex"].is_null() {
                    json.as_object_mut().expect("a frame").remove("more");
                }
                assert_eq!(&json, expected, "{vector}");
                if vector["canonical"] == true {
                    assert_eq!(hex(&frame.encode_to_vec()), vector["hex"], "{vector}");
                }
            }
            Err(wire::Malformed) => assert_eq!(error, "PROTOCOL_ERROR", "{vector}"),
        }
    }
}
