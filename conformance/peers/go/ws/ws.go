// Package ws carries frames over WebSocket.
package ws

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/coder/websocket"
	"google.golang.org/protobuf/proto"
	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/internal/stream"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// Subprotocol is what a client offers and a server selects [PW-WS-1].
const Subprotocol = "pulsewire.v1"

type transport struct {
	conn *websocket.Conn
	wire *wire
	body bytes.Buffer
	out  []byte
}

func newWire() *wire { return &wire{alive: func() {}, progress: func() {}} }

// Dial connects to a URL that begins with ws or wss; the TLS configuration may be nil.
func Dial(ctx context.Context, url string, config *tls.Config) (pulsewire.Transport, error) {
	w := newWire()
	w.response = []byte{}
	wired := func(conn net.Conn, err error) (net.Conn, error) {
		w.Conn = conn
		return w, err
	}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return wired(new(net.Dialer).DialContext(ctx, network, address))
			},
			DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return wired((&tls.Dialer{Config: config}).DialContext(ctx, network, address))
			},
		},
	}
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPClient: client, Subprotocols: []string{Subprotocol}})
	t, err := w.transport(conn, err)
	if err == nil && conn.Subprotocol() != Subprotocol { // [PW-WS-2]
		t.Abort()
		return nil, errors.New("the server has not selected the subprotocol " + Subprotocol)
	}
	return t, err
}

// transport is what a handshake came to.
func (w *wire) transport(conn *websocket.Conn, err error) (pulsewire.Transport, error) {
	if err != nil {
		if w.Conn != nil {
			_ = w.Conn.Close()
		}
		return nil, err
	}
	conn.SetReadLimit(-1) // That is for the wire to see, sooner.
	return &transport{conn: conn, wire: w}, nil
}

// Accept takes up the handshake of a client, or refuses it. Origins are patterns of hosts, beside
// its own, whose pages may connect.
func Accept(response http.ResponseWriter, request *http.Request, origins ...string) (pulsewire.Transport, error) {
	if !offered(request) { // [PW-WS-1]
		err := errors.New("the client does not offer the subprotocol " + Subprotocol)
		http.Error(response, err.Error(), http.StatusBadRequest)
		return nil, err
	}
	w := newWire()
	conn, err := websocket.Accept(hijacked{response, w}, request, &websocket.AcceptOptions{
		Subprotocols:   []string{Subprotocol},
		OriginPatterns: origins,
	})
	return w.transport(conn, err)
}

func offered(request *http.Request) bool {
	for _, header := range request.Header.Values("Sec-WebSocket-Protocol") {
		if slices.ContainsFunc(strings.Split(header, ","), func(name string) bool {
			return strings.TrimSpace(name) == Subprotocol
		}) {
			return true
		}
	}
	return false
}

func (t *transport) Open(limit int, alive, progress func()) {
	t.wire.limit, t.wire.alive, t.wire.progress = limit, alive, progress
}

func (t *transport) Receive() (*pb.Frame, error) {
	kind, message, err := t.conn.Reader(context.Background())
	if err != nil {
		return nil, t.end(err)
	}
	if kind != websocket.MessageBinary { // [PW-WS-4]
		return nil, machine.Broken(pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR, "a text message")
	}
	t.body.Reset()
	if _, err := t.body.ReadFrom(message); err != nil {
		return nil, t.end(err)
	}
	frame, err := machine.Decode(t.body.Bytes(), t.wire.limit)
	if t.body.Cap() > stream.Keep {
		t.body = bytes.Buffer{}
	}
	return frame, err
}

// end reads a close frame without a Close by the table of the binding [PW-WS-9].
func (t *transport) end(err error) error {
	status := websocket.CloseStatus(err)
	if status < 0 {
		return err
	}
	t.wire.ended.Store(true)
	code, known := fromStatus(status)
	switch {
	case known:
		return &machine.End{Cause: machine.PeerClose, Code: code}
	case status == websocket.StatusNormalClosure, status == websocket.StatusNoStatusRcvd, status >= 3000:
		return &machine.End{Cause: machine.PeerClosed}
	}
	return err
}

func (t *transport) Drain() {
	t.wire.deaf.Store(true)
	if _, err := io.Copy(io.Discard, t.wire.Conn); err == nil {
		t.wire.ended.Store(true)
	}
}

func (t *transport) Send(frame *pb.Frame) error {
	octets, err := proto.MarshalOptions{}.MarshalAppend(t.out[:0], frame)
	if err != nil {
		return err
	}
	if t.out = nil; cap(octets) <= stream.Keep {
		t.out = octets
	}
	return t.conn.Write(context.Background(), websocket.MessageBinary, octets)
}

// Finish waits for the peer's close frame as well, but Abort ends that; and who is down gets the end
// of the stream right behind the close frame, as none is to come from there [PW-LIV-6].
func (t *transport) Finish(code pb.CloseCode) {
	t.wire.last.Store(code == pb.CloseCode_CLOSE_CODE_HEARTBEAT_TIMEOUT)
	_ = t.conn.Close(toStatus(code), "")
}

func (t *transport) Abort() {
	stream.Release(t.wire.Conn, t.wire.ended.Load())
	go func() { _ = t.conn.CloseNow() }() // It waits for whoever still reads or writes.
}
