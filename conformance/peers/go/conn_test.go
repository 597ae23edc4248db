package pulsewire_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
	"pulsewire.example/pulsewire/rpc"
	"pulsewire.example/pulsewire/tcp"
	"pulsewire.example/pulsewire/ws"
)

// pair is two connected transports, the dialled and the accepted one.
type pair func(t *testing.T) (dialled, accepted pulsewire.Transport)

var pairs = map[string]pair{"tcp": tcpPair, "ws": wsPair, "grpc": grpcPair}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func streams(t *testing.T) (dialled, accepted net.Conn) {
	t.Helper()
	listener := listen(t)
	dialled, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if accepted, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = dialled.Close(), accepted.Close() })
	return dialled, accepted
}

func tcpPair(t *testing.T) (dialled, accepted pulsewire.Transport) {
	one, other := streams(t)
	return tcp.New(one), tcp.New(other)
}

func wsPair(t *testing.T) (dialled, accepted pulsewire.Transport) {
	transports := make(chan pulsewire.Transport, 1)
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		transport, err := ws.Accept(response, request)
		if err != nil {
			t.Error(err)
		}
		transports <- transport
	}))
	t.Cleanup(server.Close)
	dialled, err := ws.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return dialled, <-transports
}

func grpcPair(t *testing.T) (dialled, accepted pulsewire.Transport) {
	listener := listen(t)
	transports := make(chan pulsewire.Transport, 1)
	limit := machine.Defaults().MaxFrame
	server := grpc.NewServer(rpc.MaxFrame(limit))
	rpc.Register(server, func(transport pulsewire.Transport) { transports <- transport })
	go func() { _ = server.Serve(rpc.Resettable(listener)) }()
	t.Cleanup(server.Stop)
	channel, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = channel.Close() })
	if dialled, err = rpc.Dial(t.Context(), channel, limit); err != nil {
		t.Fatal(err)
	}
	return dialled, <-transports
}

// each runs a test on each transport, and sees that nothing is left of it.
func each(t *testing.T, test func(t *testing.T, dialled, accepted pulsewire.Transport)) {
	for name, connect := range pairs {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			t.Run("", func(t *testing.T) {
				dialled, accepted := connect(t)
				test(t, dialled, accepted)
			})
			for late := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
				if time.Now().After(late) {
					stacks := make([]byte, 1<<16)
					t.Fatalf("%d goroutines are left:\n%s", runtime.NumGoroutine()-before, stacks[:runtime.Stack(stacks, true)])
				}
			}
		})
	}
}

func config(change func(*pulsewire.Config)) pulsewire.Config {
	c := pulsewire.Defaults()
	if change != nil {
		change(&c)
	}
	return c
}

func receive(t *testing.T, conn *pulsewire.Conn) []byte {
	t.Helper()
	message, err := conn.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// ends waits until nothing is left of a connection, and tells how it ended.
func ends(t *testing.T, conn *pulsewire.Conn) *machine.End {
	t.Helper()
	select {
	case <-conn.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("it does not end")
	}
	return conn.End()
}

func TestMessages(t *testing.T) {
	each(t, func(t *testing.T, dialled, accepted pulsewire.Transport) {
		a := pulsewire.Open(dialled, config(func(c *pulsewire.Config) { c.HeartbeatTime = 5 * time.Second }))
		b := pulsewire.Open(accepted, config(nil))
		messages := [][]byte{[]byte("one"), {}, bytes.Repeat([]byte("large"), 700_000), []byte("last")}
		for _, message := range messages {
			if err := a.Send(t.Context(), message); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range messages {
			got := receive(t, b)
			if !bytes.Equal(got, want) {
				t.Fatalf("%d octets, want %d", len(got), len(want))
			}
			if err := b.Send(t.Context(), got); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range messages {
			if got := receive(t, a); !bytes.Equal(got, want) {
				t.Fatalf("%d octets came back, want %d", len(got), len(want))
			}
		}
		if b.HeartbeatTime() != 5*time.Second {
			t.Errorf("the passive side has adopted %v", b.HeartbeatTime())
		}
		a.Close(pb.CloseCode_CLOSE_CODE_GOING_AWAY, "the test is over")
		if end := ends(t, a); end.Cause != machine.Application {
			t.Errorf("this side: %v", end)
		}
		end := ends(t, b)
		if end.Cause != machine.PeerClose || end.Code != pb.CloseCode_CLOSE_CODE_GOING_AWAY || end.Reason != "the test is over" {
			t.Errorf("the other: %v", end)
		}
		if _, err := b.Receive(t.Context()); !errors.As(err, &end) {
			t.Errorf("the last thing to receive is %v", err)
		}
		if err := b.Send(t.Context(), nil); !errors.Is(err, machine.ErrClosed) {
			t.Errorf("sent after the end: %v", err)
		}
	})
}

func TestSilentPeer(t *testing.T) {
	each(t, func(t *testing.T, dialled, accepted pulsewire.Transport) {
		accepted.Open(1<<20, func() {}, func() {})
		start := time.Now()
		conn := pulsewire.Open(dialled, config(func(c *pulsewire.Config) {
			c.HeartbeatTime, c.Slack = 100*time.Millisecond, 100*time.Millisecond
		}))
		<-conn.Ended()
		if took := time.Since(start); took < 200*time.Millisecond {
			t.Errorf("down after %v", took)
		}
		if end := conn.End(); end.Cause != machine.PeerDown {
			t.Errorf("ended by %v", end)
		}
		accepted.Abort()
		ends(t, conn)
	})
}

func TestSlowApplication(t *testing.T) {
	each(t, func(t *testing.T, dialled, accepted pulsewire.Transport) {
		const size, limit = 65_536, 100_000
		a := pulsewire.Open(dialled, config(func(c *pulsewire.Config) { c.MaxUnsent = limit }))
		b := pulsewire.Open(accepted, config(func(c *pulsewire.Config) { c.MaxUnread = limit }))
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		sent := 0
		for a.Send(ctx, make([]byte, size)) == nil {
			sent++
		}
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Fatalf("could not send: %v", a.End())
		}
		for range sent {
			if len(receive(t, b)) != size {
				t.Fatal("a message was lost")
			}
		}
		b.Close(1, "")
		ends(t, a)
		ends(t, b)
	})
}

func TestPeerThatTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, dialled, accepted pulsewire.Transport) {
		dialled.Open(1<<20, func() {}, func() {})
		conn := pulsewire.Open(accepted, config(func(c *pulsewire.Config) {
			c.HeartbeatTime, c.Slack, c.OptionalPeer = 100*time.Millisecond, 100*time.Millisecond, true
		}))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			for conn.Send(ctx, make([]byte, 1<<20)) == nil {
			}
		}()
		if end := ends(t, conn); end.Cause != machine.OutboundBlocked {
			t.Errorf("ended by %v", end)
		}
		dialled.Abort()
	})
}

