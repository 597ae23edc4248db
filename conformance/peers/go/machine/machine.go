// Package machine is the Pulsewire state machine of one connection: what is to be sent and when, and
// what is to be made of what comes. It does no input and output, and has no clock, no timer and no
// goroutine. Time is handed in, as a monotonic duration since any origin; randomness is injected.
//
// A driver hands in what happens (Open and the methods named Handle), and after each of them asks
// what follows: PollTransmit, PollFinish, Over, PollTimeout, and PollMessage and End for the
// application. A Machine is not safe for concurrent use.
package machine

import (
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// ErrClosed: nothing can be sent any more.
var ErrClosed = errors.New("pulsewire: the connection has ended")

const (
	atOnce    = 100 * time.Millisecond // as section 1 of the protocol has it
	maxReason = 512                    // [PW-CLS-6]
)

type phase int

const (
	running   phase = iota
	draining        // the application has closed; what it sent before goes out first
	closing         // nothing but the Close goes out
	finishing       // this direction of the transport is to be ended
	lingering       // it is, and the peer's is not
	over            // the transport is to be let go of
)

// Machine is one side of one connection. Make it with New.
type Machine struct {
	cfg    Config
	random func() float64

	phase      phase
	phaseSince time.Duration
	patience   time.Duration // how long the Close may take, without any progress
	closeFrame *pb.Frame
	ending     *End // how the connection will have ended when the Close is out
	end        *End

	effective time.Duration // E; 0 if undefined
	promise   time.Duration // P; 0 if undefined
	overlaps  bool          // the peer has named a lowest version that we speak

	silence    silence
	paused     bool
	pausedAt   time.Duration
	firstOctet time.Duration // of a first frame that is not complete
	anyFrame   bool
	allowance  allowance
	handledAt  time.Duration // the last timeout
	judging    bool          // it said that there is something to judge
	peerEnded  bool          // the peer's direction of the transport has

	outbound
	inbox
	roundTrip
}

// New makes a Machine from a valid configuration and a source of random numbers in [0, 1).
func New(cfg Config, random func() float64) *Machine {
	m := &Machine{cfg: cfg, random: random, firstOctet: never, patience: cfg.CloseTimeout}
	// Whole milliseconds are what can be advertised, and what is advertised is kept [PW-HBT-1].
	m.effective = cfg.HeartbeatTime.Truncate(time.Millisecond) // [PW-ADP-1]
	if m.effective > 0 {
		m.cfg.Floor = min(m.cfg.Floor, m.effective) // [PW-ADP-4]
	}
	m.beatDue, m.answerDue, m.probeDue = never, never, never
	return m
}

// Open: the transport can be used.
func (m *Machine) Open(now time.Duration) {
	m.alive(now)
	m.lastAnswer = now - answerGap
	m.allowance = allowance{tokens: heartbeatsAtOnce, at: now}
	if m.effective > 0 { // [PW-SND-1]
		m.beatDue = now
	}
}

// PollTimeout is when HandleTimeout is to be called.
func (m *Machine) PollTimeout() time.Duration {
	at := never
	// One that was due then already waits for the transport, and no longer for the time.
	if due := m.heartbeatDue(); m.phase <= draining && m.inFlight == nil && due > m.handledAt {
		at = due
	}
	if !m.judging {
		at = min(at, m.judgementAt())
	}
	return at
}

// HandleTimeout: what PollTimeout named has come. If it reports true there is something to be
// judged: the driver is to read what the transport holds, once, and then to call Judge [PW-CLK-2].
func (m *Machine) HandleTimeout(now time.Duration) (judge bool) {
	m.observe(now)
	m.handledAt = now
	if m.judging || now < m.judgementAt() {
		return false
	}
	m.judging = true
	return true
}

// observe notices that this side did not run: a timeout has passed that was not handled [PW-LIM-3].
func (m *Machine) observe(now time.Duration) { m.allowance.unread(m.PollTimeout(), now) }

// Send queues a message of the application, which must not change it any more.
func (m *Machine) Send(message []byte) error {
	if m.phase != running {
		return ErrClosed
	}
	m.queue = append(m.queue, message)
	m.unsent += len(message)
	return nil
}

// HasRoom reports whether a message of so many octets may be queued; a single one always may.
func (m *Machine) HasRoom(octets int) bool {
	return len(m.queue) == 0 || m.unsent+octets <= m.cfg.MaxUnsent
}

// Probe asks the peer for a sign of life, on behalf of the application.
func (m *Machine) Probe(now time.Duration) {
	if m.phase == running {
		m.probeDue = now
	}
}

// Close ends the connection on behalf of the application, after what it has sent [PW-CLS-8]. What it
// has not taken it does not want any more.
func (m *Machine) Close(code pb.CloseCode, reason string, now time.Duration) {
	if m.phase != running {
		return
	}
	if code <= 0 { // [PW-CLS-10]
		code = pb.CloseCode_CLOSE_CODE_NORMAL
	}
	m.inbox = inbox{}
	m.resume(now)
	m.shut(now, draining)
	m.prepareClose(&End{Cause: Application, Code: code, Reason: reason})
}

// fail ends the connection for a reason of the machine's own, which is told the peer if it can be.
func (m *Machine) fail(now time.Duration, end *End) {
	if m.phase > draining {
		return
	}
	m.resume(now)
	m.shut(now, closing)
	m.prepareClose(end)
	m.report(end)
}

func (m *Machine) prepareClose(end *End) {
	reason := strings.ToValidUTF8(end.Reason, "\uFFFD")
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") // without the rest of a character cut in two
	}
	body := &pb.Close{Code: end.Code, Reason: reason}
	if end.Code == pb.CloseCode_CLOSE_CODE_UNSUPPORTED_VERSION { // [PW-VER-5]
		body.LowestVersion = proto.Uint32(version)
	}
	m.ending = end
	m.closeFrame = &pb.Frame{Version: version, Body: &pb.Frame_Close{Close: body}}
}

// shut enters a phase; there is no way back from a later one.
func (m *Machine) shut(now time.Duration, next phase) {
	m.phase, m.phaseSince = next, now
	if next > draining {
		m.queue, m.offset, m.unsent = nil, 0, 0
		m.parts = nil // [PW-DAT-5]
	}
}

// report keeps the first end; there is no other [PW-CLS-9].
func (m *Machine) report(end *End) {
	if m.end == nil {
		m.end = end
	}
}

// PollFinish reports, once, that this direction of the transport is to be ended, and the code of the
// Close that was sent, or 0 if none was. The transport is then let go of when the peer has ended
// its own, or the time is over.
func (m *Machine) PollFinish(now time.Duration) (pb.CloseCode, bool) {
	if m.phase != finishing || m.inFlight != nil {
		return 0, false
	}
	m.shut(now, lingering)
	if m.peerEnded {
		m.shut(now, over)
	}
	if m.ending == nil {
		return 0, true
	}
	return m.ending.Code, true
}

// Over reports that the transport is to be let go of, whatever it still holds.
func (m *Machine) Over() bool { return m.phase == over }

// End is how the connection ended, or nil.
func (m *Machine) End() *End { return m.end }

// EffectiveHeartbeatTime is E; 0 of a passive side.
func (m *Machine) EffectiveHeartbeatTime() time.Duration { return m.effective }

// RoundTrip is the last round-trip time, if one was measured.
func (m *Machine) RoundTrip() (time.Duration, bool) { return m.roundTrip.last, m.roundTrip.known }
