package machine

import (
	"math"
	"time"

	"google.golang.org/protobuf/proto"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// roundTrip measures by the timestamps on heartbeats. The clock on the wire counts microseconds and
// wraps, as all arithmetic on uint32 does.
type roundTrip struct {
	heard   *uint32 // the last timestamp of the peer
	heardAt time.Duration
	last    time.Duration
	known   bool
}

func ticks(now time.Duration) uint32 { return uint32(now.Microseconds()) }

// stamp puts our clock on a heartbeat, and the peer's back [PW-RTT-2, PW-RTT-4].
func (r *roundTrip) stamp(heartbeat *pb.Heartbeat, now time.Duration) {
	heartbeat.Timestamp = proto.Uint32(ticks(now))
	if held := (now - r.heardAt).Microseconds(); r.heard != nil && held <= math.MaxUint32 {
		heartbeat.Echo = r.heard
		heartbeat.HeldUs = proto.Uint32(uint32(held))
	}
}

func (r *roundTrip) hear(heartbeat *pb.Heartbeat, now, longest time.Duration) {
	if heartbeat.Timestamp != nil {
		r.heard, r.heardAt = heartbeat.Timestamp, now
	}
	if heartbeat.Echo == nil {
		return
	}
	age := time.Duration(ticks(now)-heartbeat.GetEcho()) * time.Microsecond
	took := age - time.Duration(heartbeat.GetHeldUs())*time.Microsecond
	if took >= 0 && took <= longest { // [PW-RTT-3]
		r.last, r.known = took, true
	}
}