func TestPeerThatEndsWithoutClose(t *testing.T) {
	each(t, func(t *testing.T, dialled, accepted pulsewire.Transport) {
		conn := pulsewire.Open(accepted, config(nil))
		dialled.Open(1<<20, func() {}, func() {})
		dialled.Finish(0)
		if end := ends(t, conn); end.Cause != machine.PeerClosed {
			t.Errorf("ended by %v", end)
		}
		dialled.Abort()
	})
}

func TestFrameThatIsTooLong(t *testing.T) {
	each(t, func(t *testing.T, dialled, accepted pulsewire.Transport) {
		conn := pulsewire.Open(accepted, config(func(c *pulsewire.Config) { c.MaxFrame = 1000 }))
		dialled.Open(1<<20, func() {}, func() {})
		if err := dialled.Send(&pb.Frame{Version: 1, Body: &pb.Frame_Data{Data: make([]byte, 2000)}}); err != nil {
			t.Fatal(err)
		}
		frame, err := dialled.Receive()
		if err != nil || frame.GetClose().GetCode() != pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE {
			t.Errorf("answered by %v, %v", frame, err)
		}
		dialled.Finish(0)
		if end := ends(t, conn); end.Cause != machine.Violation {
			t.Errorf("ended by %v", end)
		}
		dialled.Abort()
	})
}

func TestNoise(t *testing.T) {
	for _, noise := range []string{"\xff\xff\xff\xff\xff\xff", "GET / HTTP/1.1\r\n" + strings.Repeat("X-Header: value\r\n", 9), "\x00", strings.Repeat("\x05\x08\x01\x32\x01\x00", 1000) + "\x01\xff"} {
		peer, accepted := streams(t)
		conn := pulsewire.Open(tcp.New(accepted), config(nil))
		if _, err := io.WriteString(peer, noise); err != nil {
			t.Fatal(err)
		}
		transport := tcp.New(peer)
		transport.Open(1<<20, func() {}, func() {})
		frame, err := transport.Receive()
		if err != nil || frame.GetClose().GetCode() != pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR {
			t.Errorf("%.10q: answered by %v, %v", noise, frame, err)
		}
		_ = peer.Close()
		if end := ends(t, conn); end.Cause != machine.Violation {
			t.Errorf("%.10q: ended by %v", noise, end)
		}
	}
}

func TestNoticesASuspend(t *testing.T) {
	peer, accepted := streams(t)
	var asleep time.Duration // read by the connection only, once it is open
	wall := func() time.Time { asleep += time.Minute; return time.Now().Add(asleep) }
	pulsewire.Open(tcp.New(accepted), config(func(c *pulsewire.Config) {
		c.HeartbeatTime, c.WallClock = 100*time.Millisecond, wall
	}))
	transport := tcp.New(peer)
	transport.Open(1<<20, func() {}, func() {})
	for range 2 {
		frame, err := transport.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if frame.GetHeartbeat().GetReplyRequested() {
			return
		}
	}
	t.Fatal("no probe")
}
