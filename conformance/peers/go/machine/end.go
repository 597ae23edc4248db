package machine

import (
	"fmt"
	"time"

	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// Cause says who or what ended a connection.
type Cause string

// The causes of an end.
const (
	Application     Cause = "closed by this side"
	PeerClose       Cause = "closed by the peer"                  // with a Close, or what the transport has for one
	PeerClosed      Cause = "peer closed"                         // the transport, without a Close [PW-CLS-4]
	PeerDown        Cause = "peer down"                           // silent beyond the deadline [PW-LIV-5]
	OutboundBlocked Cause = "outbound blocked"                    // the transport takes nothing [PW-OUT-1]
	Violation       Cause = "the peer sent what it must not send" // Code says what
	TransportFailed Cause = "the transport failed"
)

// End says how a connection ended. It is an error, so that it can be told from others.
type End struct {
	Cause      Cause
	Code       pb.CloseCode // of the Close that was sent or received; 0 if there was none
	Reason     string
	RetryAfter time.Duration // the peer asks not to be dialled again sooner [PW-CLS-7]
}

func (e *End) Error() string {
	text := "pulsewire: " + string(e.Cause)
	if e.Code != 0 {
		text += fmt.Sprintf(" (%v)", e.Code)
	}
	if e.Reason != "" {
		text += fmt.Sprintf(": %q", e.Reason)
	}
	return text
}

// Broken is the end of a connection whose peer broke the protocol, for a binding that finds it out.
func Broken(code pb.CloseCode, reason string) *End {
	return &End{Cause: Violation, Code: code, Reason: reason}
}
