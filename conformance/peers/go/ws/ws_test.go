package ws

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// server accepts one transport.
func server(t *testing.T) (url string, accepted <-chan pulsewire.Transport) {
	t.Helper()
	transports := make(chan pulsewire.Transport, 1)
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if transport, err := Accept(response, request); err == nil {
			transport.Open(1000, func() {}, func() {})
			transports <- transport
		}
	}))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http"), transports
}

func client(t *testing.T, url string, subprotocols ...string) (*websocket.Conn, error) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: subprotocols})
	if err == nil {
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, err
}

func TestRefusesOtherSubprotocols(t *testing.T) {
	url, _ := server(t)
	for _, offer := range [][]string{nil, {"something.else"}} {
		if _, err := client(t, url, offer...); err == nil {
			t.Errorf("the offer %q was accepted", offer)
		}
	}
	conn, err := client(t, url, "something.else", Subprotocol)
	if err != nil || conn.Subprotocol() != Subprotocol {
		t.Errorf("an offer of both was refused: %v", err)
	}
}

func TestDialWantsTheSubprotocol(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		conn, err := websocket.Accept(response, request, nil)
		if err != nil {
			t.Error(err)
			return
		}
		_, _, _ = conn.Read(context.Background())
		_ = conn.CloseNow()
	}))
	defer server.Close()
	if _, err := Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil); err == nil {
		t.Fatal("went on without it")
	}
}

func receive(t *testing.T, transport pulsewire.Transport) *machine.End {
	t.Helper()
	frame, err := transport.Receive()
	if err == nil {
		t.Fatalf("came: %v", frame)
	}
	var end *machine.End
	if !errors.As(err, &end) {
		return &machine.End{Cause: machine.TransportFailed, Reason: err.Error()}
	}
	return end
}

func TestViolations(t *testing.T) {
	for name, test := range map[string]struct {
		send func(*websocket.Conn) error
		code pb.CloseCode
	}{
		"text": {
			func(c *websocket.Conn) error {
				return c.Write(context.Background(), websocket.MessageText, []byte("x"))
			},
			pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR,
		},
		"no protobuf": {
			func(c *websocket.Conn) error {
				return c.Write(context.Background(), websocket.MessageBinary, []byte{0xff})
			},
			pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR,
		},
		"too long in fragments": {
			func(c *websocket.Conn) error {
				w, err := c.Writer(context.Background(), websocket.MessageBinary)
				for range 101 {
					if err == nil {
						_, err = w.Write(make([]byte, 100))
					}
				}
				return err
			},
			pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE,
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, accepted := server(t)
			conn, err := client(t, url, Subprotocol)
			if err != nil {
				t.Fatal(err)
			}
			transport := <-accepted
			defer transport.Abort()
			if err := test.send(conn); err != nil {
				t.Fatal(err)
			}
			if end := receive(t, transport); end.Cause != machine.Violation || end.Code != test.code {
				t.Fatalf("ended by %v", end)
			}
			// What comes now is thrown away, and a Close can still be sent.
			go transport.Drain()
			if err := transport.Send(&pb.Frame{Version: 1}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := conn.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			go transport.Finish(test.code)
			if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != 4000+websocket.StatusCode(test.code) {
				t.Fatalf("the client saw %v", err)
			}
		})
	}
}

func TestStatusWithoutClose(t *testing.T) {
	const none = pb.CloseCode(0)
	for status, want := range map[websocket.StatusCode]machine.End{
		1000: {Cause: machine.PeerClosed},
		1001: {Cause: machine.PeerClose, Code: pb.CloseCode_CLOSE_CODE_GOING_AWAY},
		1008: {Cause: machine.TransportFailed, Code: none},
		1009: {Cause: machine.PeerClose, Code: pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE},
		3000: {Cause: machine.PeerClosed},
		4001: {Cause: machine.PeerClosed},
		4003: {Cause: machine.PeerClose, Code: pb.CloseCode_CLOSE_CODE_HEARTBEAT_TIMEOUT},
		4999: {Cause: machine.PeerClosed},
	} {
		url, accepted := server(t)
		conn, err := client(t, url, Subprotocol)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = conn.Close(status, "") }()
		transport := <-accepted
		if end := receive(t, transport); end.Cause != want.Cause || end.Code != want.Code {
			t.Errorf("%d: ended by %v", status, end)
		}
		transport.Abort()
	}
}

func TestToStatus(t *testing.T) {
	for code, want := range map[pb.CloseCode]websocket.StatusCode{0: 1000, 1: 1000, 2: 4002, 13: 4013, 14: 4014, 999: 4999, 1000: 4013, -1: 1000} {
		if got := toStatus(code); got != want {
			t.Errorf("%d: %d, want %d", code, got, want)
		}
	}
}

// header writes that of a frame of WebSocket.
func header(opcode byte, length int, masked bool) []byte {
	octets := []byte{0x80 | opcode}
	switch {
	case length < 126:
		octets = append(octets, byte(length))
	case length < 1<<16:
		octets = binary.BigEndian.AppendUint16(append(octets, 126), uint16(length))
	default:
		octets = binary.BigEndian.AppendUint64(append(octets, 127), uint64(length))
	}
	if masked {
		octets[1] |= 0x80
		octets = append(octets, 1, 2, 3, 4)
	}
	return octets
}

// source is a connection of which only octets come.
type source struct {
	net.Conn
	io.Reader
}

func (s source) Read(p []byte) (int, error) { return s.Reader.Read(p) }

func TestLifeIsData(t *testing.T) {
	for _, masked := range []bool{true, false} {
		for _, length := range []int{0, 1, 125} {
			ping := append(header(9, length, masked), make([]byte, length)...)
			w := newWire()
			for range 3 {
				if w.watch(ping) {
					t.Fatal("a ping was taken for life")
				}
			}
			for i := range ping { // octet by octet, too
				if w.watch(ping[i : i+1]) {
					t.Fatal("a part of a ping was taken for life")
				}
			}
		}
		for _, length := range []int{0, 1, 125, 126, 65_535, 65_536} {
			data := append(header(2, length, masked), make([]byte, length)...)
			w := newWire()
			for i := range data {
				if !w.watch(data[i : i+1]) {
					t.Fatalf("octet %d of a message of %d was not taken for life", i, length)
				}
			}
			if w.watch(header(10, 0, masked)) {
				t.Fatal("a pong behind it was taken for life")
			}
			if w.message != uint64(length) {
				t.Fatalf("a message of %d, want %d", w.message, length)
			}
		}
	}
}

func TestRefusesByTheHeaderAlone(t *testing.T) {
	w := newWire()
	w.limit = 100
	w.Conn = source{Reader: strings.NewReader(string(header(2, 101, true)))}
	var end *machine.End
	if _, err := w.Read(make([]byte, 4096)); !errors.As(err, &end) || end.Code != pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE {
		t.Fatalf("%v", err)
	}
}

func TestSkipsTheResponse(t *testing.T) {
	w := newWire()
	w.response = []byte{}
	if w.watch([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r")) {
		t.Fatal("the handshake was taken for life")
	}
	if !w.watch(append([]byte("\n"), header(2, 0, false)...)) {
		t.Fatal("a frame right behind the handshake was missed")
	}
}
