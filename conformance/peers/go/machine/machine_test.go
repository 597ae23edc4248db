package machine

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// open makes a machine that is open at 0, whose first heartbeat, if it has one, is out.
func open(t *testing.T, change func(*Config)) *Machine {
	t.Helper()
	cfg := Defaults()
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	m := New(cfg, func() float64 { return 0.5 })
	m.Open(0)
	if m.PollTransmit(0) != nil {
		m.HandleAccepted(0)
	}
	return m
}

func beat(time uint32, probe bool) *pb.Frame {
	heartbeat := &pb.Heartbeat{ReplyRequested: probe}
	if time > 0 {
		heartbeat.HeartbeatTimeMs = proto.Uint32(time)
	}
	return &pb.Frame{Version: 1, Body: &pb.Frame_Heartbeat{Heartbeat: heartbeat}}
}

func closing5() *pb.Frame {
	return &pb.Frame{Version: 1, Body: &pb.Frame_Close{Close: &pb.Close{Code: 5}}}
}

func TestValidate(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"heartbeat-time below": func(c *Config) { c.HeartbeatTime = 99 * time.Millisecond },
		"heartbeat-time above": func(c *Config) { c.HeartbeatTime = time.Hour + 1 },
		"heartbeat-time < 0":   func(c *Config) { c.HeartbeatTime = -1 },
		"floor below":          func(c *Config) { c.Floor = 99 * time.Millisecond },
		"floor above":          func(c *Config) { c.Floor = time.Hour + 1 },
		"slack < 0":            func(c *Config) { c.Slack = -1 },
		"slack too long":       func(c *Config) { c.Slack = longest + 1 },
		"no frame":             func(c *Config) { c.MaxFrame = 0 },
		"no time":              func(c *Config) { c.FirstFrameTimeout = 0 },
	} {
		cfg := Defaults()
		change(&cfg)
		if err := cfg.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Defaults().Validate(); err != nil {
		t.Error(err)
	}
}

func TestReasonIsCutBetweenCharacters(t *testing.T) {
	m := open(t, nil)
	m.Close(2, strings.Repeat("ä", 300)+"\xff", 0)
	reason := m.PollTransmit(0).GetClose().GetReason()
	if len(reason) > 512 || len(reason) < 510 || !utf8.ValidString(reason) {
		t.Errorf("%d octets: %q", len(reason), reason)
	}
}

func TestOwnDelayIsNotChargedToTheHeartbeats(t *testing.T) {
	m := open(t, func(c *Config) { c.HeartbeatTime, c.Slack = time.Second, time.Hour })
	// Its timer was due before a second had passed, and this is what came first as it ran again.
	for range 600 + 40*9 {
		m.HandleDecoded(beat(60_000, false), 10*time.Second)
	}
	if m.End() != nil {
		t.Fatalf("ended by %v", m.End())
	}
	for range 100 {
		m.HandleDecoded(beat(60_000, false), 10*time.Second)
	}
	if m.End() == nil || m.End().Code != pb.CloseCode_CLOSE_CODE_TOO_MANY_HEARTBEATS {
		t.Fatalf("ended by %v", m.End())
	}
}

func TestAFrameThatIsUnderWayAsThePeerCloses(t *testing.T) {
	m := open(t, nil)
	_ = m.Send([]byte("under way"))
	_ = m.Send([]byte("waits"))
	m.PollTransmit(0)
	m.HandleDecoded(closing5(), 0)
	if m.End() == nil || m.End().Cause != PeerClose || m.End().Code != 5 {
		t.Fatalf("ended by %v", m.End())
	}
	if _, ok := m.PollFinish(0); ok {
		t.Fatal("the direction is to be ended in the middle of a frame")
	}
	m.HandleAccepted(50 * time.Millisecond)
	if code, ok := m.PollFinish(50 * time.Millisecond); !ok || code != 0 {
		t.Fatalf("the direction is not to be ended: %v %v", code, ok)
	}
	if frame := m.PollTransmit(50 * time.Millisecond); frame != nil {
		t.Fatalf("more was sent: %v", frame)
	}
}

func TestAFrameThatNeverGetsOutAsThePeerCloses(t *testing.T) {
	m := open(t, nil)
	_ = m.Send([]byte("under way"))
	m.PollTransmit(0)
	m.HandleDecoded(closing5(), 0)
	if at := m.PollTimeout(); at != atOnce || !m.HandleTimeout(at) {
		t.Fatalf("the next timeout is at %v", at)
	}
	m.Judge(atOnce)
	if !m.Over() {
		t.Fatal("it is still waited for")
	}
}

func TestADeadPeerIsNotWaitedFor(t *testing.T) {
	m := open(t, func(c *Config) { c.HeartbeatTime = time.Second })
	_ = m.Send([]byte("nobody takes this"))
	m.PollTransmit(0)
	for at := m.PollTimeout(); !m.Over(); at = m.PollTimeout() {
		if at > 4*time.Second {
			t.Fatalf("not over, and next at %v", at)
		}
		if m.HandleTimeout(at) {
			m.Judge(at)
		}
	}
	if m.End().Cause != PeerDown {
		t.Fatalf("ended by %v", m.End())
	}
}

