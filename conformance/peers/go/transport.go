package pulsewire

import (
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// Transport carries frames: it is what a binding implements. Receive and Drain are called by one
// goroutine, Send and Finish by another.
type Transport interface {
	// Open comes first. Frames may have so many octets. Alive is to be called for octets of the peer
	// that complete no frame yet, and progress when the transport accepts a part of a frame, as far
	// as the binding can see either.
	Open(limit int, alive, progress func())

	// Receive waits for the next frame. An error that says more than that the transport failed is a
	// *machine.End.
	Receive() (*pb.Frame, error)

	// Drain waits for the end of the peer's direction, after something that Receive could make no
	// frame of, and throws away what comes before it.
	Drain()

	// Send hands one frame to the transport and returns when it is accepted.
	Send(*pb.Frame) error

	// Finish ends this side's direction. The code is that of the Close which was sent, or 0.
	Finish(pb.CloseCode)

	// Abort lets go of everything at once and without waiting; the other methods then return.
	Abort()
}
