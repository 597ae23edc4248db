package rpc

import (
	"errors"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

type service struct {
	pb.UnimplementedLivenessServiceServer
	accept func(pulsewire.Transport)
}

// Register serves connections on a server of gRPC. Accept is called with the transport of each, and
// may take its time.
func Register(server grpc.ServiceRegistrar, accept func(pulsewire.Transport)) {
	pb.RegisterLivenessServiceServer(server, service{accept: accept})
}

// MaxFrame makes a server refuse longer messages before it makes room for them.
func MaxFrame(octets int) grpc.ServerOption { return grpc.MaxRecvMsgSize(octets) }

type server struct {
	frames
	halfClosed atomic.Bool
	result     chan codes.Code // what Finish was told, if it was
	over       chan struct{}
	ending     sync.Once
}

// Connect is called by gRPC with each call, and ends it when it returns.
func (s service) Connect(stream grpc.BidiStreamingServer[pb.Frame, pb.Frame]) error {
	if err := stream.SendHeader(nil); err != nil { // [PW-GRPC-3]
		return err
	}
	t := &server{result: make(chan codes.Code, 1), over: make(chan struct{})}
	t.frames = frames{stream: stream, failure: t.meaning}
	s.accept(t)
	<-t.over
	select {
	case code := <-t.result:
		return status.Error(code, "")
	default:
		if t.halfClosed.Load() { // [PW-GRPC-2]
			return nil
		}
		if stream.Context().Err() == nil { // The client has not cancelled it.
			reset(stream.Context())
		}
		return status.Error(codes.Aborted, "")
	}
}

// meaning: what gRPC itself finds wrong with a message has these codes on this side [PW-GRPC-8].
func (t *server) meaning(err error) error {
	switch status.Code(err) {
	case codes.ResourceExhausted:
		return tooLarge()
	case codes.Internal:
		return machine.Broken(pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR, "the message is no valid protobuf")
	}
	return err
}

func (t *server) Receive() (*pb.Frame, error) {
	frame, err := t.frames.Receive()
	var end *machine.End
	if errors.As(err, &end) && end.Cause == machine.PeerClosed {
		t.halfClosed.Store(true)
	}
	return frame, err
}

// Finish ends the call if all is well. Otherwise that is left to Abort, when the client has ended
// its own direction: many clients throw away a Close that they have not read when they see such a
// status [PW-GRPC-6].
func (t *server) Finish(code pb.CloseCode) {
	t.result <- toStatus(code)
	if toStatus(code) == codes.OK {
		t.Abort()
	}
}

func (t *server) Abort() { t.ending.Do(func() { close(t.over) }) }
