package rpc

import (
	"google.golang.org/grpc/codes"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// toStatus is the status of gRPC for a close code [PW-MAP-1]; without one the call is done.
func toStatus(code pb.CloseCode) codes.Code {
	switch code {
	case 0, pb.CloseCode_CLOSE_CODE_NORMAL:
		return codes.OK
	case pb.CloseCode_CLOSE_CODE_GOING_AWAY, pb.CloseCode_CLOSE_CODE_UPSTREAM_LOST:
		return codes.Unavailable
	case pb.CloseCode_CLOSE_CODE_HEARTBEAT_TIMEOUT, pb.CloseCode_CLOSE_CODE_FIRST_FRAME_TIMEOUT:
		return codes.DeadlineExceeded
	case pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR:
		return codes.InvalidArgument
	case pb.CloseCode_CLOSE_CODE_UNSUPPORTED_VERSION:
		return codes.FailedPrecondition
	case pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE, pb.CloseCode_CLOSE_CODE_MESSAGE_TOO_LARGE,
		pb.CloseCode_CLOSE_CODE_TOO_MANY_HEARTBEATS, pb.CloseCode_CLOSE_CODE_UNREAD_LIMIT:
		return codes.ResourceExhausted
	case pb.CloseCode_CLOSE_CODE_OUTBOUND_BLOCKED:
		return codes.Aborted
	case pb.CloseCode_CLOSE_CODE_INTERNAL_ERROR:
		return codes.Internal
	}
	return codes.Unknown
}

// fromStatus is the close code that a status without a Close stands for, if there is one
// [PW-GRPC-7].
func fromStatus(status codes.Code) (pb.CloseCode, bool) {
	switch status {
	case codes.InvalidArgument:
		return pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR, true
	case codes.FailedPrecondition:
		return pb.CloseCode_CLOSE_CODE_UNSUPPORTED_VERSION, true
	case codes.Aborted:
		return pb.CloseCode_CLOSE_CODE_OUTBOUND_BLOCKED, true
	}
	return 0, false
}
