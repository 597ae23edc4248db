//! Memory management that holds up the program. Rust has no collector, but a large tree of boxes
//! takes its time to be built and dropped, and on the thread of the connections they wait for it.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// A million boxes: some 50 MB.
const DEPTH: u32 = 20;

struct Tree {
    _branches: Option<[Box<Tree>; 2]>,
    _payload: u64,
}

fn grow(depth: u32) -> Box<Tree> {
    let branches = (depth > 0).then(|| [grow(depth - 1), grow(depth - 1)]);
    Box::new(Tree { _branches: branches, _payload: depth.into() })
}

/// Builds and drops trees for about so long, and tells for how long.
pub fn for_about(time: Duration) -> Duration {
    let begun = Instant::now();
    while begun.elapsed() < time {
        drop(black_box(grow(DEPTH)));
    }
    begun.elapsed()
}
