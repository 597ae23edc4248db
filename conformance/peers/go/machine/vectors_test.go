package machine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pulsewire.example/pulsewire/internal/vectors"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

func TestFrames(t *testing.T) {
	var file struct {
		Frames []struct {
			Name      string
			Hex       vectors.Octets
			Frame     *vectors.Frame
			Error     string
			Canonical bool
			Either    bool
		}
	}
	vectors.Load(t, "frames.json", &file)
	for _, vector := range file.Frames {
		t.Run(vector.Name, func(t *testing.T) {
			m := New(Defaults(), func() float64 { return 0 })
			m.Open(0)
			m.HandleFrame(vector.Hex, 0)
			broken := m.End() != nil && m.End().Code == pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR && m.End().Cause == Violation
			if vector.Frame == nil {
				if !broken {
					t.Fatal("it is malformed, and was taken")
				}
				return
			}
			if broken {
				if !vector.Either {
					t.Fatalf("it was refused: %v", m.End())
				}
				return
			}
			frame, err := Decode(vector.Hex, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			want := vector.Frame.Proto()
			if !vector.Either && !proto.Equal(vectors.Comparable(frame), vectors.Comparable(want)) {
				t.Fatalf("decodes to %v, want %v", frame, want)
			}
			if vector.Canonical {
				octets, err := proto.MarshalOptions{Deterministic: true}.Marshal(want)
				if err != nil || !bytes.Equal(octets, vector.Hex) {
					t.Fatalf("encodes to %x (%v), want %x", octets, err, []byte(vector.Hex))
				}
			}
		})
	}
}

// instant is a number, or a first and a last one.
type instant struct{ first, last int64 }

func (i *instant) UnmarshalJSON(text []byte) error {
	var pair [2]int64
	if json.Unmarshal(text, &pair) == nil {
		*i = instant{pair[0], pair[1]}
		return nil
	}
	var one int64
	err := json.Unmarshal(text, &one)
	*i = instant{one, one}
	return err
}

type step struct {
	At      instant
	In, Out string
	Hex     vectors.Octets
	Repeat  int
	Data    *vectors.Octets `json:"data_hex"`
	Code    pb.CloseCode
	Reason  string
	Why     string
	Frame   json.RawMessage
}

type trace struct {
	Name   string
	Title  string
	Config struct {
		HeartbeatTimeMs     int64  `json:"heartbeat_time_ms"`
		SlackMs             *int64 `json:"slack_ms"`
		FloorMs             *int64 `json:"floor_ms"`
		AlwaysBeat          bool   `json:"always_beat"`
		PeerHeartbeats      string `json:"peer_heartbeats"`
		MaxFrameBytes       *int   `json:"max_frame_bytes"`
		MaxMessageBytes     *int   `json:"max_message_bytes"`
		FirstFrameTimeoutMs *int64 `json:"first_frame_timeout_ms"`
		MaxUnreadBytes      *int   `json:"max_unread_bytes"`
	}
	Steps []step
	Until int64
}

func (v trace) config() Config {
	cfg := Defaults()
	cfg.HeartbeatTime = ms(v.Config.HeartbeatTimeMs)
	cfg.AlwaysBeat = v.Config.AlwaysBeat
	cfg.OptionalPeer = v.Config.PeerHeartbeats == "optional"
	for to, from := range map[*time.Duration]*int64{
		&cfg.Slack: v.Config.SlackMs, &cfg.Floor: v.Config.FloorMs, &cfg.FirstFrameTimeout: v.Config.FirstFrameTimeoutMs,
	} {
		if from != nil {
			*to = ms(*from)
		}
	}
	for to, from := range map[*int]*int{
		&cfg.MaxFrame: v.Config.MaxFrameBytes, &cfg.MaxMessage: v.Config.MaxMessageBytes, &cfg.MaxUnread: v.Config.MaxUnreadBytes,
	} {
		if from != nil {
			*to = *from
		}
	}
	return cfg
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// came is something that the machine put out.
type came struct {
	at    time.Duration
	frame *pb.Frame
	text  string // of a message or an end
}

// player is the driver of a trace: the transport takes everything at once, unless it is blocked.
type player struct {
	*Machine
	now     time.Duration
	stopped bool
	blocked bool
	waiting []step
	frames  []came
	events  []came
	closed  bool
	ended   bool
}

func (p *player) collect() {
	for !p.blocked {
		frame := p.PollTransmit(p.now)
		if frame == nil {
			break
		}
		p.frames = append(p.frames, came{at: p.now, frame: proto.CloneOf(frame)})
		p.HandleAccepted(p.now)
	}
	p.PollFinish(p.now)
	for {
		message, ok := p.PollMessage(p.now)
		if !ok {
			break
		}
		p.events = append(p.events, came{at: p.now, text: fmt.Sprintf("message %x", message)})
	}
	if end := p.End(); end != nil && !p.ended {
		p.ended = true
		if !p.closed { // When the end that this side has asked for is reported is left open.
			p.events = append(p.events, came{at: p.now, text: word(end)})
		}
	}
}

func word(end *End) string {
	switch end.Cause {
	case PeerDown:
		return "end peer-silent"
	case PeerClose:
		return fmt.Sprint("end closed-by-peer ", int32(end.Code))
	case PeerClosed:
		return "end peer-closed"
	case Violation:
		return fmt.Sprint("end protocol-error ", int32(end.Code))
	case OutboundBlocked:
		return "end outbound-blocked"
	}
	return "end transport-failed"
}

// run handles the timeouts that are due by then.
func (p *player) run(until time.Duration) {
	for at := p.PollTimeout(); at <= until; at = p.PollTimeout() {
		p.now = max(p.now, at)
		p.timeout()
	}
}

func (p *player) timeout() {
	if p.HandleTimeout(p.now) {
		p.Judge(p.now)
	}
	p.collect()
}

func (p *player) do(s step) {
	switch s.In {
	case "open":
		p.Open(p.now)
	case "receive":
		for range max(1, s.Repeat) {
			p.HandleFrame(s.Hex, p.now)
			p.collect()
		}
	case "octets":
		p.HandleOctets(p.now)
	case "send":
		_ = p.Send(*s.Data)
	case "probe":
		p.Probe(p.now)
	case "close":
		p.closed = true
		p.Close(s.Code, s.Reason, p.now)
	case "peer-ended":
		p.HandleTransportEnd(&End{Cause: PeerClosed}, p.now)
	case "transport-failed":
		p.HandleTransportEnd(&End{Cause: TransportFailed}, p.now)
	case "pause":
		p.pause(p.now)
	case "resume":
		p.resume(p.now)
	case "block":
		p.blocked = true
	case "unblock":
		p.blocked = false
	case "progress":
		p.HandleProgress(p.now)
	case "suspended":
		p.HandleSuspend(p.now)
	default:
		panic("no such input: " + s.In)
	}
	p.collect()
}

func (p *player) input(s step) {
	at := ms(s.At.first)
	if !p.stopped {
		p.run(at)
	}
	p.now = at
	switch {
	case s.In == "stop":
		p.stopped = true
	case s.In == "continue":
		p.stopped = false
		for _, waited := range p.waiting {
			p.do(waited)
		}
		p.waiting = nil
		if p.PollTimeout() <= p.now {
			p.timeout()
		}
	case p.stopped:
		p.waiting = append(p.waiting, s)
	default:
		p.do(s)
	}
}

func TestTraces(t *testing.T) {
	var file struct{ Traces []trace }
	vectors.Load(t, "traces.json", &file)
	for _, v := range file.Traces {
		for _, random := range []float64{0, 0.5, 0.999999} {
			t.Run(fmt.Sprint(v.Name, "/", random), func(t *testing.T) {
				p := &player{Machine: New(v.config(), func() float64 { return random })}
				var frames, events []step
				for _, s := range v.Steps {
					switch {
					case s.In != "":
						p.input(s)
					case s.Out == "frame":
						frames = append(frames, s)
					default:
						events = append(events, s)
					}
				}
				p.run(ms(v.Until))
				compare(t, p.frames, frames, compareFrame)
				compare(t, p.events, events, compareEvent)
			})
		}
	}
}

func compare(t *testing.T, got []came, want []step, same func(came, step) error) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(want):
			t.Fatalf("at %v there is one too many: %v %s", got[i].at, got[i].frame, got[i].text)
		case i >= len(got):
			t.Fatalf("at %v there is none: %+v", want[i].At, want[i])
		case got[i].at < ms(want[i].At.first) || got[i].at > ms(want[i].At.last):
			t.Fatalf("%v %s came at %v and not at %v", got[i].frame, got[i].text, got[i].at, want[i].At)
		}
		if err := same(got[i], want[i]); err != nil {
			t.Fatalf("at %v: %v", got[i].at, err)
		}
	}
}

