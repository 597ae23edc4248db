// Package rpc carries frames over gRPC.
package rpc

import (
	"errors"
	"io"

	"google.golang.org/protobuf/proto"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// frames is what the streams of a client and of a server have in common. gRPC shows whole messages
// only: there is no life in a part of one.
type frames struct {
	stream interface {
		Recv() (*pb.Frame, error)
		Send(*pb.Frame) error
	}
	limit   int
	failure func(error) error // what an error of Recv means
}

func (f *frames) Open(limit int, _, _ func()) { f.limit = limit }

func (f *frames) Receive() (*pb.Frame, error) {
	frame, err := f.stream.Recv()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &machine.End{Cause: machine.PeerClosed}
	case err != nil:
		return nil, f.failure(err)
	case proto.Size(frame) > f.limit: // where gRPC itself was not told of the limit
		return nil, tooLarge()
	}
	return frame, nil
}

// Drain goes on to the next error, whatever it is: behind a message that gRPC gave up on, it may say
// the same for ever.
func (f *frames) Drain() {
	for {
		if _, err := f.stream.Recv(); err != nil {
			return
		}
	}
}

func (f *frames) Send(frame *pb.Frame) error { return f.stream.Send(frame) }

func tooLarge() error {
	return machine.Broken(pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE, "the message is too long")
}
