// Package tcp carries frames over a byte stream: TCP, TLS or a Unix socket.
package tcp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"sync/atomic"

	"google.golang.org/protobuf/proto"
	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/internal/stream"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

const prefixMax = 5 // octets of a length [PW-TCP-4]

type transport struct {
	conn            net.Conn
	limit           int
	alive, progress func()
	in              *bufio.Reader
	body            bytes.Buffer
	out             []byte
	ended           atomic.Bool // the peer has ended its direction
}

// New makes a transport of a stream that can be used: for TLS, one whose handshake is complete.
func New(conn net.Conn) pulsewire.Transport {
	t := &transport{conn: conn}
	t.in = bufio.NewReader(source{t})
	return t
}

func (t *transport) Open(limit int, alive, progress func()) {
	t.limit, t.alive, t.progress = limit, alive, progress
}

// source is the stream, all of whose octets are life [PW-TCP-5].
type source struct{ *transport }

func (s source) Read(p []byte) (int, error) {
	n, err := s.conn.Read(p)
	if n > 0 {
		s.alive()
	}
	return n, err
}

func (t *transport) Receive() (*pb.Frame, error) {
	length, err := t.length()
	if err != nil {
		return nil, t.end(err)
	}
	if length > uint64(t.limit) { // [PW-LIM-1]
		return nil, machine.Broken(pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE, "the frame is too long")
	}
	// The buffer grows as octets come, and not because a few of them announce many.
	t.body.Reset()
	if _, err := io.CopyN(&t.body, t.in, int64(length)); err != nil {
		return nil, t.end(err)
	}
	frame, err := machine.Decode(t.body.Bytes(), t.limit)
	if t.body.Cap() > stream.Keep {
		t.body = bytes.Buffer{}
	}
	return frame, err
}

func (t *transport) length() (length uint64, err error) {
	for i := range prefixMax {
		octet, err := t.in.ReadByte()
		if err != nil {
			return 0, err
		}
		length |= uint64(octet&0x7f) << (7 * i)
		if octet < 0x80 && length <= math.MaxUint32 {
			return length, nil
		}
	}
	return 0, machine.Broken(pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR, "the length of a frame is too long") // [PW-TCP-4]
}

// end tells the end of the stream, in the middle of a frame too, from a failure.
func (t *transport) end(err error) error {
	if errors.Is(err, io.EOF) {
		t.ended.Store(true)
		return &machine.End{Cause: machine.PeerClosed}
	}
	return err
}

func (t *transport) Drain() {
	if _, err := io.Copy(io.Discard, t.in); err == nil {
		t.ended.Store(true)
	}
}

func (t *transport) Send(frame *pb.Frame) error {
	octets, err := proto.MarshalOptions{}.MarshalAppend(binary.AppendUvarint(t.out[:0], uint64(proto.Size(frame))), frame)
	if err != nil {
		return err
	}
	if t.out = nil; cap(octets) <= stream.Keep {
		t.out = octets
	}
	_, err = stream.Write(t.conn, octets, t.progress)
	return err
}

// Finish ends this direction; what is under way still arrives [PW-TCP-6].
func (t *transport) Finish(pb.CloseCode) { _ = stream.CloseWrite(t.conn) }

func (t *transport) Abort() { stream.Release(t.conn, t.ended.Load()) }
