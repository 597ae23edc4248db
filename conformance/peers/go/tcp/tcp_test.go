package tcp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"

	"google.golang.org/protobuf/proto"
	"pulsewire.example/pulsewire/internal/vectors"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// reads is a stream that comes cut into these reads, and then ends.
type reads struct {
	net.Conn
	pieces [][]byte
}

func (r *reads) Read(p []byte) (int, error) {
	for len(r.pieces) > 0 && len(r.pieces[0]) == 0 {
		r.pieces = r.pieces[1:]
	}
	if len(r.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.pieces[0])
	r.pieces[0] = r.pieces[0][n:]
	return n, nil
}

func TestDelimiting(t *testing.T) {
	var file struct {
		Streams []struct {
			Name          string
			Hex           vectors.Octets
			MaxFrameBytes *int `json:"max_frame_bytes"`
			Frames        []vectors.Octets
			Error         string
			FoundBy       string `json:"found_by"`
		}
	}
	vectors.Load(t, "delimited.json", &file)
	for _, vector := range file.Streams {
		t.Run(vector.Name, func(t *testing.T) {
			limit := machine.Defaults().MaxFrame
			if vector.MaxFrameBytes != nil {
				limit = *vector.MaxFrameBytes
			}
			frames := vector.Frames
			if vector.FoundBy == "frame" {
				frames = frames[:len(frames)-1]
			}
			for _, pieces := range cuts(vector.Hex) {
				transport := New(&reads{pieces: pieces})
				alive := 0
				transport.Open(limit, func() { alive++ }, func() {})
				for _, octets := range frames {
					frame, err := transport.Receive()
					if err != nil {
						t.Fatal(err)
					}
					want, err := machine.Decode(octets, limit)
					if err != nil || !proto.Equal(frame, want) {
						t.Fatalf("%v, want %v (%v)", frame, want, err)
					}
				}
				last, err := transport.Receive()
				if vector.FoundBy == "frame" && last != nil && last.GetVersion() == 0 {
					continue // for the machine to find
				}
				var end *machine.End
				if !errors.As(err, &end) {
					t.Fatalf("%v, want an end", err)
				}
				got := ""
				if end.Cause == machine.Violation {
					got = end.Code.String()
				}
				if want := vector.Error; want != "" && got != "CLOSE_CODE_"+want || want == "" && got != "" {
					t.Fatalf("ends with %q, want %q", got, want)
				}
				if len(vector.Hex) > 0 && alive == 0 {
					t.Fatal("the octets were no life")
				}
			}
		})
	}
}

// cuts are all at once, one octet a read, and in two at every place.
func cuts(octets []byte) (all [][][]byte) {
	all = append(all, [][]byte{bytes.Clone(octets)})
	single := make([][]byte, 0, len(octets))
	for i := range octets {
		single = append(single, octets[i:i+1])
		all = append(all, [][]byte{octets[:i], octets[i:]})
	}
	return append(all, single)
}

// A transport must deliver and end over a real socket, whatever waits in it: that is tested for all
// of them in the package above. Here is what TCP alone has.
func TestAbortResets(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialled, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	transport := New(accepted)
	transport.Open(1024, func() {}, func() {})
	if err := transport.Send(&pb.Frame{Version: 1}); err != nil {
		t.Fatal(err)
	}
	transport.Abort()
	if _, err := io.ReadAll(dialled); err == nil {
		t.Fatal("the peer saw an orderly end")
	}
}
