package machine

import (
	"time"

	"google.golang.org/protobuf/proto"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

const (
	never     = time.Duration(1<<63 - 1)
	version   = 1                      // the only one there is
	partSize  = 65_536                 // [PW-DAT-4]
	answerGap = 100 * time.Millisecond // [PW-PRB-3]
)

// outbound is what is to be transmitted. A heartbeat is no frame until the transport can take it:
// what is kept is when one is due, so that at most one waits, and nothing in it is stale.
type outbound struct {
	beatDue, answerDue, probeDue time.Duration
	lastAnswer                   time.Duration

	queue  [][]byte // messages
	offset int      // octets of the first of them that are handed over
	unsent int      // octets of all of them that are not

	inFlight  *pb.Frame // handed to the transport, which has not accepted all of it
	answering bool      // inFlight answers a probe
	progress  time.Duration
}

// heartbeatDue is when the first heartbeat wants to go out.
func (o *outbound) heartbeatDue() time.Duration { return min(o.beatDue, o.answerDue, o.probeDue) }

// answer is owed from now on, or as soon as it is far enough from the last one [PW-PRB-2, PW-PRB-3].
func (o *outbound) answer(now time.Duration) {
	if o.answerDue == never {
		o.answerDue = max(now, o.lastAnswer+answerGap)
	}
}

// PollTransmit hands out the next frame, or nil. The driver answers with HandleAccepted once the
// transport has accepted it, and gets no other one before.
func (m *Machine) PollTransmit(now time.Duration) *pb.Frame {
	if m.inFlight != nil || m.phase > closing {
		return nil
	}
	if m.inFlight = m.next(now); m.inFlight != nil {
		m.progress = now
	}
	return m.inFlight
}

// next prefers heartbeats to data [PW-SND-1, PW-SND-8].
func (m *Machine) next(now time.Duration) *pb.Frame {
	switch {
	case m.phase == closing:
		return m.closeFrame
	case m.answerDue <= now: // Apart from a probe that is due as well: an answer asks nothing [PW-PRB-4].
		m.answerDue, m.answering = never, true
		return m.heartbeat(now, false)
	case m.probeDue <= now:
		m.probeDue = never
		return m.heartbeat(now, true)
	case m.beatDue <= now:
		return m.heartbeat(now, false)
	case len(m.queue) > 0:
		return m.part()
	case m.phase == draining: // All that was sent before is out [PW-CLS-8].
		m.shut(now, closing)
		m.report(m.ending)
		return m.closeFrame
	}
	return nil
}

func (m *Machine) heartbeat(now time.Duration, probe bool) *pb.Frame {
	m.beatDue = never // Until this one is accepted, which is what the next one counts from.
	heartbeat := &pb.Heartbeat{ReplyRequested: probe}
	if m.effective > 0 { // [PW-HBT-1, PW-ADP-5]
		heartbeat.HeartbeatTimeMs = proto.Uint32(uint32(m.effective.Milliseconds()))
	}
	m.roundTrip.stamp(heartbeat, now)
	return &pb.Frame{Version: version, Body: &pb.Frame_Heartbeat{Heartbeat: heartbeat}}
}

func (m *Machine) part() *pb.Frame {
	rest := m.queue[0][m.offset:]
	part, more := rest[:min(len(rest), partSize)], len(rest) > partSize
	m.offset += len(part)
	m.unsent -= len(part)
	if !more {
		m.queue[0] = nil
		m.queue, m.offset = m.queue[1:], 0
	}
	return &pb.Frame{Version: version, Body: &pb.Frame_Data{Data: part}, More: more}
}

// HandleProgress: the transport has accepted a part of the frame that it was handed [PW-OUT-2].
func (m *Machine) HandleProgress(now time.Duration) {
	m.observe(now)
	m.progress = now
}

// HandleAccepted: the transport has accepted all of the frame that it was handed.
func (m *Machine) HandleAccepted(now time.Duration) {
	m.HandleProgress(now)
	data := m.inFlight.GetBody() != nil && m.inFlight.GetHeartbeat() == nil
	if m.answering {
		m.answering, m.lastAnswer = false, now
		if m.answerDue != never {
			m.answerDue = max(m.answerDue, now+answerGap)
		}
	}
	if m.inFlight == m.closeFrame && m.phase == closing {
		m.shut(now, finishing)
	}
	m.inFlight = nil
	if m.effective == 0 {
		return
	}
	// A beat that is due already stays due, whatever went out while it waited [PW-SND-8].
	if m.beatDue == never || data && m.beatDue > now && !m.cfg.AlwaysBeat { // [PW-SND-6]
		m.beatDue = now + m.pace()
	}
}

// pace draws the time to the next heartbeat [PW-SND-5]. The last twentieth is left to late timers
// [PW-SND-3].
func (m *Machine) pace() time.Duration {
	return time.Duration(float64(m.effective) * (0.75 + 0.2*m.random()))
}
