package machine

import (
	"time"

	"google.golang.org/protobuf/proto"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// HandleOctets: octets came that complete no frame yet. They are life [PW-LIV-1].
func (m *Machine) HandleOctets(now time.Duration) {
	m.observe(now)
	if m.phase > draining {
		return
	}
	m.alive(now)
	if !m.anyFrame && m.firstOctet == never { // [PW-LIM-4]
		m.firstOctet = now
	}
}

// HandleFrame: all octets of one frame came.
func (m *Machine) HandleFrame(octets []byte, now time.Duration) {
	frame, err := Decode(octets, m.cfg.MaxFrame)
	if end, broken := err.(*End); broken {
		m.HandleBroken(end, now)
		return
	}
	m.HandleDecoded(frame, now)
}

// Decode reads a frame of at most so many octets. The error is an *End, for HandleBroken.
func Decode(octets []byte, limit int) (*pb.Frame, error) {
	if len(octets) > limit { // [PW-LIM-1]
		return nil, Broken(pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE, "the frame is too long")
	}
	frame := &pb.Frame{}
	if err := proto.Unmarshal(octets, frame); err != nil { // [PW-FRM-3]
		return nil, Broken(pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR, "the frame is no valid protobuf")
	}
	return frame, nil
}

// HandleBroken: something came that the framing layer cannot make a frame of.
func (m *Machine) HandleBroken(end *End, now time.Duration) {
	m.HandleOctets(now)
	m.fail(now, end)
}

// HandleDecoded: a frame came, from a transport that decodes frames itself.
func (m *Machine) HandleDecoded(frame *pb.Frame, now time.Duration) {
	m.observe(now)
	if m.phase > draining && frame.GetClose() == nil { // [PW-CLS-9]
		return
	}
	m.alive(now)
	m.anyFrame, m.firstOctet = true, never
	heartbeat := frame.GetHeartbeat()
	if heartbeat.GetLowestVersion() == version { // A 0 is as good as none [PW-VER-2].
		m.overlaps = true
	}
	switch {
	case frame.GetVersion() == 0: // [PW-FRM-3]
		m.fail(now, Broken(pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR, "the frame has no version"))
	case frame.GetClose() != nil: // whatever its version [PW-VER-6]
		m.closedByPeer(frame.GetClose(), now)
	case frame.GetVersion() > version && !m.overlaps: // [PW-VER-5]
		m.fail(now, Broken(pb.CloseCode_CLOSE_CODE_UNSUPPORTED_VERSION, "no version in common"))
	case heartbeat != nil:
		m.hear(heartbeat, now)
	default:
		if data, ok := frame.GetBody().(*pb.Frame_Data); ok && m.phase == running {
			m.receive(data.Data, frame.GetMore(), now)
		}
	}
}

func (m *Machine) hear(heartbeat *pb.Heartbeat, now time.Duration) {
	if !m.allowance.take(now) { // [PW-LIM-3]
		m.fail(now, Broken(pb.CloseCode_CLOSE_CODE_TOO_MANY_HEARTBEATS, "too many heartbeats"))
		return
	}
	if ms := heartbeat.GetHeartbeatTimeMs(); ms > 0 {
		m.promise = min(time.Duration(ms)*time.Millisecond, Ceiling) // [PW-HBT-3]
		m.adopt(m.promise, now)
	}
	m.roundTrip.hear(heartbeat, now, m.promised()+m.cfg.Slack)
	if heartbeat.GetReplyRequested() {
		m.answer(now)
	}
}

// adopt comes down to what the peer advertises, and never up to it [PW-ADP-2, PW-ADP-3].
func (m *Machine) adopt(heard, now time.Duration) {
	if m.effective > 0 && heard >= m.effective {
		return
	}
	// At most what is configured or was adopted before: clamping never raises it [PW-ADP-6].
	if adopted := max(heard, m.cfg.Floor); adopted != m.effective {
		m.effective = adopted
		m.beatDue = now // [PW-SND-2]
	}
}

func (m *Machine) receive(data []byte, more bool, now time.Duration) {
	if !m.inbox.add(data, more, m.cfg.MaxMessage) {
		m.fail(now, Broken(pb.CloseCode_CLOSE_CODE_MESSAGE_TOO_LARGE, "the message is too long"))
		return
	}
	if m.unread >= m.cfg.MaxUnread { // [PW-LIM-5]
		m.pause(now)
	}
}

// Reads reports whether the transport is to be read from. After the end it is: what comes then is
// thrown away, so that the end of the peer's direction can be seen behind it.
func (m *Machine) Reads() bool { return !m.paused }

// PollMessage hands out the next message to the application.
func (m *Machine) PollMessage(now time.Duration) ([]byte, bool) {
	message, ok := m.inbox.take()
	if ok && m.unread < m.cfg.MaxUnread {
		m.resume(now)
	}
	return message, ok
}

func (m *Machine) pause(now time.Duration) {
	if !m.paused {
		m.paused, m.pausedAt = true, now
	}
}

// resume reads again. The pause is not charged to the peer [PW-LIV-9], and what it sent meanwhile
// comes at once [PW-LIM-3].
func (m *Machine) resume(now time.Duration) {
	if !m.paused {
		return
	}
	m.paused = false
	m.silence.since += now - m.pausedAt
	m.silence.pardonUntil += now - m.pausedAt
	m.allowance.unread(m.pausedAt, now)
}

// closedByPeer answers nothing and sends nothing more [PW-CLS-3].
func (m *Machine) closedByPeer(body *pb.Close, now time.Duration) {
	code := body.GetCode()
	if code == 0 { // [PW-CLS-5]
		code = pb.CloseCode_CLOSE_CODE_NORMAL
	}
	m.report(&End{
		Cause: PeerClose, Code: code, Reason: body.GetReason(),
		RetryAfter: time.Duration(body.GetRetryAfterMs()) * time.Millisecond,
	})
	m.resume(now)
	if m.phase < finishing {
		m.ending = nil
		m.shut(now, finishing)
	}
}

// HandleTransportEnd: the peer's direction of the transport has ended, or all of the transport if
// end is a failure. What was sent before it has been handed in.
func (m *Machine) HandleTransportEnd(end *End, now time.Duration) {
	m.observe(now)
	m.report(end)
	m.peerEnded = true
	if end.Cause != TransportFailed && (m.phase == closing || m.phase == finishing) {
		return // Our Close may still be read.
	}
	m.shut(now, over) // [PW-CLS-4]
}