func TestAPeerThatDoesNotCloseIsNotWaitedFor(t *testing.T) {
	m := open(t, nil)
	m.Close(0, "", 0)
	if code := m.PollTransmit(0).GetClose().GetCode(); code != pb.CloseCode_CLOSE_CODE_NORMAL {
		t.Fatalf("closes with %v", code)
	}
	m.HandleAccepted(0)
	if _, ok := m.PollFinish(0); !ok {
		t.Fatal("the direction is not to be ended")
	}
	m.HandleOctets(1900 * time.Millisecond) // changes nothing
	if at := m.PollTimeout(); at != 2*time.Second || !m.HandleTimeout(at) {
		t.Fatalf("the next timeout is at %v", at)
	}
	if m.Judge(2 * time.Second); !m.Over() {
		t.Fatal("it is still waited for")
	}
	if m.PollTimeout() != never {
		t.Fatalf("there is a timer left: %v", m.PollTimeout())
	}
}

func TestAPeerThatEndsAsWeCloseStillHearsIt(t *testing.T) {
	m := open(t, nil)
	m.HandleFrame([]byte{0xff}, 0)
	m.HandleTransportEnd(&End{Cause: PeerClosed}, 0)
	if m.Over() || m.End().Cause != Violation {
		t.Fatalf("over %v, by %v", m.Over(), m.End())
	}
	if m.PollTransmit(0).GetClose() == nil {
		t.Fatal("no Close")
	}
	m.HandleAccepted(0)
	if code, ok := m.PollFinish(0); !ok || code != pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR || !m.Over() {
		t.Fatalf("%v %v, over %v", code, ok, m.Over())
	}
}

func TestUnreadMessagesPauseReading(t *testing.T) {
	m := open(t, func(c *Config) { c.MaxUnread = 1000 })
	empty := &pb.Frame{Version: 1, Body: &pb.Frame_Data{}}
	count := 0
	for ; m.Reads(); count++ {
		m.HandleDecoded(empty, 0)
	}
	if count > 1000 {
		t.Fatalf("%d empty messages were taken for nothing", count)
	}
	for range count {
		if _, ok := m.PollMessage(time.Second); !ok {
			t.Fatal("a message was lost")
		}
	}
	if !m.Reads() {
		t.Fatal("it does not read again")
	}
}

func TestRoom(t *testing.T) {
	m := open(t, func(c *Config) { c.MaxUnsent = 1000 })
	if !m.HasRoom(5000) {
		t.Fatal("a message that is longer than the limit can never be sent")
	}
	_ = m.Send(make([]byte, 900))
	if !m.HasRoom(100) || m.HasRoom(101) {
		t.Fatal("the limit is not kept")
	}
	m.Close(1, "", 0)
	if err := m.Send(nil); !errors.Is(err, ErrClosed) {
		t.Fatalf("sent after Close: %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	m := open(t, func(c *Config) { c.HeartbeatTime = time.Second })
	answer := func(echo, held uint32, now time.Duration) (time.Duration, bool) {
		frame := beat(1000, false)
		frame.GetHeartbeat().Echo, frame.GetHeartbeat().HeldUs = proto.Uint32(echo), proto.Uint32(held)
		m.HandleDecoded(frame, now)
		return m.RoundTrip()
	}
	if took, known := answer(0, 50_000, 10*time.Millisecond); known {
		t.Fatalf("a negative time was used: %v", took)
	}
	if took, known := answer(0, 0, 4*time.Second); known {
		t.Fatalf("a time beyond the deadline was used: %v", took)
	}
	if took, known := answer(4_000_000, 5_000, 4*time.Second+12*time.Millisecond); !known || took != 7*time.Millisecond {
		t.Fatalf("%v %v", took, known)
	}
	// The clock on the wire wraps after 71 minutes.
	now := time.Duration(1<<32+3000) * time.Microsecond
	if took, _ := answer(1<<32-1000, 0, now); took != 4*time.Millisecond {
		t.Fatalf("%v", took)
	}
}

// Whatever octets come, there is one end at most, and after Close there is nothing.
func FuzzHandleFrame(f *testing.F) {
	f.Add([]byte{8, 1, 18, 3, 8, 136, 39}, []byte{8, 1, 34, 0})
	f.Add([]byte{8, 2, 18, 2, 48, 1}, []byte{8, 2, 26, 1, 1})
	f.Add([]byte{8, 1, 26, 2, 104, 105, 40, 1}, []byte{})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		m := New(Defaults(), func() float64 { return 0 })
		m.Open(0)
		closed := false
		for i, octets := range [][]byte{first, second, first} {
			now := time.Duration(i) * time.Second
			before := m.End()
			m.HandleFrame(octets, now)
			if before != nil && m.End() != before {
				t.Fatalf("two ends: %v and %v", before, m.End())
			}
			for frame := m.PollTransmit(now); frame != nil; frame = m.PollTransmit(now) {
				if closed {
					t.Fatalf("after Close: %v", frame)
				}
				closed = frame.GetClose() != nil
				m.HandleAccepted(now)
			}
			m.PollFinish(now)
		}
	})
}
