package rpc

import (
	"testing"

	"google.golang.org/grpc/codes"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// The table of docs/bindings.md, section 4.
func TestStatus(t *testing.T) {
	for code, want := range map[pb.CloseCode]codes.Code{
		0: codes.OK, 1: codes.OK, 2: codes.Unavailable, 3: codes.DeadlineExceeded, 4: codes.InvalidArgument,
		5: codes.FailedPrecondition, 6: codes.ResourceExhausted, 7: codes.ResourceExhausted,
		8: codes.ResourceExhausted, 9: codes.DeadlineExceeded, 10: codes.ResourceExhausted,
		11: codes.Aborted, 12: codes.Unavailable, 13: codes.Internal, 14: codes.Unknown,
	} {
		status := toStatus(code)
		if status != want {
			t.Errorf("%v: %v, want %v", code, status, want)
		}
		// Only a status that one code alone has says what a Close would have said [PW-GRPC-7].
		back, known := fromStatus(status)
		if only := code == 4 || code == 5 || code == 11; known != only || known && back != code {
			t.Errorf("%v: read back as %v, %v", code, back, known)
		}
	}
}
