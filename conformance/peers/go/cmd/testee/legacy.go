package main

import (
	"time"

	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// legacy is the transport of a peer from before heartbeats: it sends none, and those it receives
// change nothing.
type legacy struct{ pulsewire.Transport }

func (l legacy) Receive() (*pb.Frame, error) {
	for {
		frame, err := l.Transport.Receive()
		if err != nil || frame.GetHeartbeat() == nil {
			return frame, err
		}
	}
}

func (l legacy) Send(frame *pb.Frame) error {
	if frame.GetHeartbeat() != nil {
		return nil
	}
	return l.Transport.Send(frame)
}

// withoutDeadlines is the configuration of such a peer.
func withoutDeadlines(c machine.Config) machine.Config {
	c.HeartbeatTime = 0
	c.FirstFrameTimeout = 365 * 24 * time.Hour
	return c
}
