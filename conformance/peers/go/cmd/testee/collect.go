package main

import (
	"runtime"
	"runtime/debug"
	"time"
)

// node is what a collector has to follow pointers through.
type node struct {
	next, other *node
	payload     [2]uint64
}

const (
	live    = 4_000_000 // nodes of 32 octets
	garbage = 100_000   // nodes that are made and dropped at a time
)

// collect makes the collector work for so long, over a large heap that is all pointers.
func collect(length time.Duration) {
	start := time.Now()
	nodes := make([]node, live)
	for i := range nodes {
		nodes[i].next, nodes[i].other = &nodes[(i*7919+1)%live], &nodes[(i*104_729+3)%live]
	}
	for time.Since(start) < length {
		var dropped *node
		for range garbage {
			dropped = &node{next: dropped}
		}
		runtime.KeepAlive(dropped)
		runtime.GC()
	}
	runtime.KeepAlive(nodes)
	took := time.Since(start)
	nodes = nil
	debug.FreeOSMemory()
	say(object{"event": "state", "conn": "", "collected_ms": took.Milliseconds()})
}
