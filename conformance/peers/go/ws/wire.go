package ws

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"pulsewire.example/pulsewire/internal/stream"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// wire is the connection beneath the WebSocket library. It watches the framing that goes by, for
// what the library does not tell: octets of a message that is not complete [PW-WS-7], the length of
// one before it is there [PW-LIM-1], and what the kernel accepts [PW-OUT-2].
type wire struct {
	net.Conn
	alive, progress func()
	limit           int
	deaf            atomic.Bool // the library gets nothing more to read
	ended           atomic.Bool // the peer has ended its direction
	last            atomic.Bool // what is written next is the last

	response  []byte // end of the response to the handshake, as far as it came; nil once it is over
	header    []byte // of the frame, as far as it came
	data      bool   // the frame is no control frame
	remaining uint64 // octets of its payload that are to come
	message   uint64 // octets of the message, as far as its frames have announced them
}

var endOfResponse = []byte("\r\n\r\n")

// Read is what the library and, before it, the client of HTTP read by.
func (w *wire) Read(p []byte) (int, error) {
	if w.deaf.Load() {
		return 0, io.EOF
	}
	n, err := w.Conn.Read(p)
	if life := w.watch(p[:n]); life {
		w.alive()
	}
	if err == io.EOF {
		w.ended.Store(true)
	}
	if w.limit > 0 && w.message > uint64(w.limit) {
		return 0, machine.Broken(pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE, "the message is too long")
	}
	return n, err
}

// watch reports whether there is anything but control frames among the octets [PW-WS-6].
func (w *wire) watch(octets []byte) (life bool) {
	for len(octets) > 0 {
		switch {
		case w.response != nil:
			w.response = append(w.response, octets[0])
			octets = octets[1:]
			if bytes.HasSuffix(w.response, endOfResponse) {
				w.response = nil
			}
		case w.remaining > 0:
			n := min(w.remaining, uint64(len(octets)))
			octets = octets[n:]
			w.remaining -= n
			life = life || w.data
		default:
			w.header = append(w.header, octets[0])
			octets = octets[1:]
			opcode := w.header[0] & 0x0f
			w.data = opcode < 8
			life = life || w.data
			if length, ok := payload(w.header); ok {
				w.begin(opcode, length)
			}
		}
	}
	return life
}

func (w *wire) begin(opcode byte, length uint64) {
	w.header, w.remaining = w.header[:0], length
	if !w.data {
		return
	}
	if opcode != 0 { // no continuation
		w.message = 0
	}
	w.message += length
}

// payload is the length in the header of a frame, if that is complete.
func payload(header []byte) (length uint64, ok bool) {
	if len(header) < 2 {
		return 0, false
	}
	extended := 0
	switch length = uint64(header[1] & 0x7f); length {
	case 126:
		extended = 2
	case 127:
		extended = 8
	}
	masking := int(header[1]>>7) * 4
	if len(header) < 2+extended+masking {
		return 0, false
	}
	switch extended {
	case 2:
		length = uint64(binary.BigEndian.Uint16(header[2:]))
	case 8:
		length = binary.BigEndian.Uint64(header[2:])
	}
	return length, true
}

func (w *wire) Write(p []byte) (int, error) {
	n, err := stream.Write(w.Conn, p, w.progress)
	if err == nil && w.last.Load() {
		err = stream.CloseWrite(w.Conn)
	}
	return n, err
}

// Close is called by the library when it is done with the connection, whether the peer has read what
// was sent or not: that is for the binding to see [PW-TCP-6].
func (w *wire) Close() error {
	w.deaf.Store(true)
	return stream.CloseWrite(w.Conn)
}

// hijacked lets the library have the wire in place of the connection of a server.
type hijacked struct {
	http.ResponseWriter
	wire *wire
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, both, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.wire.Conn = conn
	early, _ := both.Reader.Peek(both.Reader.Buffered())
	h.wire.watch(early)
	// The writer of net/http would go past the wire.
	return h.wire, bufio.NewReadWriter(both.Reader, bufio.NewWriter(h.wire)), nil
}
