//! The peer behind the control contract of the conformance suite: one JSON object a line comes in
//! on standard input, and one a line goes out on standard output.

mod application;
mod collect;
mod gateway;
mod legacy;
mod options;
mod testee;

use serde_json::{Value, json};
use std::{
    io::{BufRead, Write, stdin, stdout},
    thread,
};
use testee::Testee;
use tokio::{runtime, sync::mpsc};

/// Why a command was not carried out, with a word for whoever reads the report.
enum Refusal {
    Unsupported(String),
    Invalid(String),
    Failed(String),
}

type Outcome = Result<Value, Refusal>;

fn say(line: Value) {
    let mut out = stdout().lock();
    // Where nobody reads any more, there is nothing to say.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn answer(id: &Value, outcome: Outcome) {
    say(match outcome {
        Ok(ok) => json!({"id": id, "ok": ok}),
        Err(Refusal::Unsupported(why)) => json!({"id": id, "err": "unsupported", "why": why}),
        Err(Refusal::Invalid(why)) => json!({"id": id, "err": "invalid", "why": why}),
        Err(Refusal::Failed(why)) => json!({"id": id, "err": "failed", "why": why}),
    });
}

fn main() {
    // One thread does it all, so that `stall` and `collect` hold up everything there is.
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("the system gives us a runtime");
    let (sender, mut lines) = mpsc::unbounded_channel();
    thread::spawn(move || {
        stdin().lock().lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
    });
    runtime.block_on(async {
        let testee = Testee::default();
        while let Some(line) = lines.recv().await {
            match serde_json::from_str::<Value>(&line) {
                Ok(command) if command["cmd"] == "bye" => break,
                Ok(command) => testee.carry_out(command),
                Err(error) => eprintln!("{error}: {line}"),
            }
        }
    });
    // The reading thread cannot be woken; what else there is ends with the process.
    std::process::exit(0);
}
