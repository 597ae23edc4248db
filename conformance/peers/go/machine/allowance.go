package machine

import "time"

const (
	heartbeatsAtOnce    = 600
	heartbeatsPerSecond = 40
)

// allowance counts the heartbeats that the peer may still send [PW-LIM-3].
type allowance struct {
	tokens float64
	at     time.Duration
}

func (a *allowance) take(now time.Duration) bool {
	a.refill(now)
	if a.tokens < 1 {
		return false
	}
	a.tokens--
	return true
}

func (a *allowance) refill(now time.Duration) {
	if a.tokens < heartbeatsAtOnce {
		a.tokens = min(heartbeatsAtOnce, a.tokens+(now-a.at).Seconds()*heartbeatsPerSecond)
	}
	a.at = now
}

// unread adds what came while this side did not read: it stands in the transport, and comes at once.
func (a *allowance) unread(from, to time.Duration) {
	if from = max(from, a.at); from < to {
		a.refill(from)
		a.tokens += (to - from).Seconds() * heartbeatsPerSecond
		a.at = to
	}
}