func compareEvent(got came, want step) error {
	text := "end " + want.Why
	switch {
	case want.Out == "message":
		text = fmt.Sprintf("message %x", []byte(*want.Data))
	case want.Code != 0:
		text += fmt.Sprint(" ", int32(want.Code))
	}
	if got.text != text {
		return fmt.Errorf("%q, want %q", got.text, text)
	}
	return nil
}

// compareFrame looks at what the trace has, and at the presence of what a side may not leave out.
func compareFrame(got came, want step) error {
	var expected vectors.Frame
	if err := json.Unmarshal(want.Frame, &expected); err != nil {
		return err
	}
	frame, wanted := proto.CloneOf(got.frame), expected.Proto()
	if heartbeat := frame.GetHeartbeat(); heartbeat != nil && wanted.GetHeartbeat() != nil {
		has := wanted.GetHeartbeat()
		if has.HeldUs != nil && heartbeat.HeldUs != nil && max(*has.HeldUs, *heartbeat.HeldUs)-min(*has.HeldUs, *heartbeat.HeldUs) <= 1000 {
			heartbeat.HeldUs = has.HeldUs
		}
		for to, from := range map[**uint32]*uint32{
			&heartbeat.Timestamp: has.Timestamp, &heartbeat.Echo: has.Echo,
			&heartbeat.HeldUs: has.HeldUs, &heartbeat.LowestVersion: has.LowestVersion,
		} {
			if from == nil {
				*to = nil
			}
		}
	}
	if body := frame.GetClose(); body != nil {
		if expected.Close != nil && expected.Close.Reason == "" {
			body.Reason = ""
		}
		if wanted.GetClose().GetLowestVersion() == 0 {
			body.LowestVersion = nil
		}
	}
	if !proto.Equal(frame, wanted) {
		return fmt.Errorf("%v, want %v", got.frame, wanted)
	}
	return nil
}
