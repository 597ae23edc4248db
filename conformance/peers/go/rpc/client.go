package rpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

type client struct {
	frames
	calls  grpc.ClientStream
	cancel context.CancelFunc
}

// Dial starts a call, of messages with so many octets at most. The context is that of the dial, and
// not of the connection.
func Dial(ctx context.Context, channel grpc.ClientConnInterface, limit int) (pulsewire.Transport, error) {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer context.AfterFunc(ctx, cancel)()
	stream, err := pb.NewLivenessServiceClient(channel).Connect(call, grpc.MaxCallRecvMsgSize(limit))
	if err != nil {
		cancel()
		return nil, err
	}
	return &client{frames: frames{stream: stream, failure: meaning}, calls: stream, cancel: cancel}, nil
}

// meaning reads a status without a Close. What gRPC itself finds wrong with a message looks as if the
// server had said so, and gRPC has ended the call by then [PW-GRPC-8].
func meaning(err error) error {
	if code, known := fromStatus(status.Code(err)); known {
		return &machine.End{Cause: machine.PeerClose, Code: code}
	}
	return err
}

// Finish ends this side's direction; the server then ends the call.
func (t *client) Finish(pb.CloseCode) { _ = t.calls.CloseSend() }

func (t *client) Abort() { t.cancel() }
