package machine

import (
	"errors"
	"fmt"
	"time"
)

// ErrInvalid is wrapped by every error of Config.Validate.
var ErrInvalid = errors.New("invalid configuration")

const (
	// Shortest is the smallest heartbeat-time and floor that a side may be configured with.
	Shortest = 100 * time.Millisecond
	// Ceiling is the largest heartbeat-time there is.
	Ceiling = time.Hour
	// longest keeps sums of durations far from overflow.
	longest = 10 * 365 * 24 * time.Hour
)

// Config says how one side of a connection behaves. Start from Defaults.
type Config struct {
	// HeartbeatTime is the side's own; 0 makes it passive.
	HeartbeatTime time.Duration
	// Slack is the extra silence that is tolerated.
	Slack time.Duration
	// Floor is the smallest heartbeat-time that a peer can make this side adopt.
	Floor time.Duration
	// AlwaysBeat sends heartbeats also while data takes their place.
	AlwaysBeat bool
	// OptionalPeer: the peer need not beat [PW-LIV-8].
	OptionalPeer bool

	// MaxFrame, MaxMessage and MaxUnread bound what a peer can make this side hold, in octets.
	MaxFrame, MaxMessage, MaxUnread int
	// MaxUnsent bounds what waits in the sender before its application has to wait, in octets.
	MaxUnsent int
	// FirstFrameTimeout runs from the first octet to the end of the first frame.
	FirstFrameTimeout time.Duration
	// CloseTimeout is how long a side that closes waits for its peer.
	CloseTimeout time.Duration
}

// Defaults are those of the specification; a side that has nothing else is passive.
func Defaults() Config {
	return Config{
		Slack:             2 * time.Second,
		Floor:             time.Second,
		MaxFrame:          1 << 20,
		MaxMessage:        16 << 20,
		MaxUnread:         16 << 20,
		MaxUnsent:         16 << 20,
		FirstFrameTimeout: 10 * time.Second,
		CloseTimeout:      2 * time.Second,
	}
}

// Validate refuses what the protocol forbids.
func (c Config) Validate() error {
	invalid := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
	}
	switch {
	case c.HeartbeatTime != 0 && (c.HeartbeatTime < Shortest || c.HeartbeatTime > Ceiling): // [PW-HBT-4]
		return invalid("a heartbeat-time of %v is not between %v and %v", c.HeartbeatTime, Shortest, Ceiling)
	case c.Floor < Shortest || c.Floor > Ceiling: // [PW-ADP-4]
		return invalid("a floor of %v is not between %v and %v", c.Floor, Shortest, Ceiling)
	case c.Slack < 0 || c.Slack > longest: // [PW-LIV-7]
		return invalid("a slack of %v is not between 0 and %v", c.Slack, longest)
	case c.FirstFrameTimeout <= 0 || c.FirstFrameTimeout > longest, c.CloseTimeout <= 0 || c.CloseTimeout > longest:
		return invalid("a timeout is not between 0 and %v", longest)
	case c.MaxFrame <= 0, c.MaxMessage <= 0, c.MaxUnread <= 0, c.MaxUnsent <= 0:
		return invalid("a limit is not positive")
	}
	return nil
}
