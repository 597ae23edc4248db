package machine

import (
	"time"

	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// silence is what is known of the peer's life, and of its absence.
type silence struct {
	since       time.Duration // the last octet, or the opening
	probed      bool          // suspect, and asked [PW-PRB-1]
	pardoned    bool          // asked once more after a delay of our own [PW-CLK-3]
	pardonUntil time.Duration
}

// alive ends the silence [PW-LIV-1, PW-PRB-5].
func (m *Machine) alive(now time.Duration) { m.silence = silence{since: now} }

// promised is max(E, P).
func (m *Machine) promised() time.Duration { return max(m.effective, m.promise) }

// judged: the peer's silence counts.
func (m *Machine) judged() bool {
	switch {
	case m.phase > draining, m.paused: // [PW-LIV-9]
		return false
	case m.cfg.OptionalPeer && m.promise == 0: // [PW-LIV-8]
		return false
	}
	return m.effective > 0 // [PW-LIV-10]
}

// deadline of the peer [PW-LIV-3].
func (m *Machine) deadline() time.Duration {
	switch {
	case !m.judged():
		return never
	case m.silence.pardoned:
		return m.silence.pardonUntil
	}
	return m.silence.since + m.promised() + m.cfg.Slack
}

func (m *Machine) suspectAt() time.Duration {
	if !m.judged() || m.silence.probed {
		return never
	}
	return m.silence.since + m.promised() + m.cfg.Slack/2
}

// blockedAt is when a heartbeat has waited too long for a transport that takes nothing [PW-OUT-1].
func (m *Machine) blockedAt() time.Duration {
	due := m.heartbeatDue()
	if m.inFlight.GetHeartbeat() != nil {
		due = m.progress
	}
	if m.phase > draining || m.effective == 0 || due == never {
		return never
	}
	return max(due, m.progress) + m.promised() + m.cfg.Slack
}

func (m *Machine) firstFrameAt() time.Duration {
	if m.phase > draining || m.firstOctet == never {
		return never
	}
	return m.firstOctet + m.cfg.FirstFrameTimeout
}

// giveUpAt is when a peer that does not close is no longer waited for [PW-CLS-8].
func (m *Machine) giveUpAt() time.Duration {
	switch m.phase {
	case draining, closing:
		return max(m.phaseSince, m.progress) + m.patience
	case finishing: // The peer has gone while a frame was in flight, which cannot be taken back.
		return m.phaseSince + atOnce
	case lingering:
		return m.phaseSince + m.cfg.CloseTimeout
	}
	return never
}

func (m *Machine) judgementAt() time.Duration {
	return min(m.suspectAt(), m.deadline(), m.blockedAt(), m.firstFrameAt(), m.giveUpAt())
}

// Judge gives the verdicts that HandleTimeout announced, after the driver has read what the
// transport held and let it take what it could [PW-CLK-2].
func (m *Machine) Judge(now time.Duration) {
	m.observe(now)
	m.judging = false
	switch {
	case now >= m.blockedAt():
		m.report(&End{Cause: OutboundBlocked, Code: pb.CloseCode_CLOSE_CODE_OUTBOUND_BLOCKED})
		m.shut(now, over)
	case now >= m.firstFrameAt():
		m.fail(now, Broken(pb.CloseCode_CLOSE_CODE_FIRST_FRAME_TIMEOUT, "the first frame was not finished in time"))
	case now >= m.giveUpAt():
		m.report(m.ending)
		m.shut(now, over)
	case now >= m.deadline():
		m.judgeSilence(now)
	case now >= m.suspectAt():
		m.silence.probed, m.probeDue = true, now
	}
}

func (m *Machine) judgeSilence(now time.Duration) {
	if now-m.deadline() > m.cfg.Slack && !m.silence.pardoned { // [PW-CLK-3, PW-CLK-4]
		m.silence.pardoned, m.silence.probed = true, true
		m.silence.pardonUntil = now + m.cfg.Slack
		m.probeDue = now
		return
	}
	m.fail(now, &End{Cause: PeerDown, Code: pb.CloseCode_CLOSE_CODE_HEARTBEAT_TIMEOUT})
	m.patience = atOnce // A transport that does not take the Close now is not waited for [PW-LIV-6].
}

// HandleSuspend: the machine was suspended, as a wall clock that ran ahead shows [PW-CLK-5].
func (m *Machine) HandleSuspend(now time.Duration) {
	m.observe(now)
	if m.judged() {
		m.probeDue = now
	}
}
