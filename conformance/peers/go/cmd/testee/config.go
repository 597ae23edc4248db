package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/machine"
)

// config is the key of that name in `open`; nil is the default of the peer.
type config struct {
	HeartbeatTimeMs     *int64   `json:"heartbeat_time_ms"`
	SlackMs             *int64   `json:"slack_ms"`
	FloorMs             *int64   `json:"floor_ms"`
	AlwaysBeat          bool     `json:"always_beat"`
	PeerHeartbeats      string   `json:"peer_heartbeats"`
	MaxFrameBytes       *int     `json:"max_frame_bytes"`
	MaxMessageBytes     *int     `json:"max_message_bytes"`
	FirstFrameTimeoutMs *int64   `json:"first_frame_timeout_ms"`
	MaxUnreadBytes      *int     `json:"max_unread_bytes"`
	Reply               string   `json:"reply"`
	Read                string   `json:"read"`
	Stream              *sending `json:"stream"`
	Legacy              bool     `json:"legacy"`
}

// suspended is how far the wall clock is ahead by the command `suspend`, in nanoseconds.
var suspended atomic.Int64

func wallClock() time.Time { return time.Now().Round(0).Add(time.Duration(suspended.Load())) }

// settings are what a leg asks for: of the peer, and of the application on it.
type settings struct {
	config
	peer pulsewire.Config
}

// read refuses what is not known: whoever says yes to it claims too much.
func (l leg) read() (settings, error) {
	var s settings
	decoder := json.NewDecoder(bytes.NewReader(l.Config))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s.config); err != nil {
		return s, fmt.Errorf("%w: %v", errUnsupported, err)
	}
	switch {
	case !slices.Contains(hello["transports"].([]string), l.Transport):
		return s, fmt.Errorf("%w: the transport %q", errUnsupported, l.Transport)
	case !slices.Contains([]string{"", "echo", "length"}, s.Reply):
		return s, fmt.Errorf("%w: the reply %q", errUnsupported, s.Reply)
	case !slices.Contains([]string{"", "paused"}, s.Read):
		return s, fmt.Errorf("%w: to read %q", errUnsupported, s.Read)
	case !slices.Contains([]string{"", "required", "optional"}, s.PeerHeartbeats):
		return s, fmt.Errorf("%w: heartbeats that are %q", errUnsupported, s.PeerHeartbeats)
	case s.HeartbeatTimeMs != nil && *s.HeartbeatTimeMs == 0: // which is passive in Go, and forbidden here
		return s, fmt.Errorf("%w: a heartbeat-time of 0", machine.ErrInvalid)
	}
	s.peer = pulsewire.Defaults()
	s.peer.WallClock = wallClock
	s.peer.AlwaysBeat = s.AlwaysBeat
	s.peer.OptionalPeer = s.PeerHeartbeats == "optional"
	s.peer.MaxUnsent = 1 << 30 // The commands must not wait; what they send is the suite's to bound.
	for to, ms := range map[*time.Duration]*int64{
		&s.peer.HeartbeatTime:     s.HeartbeatTimeMs,
		&s.peer.Slack:             s.SlackMs,
		&s.peer.Floor:             s.FloorMs,
		&s.peer.FirstFrameTimeout: s.FirstFrameTimeoutMs,
	} {
		if ms != nil {
			*to = time.Duration(min(*ms, 1<<40)) * time.Millisecond
		}
	}
	for to, octets := range map[*int]*int{
		&s.peer.MaxFrame:   s.MaxFrameBytes,
		&s.peer.MaxMessage: s.MaxMessageBytes,
		&s.peer.MaxUnread:  s.MaxUnreadBytes,
	} {
		if octets != nil {
			*to = *octets
		}
	}
	if err := s.peer.Validate(); err != nil {
		return s, err
	}
	if s.Legacy {
		s.peer.Config = withoutDeadlines(s.peer.Config)
	}
	return s, nil
}
