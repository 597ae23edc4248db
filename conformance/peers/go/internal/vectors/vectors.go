// Package vectors reads the golden data that all peers share, conformance/vectors, for tests.
package vectors

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// Octets are hex in the files.
type Octets []byte

// UnmarshalText is for package json.
func (o *Octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.AppendDecode(Octets{}, text)
	return err
}

// Frame is a frame as the files write it: what is absent is nil.
type Frame struct {
	Version   uint32     `json:"version"`
	Heartbeat *Heartbeat `json:"heartbeat"`
	Data      *Octets    `json:"data_hex"`
	More      bool       `json:"more"`
	Close     *Close     `json:"close"`
}

// Heartbeat is the body of that name.
type Heartbeat struct {
	HeartbeatTimeMs *uint32 `json:"heartbeat_time_ms"`
	ReplyRequested  bool    `json:"reply_requested"`
	Timestamp       *uint32 `json:"timestamp"`
	Echo            *uint32 `json:"echo"`
	HeldUs          *uint32 `json:"held_us"`
	LowestVersion   *uint32 `json:"lowest_version"`
}

// Close is the body of that name.
type Close struct {
	Code          int32   `json:"code"`
	Reason        string  `json:"reason"`
	RetryAfterMs  *uint32 `json:"retry_after_ms"`
	LowestVersion *uint32 `json:"lowest_version"`
}

// Proto is the frame as the generated code has it.
func (f *Frame) Proto() *pb.Frame {
	frame := &pb.Frame{Version: f.Version, More: f.More}
	switch {
	case f.Heartbeat != nil:
		frame.Body = &pb.Frame_Heartbeat{Heartbeat: &pb.Heartbeat{
			HeartbeatTimeMs: f.Heartbeat.HeartbeatTimeMs,
			ReplyRequested:  f.Heartbeat.ReplyRequested,
			Timestamp:       f.Heartbeat.Timestamp,
			Echo:            f.Heartbeat.Echo,
			HeldUs:          f.Heartbeat.HeldUs,
			LowestVersion:   f.Heartbeat.LowestVersion,
		}}
	case f.Data != nil:
		frame.Body = &pb.Frame_Data{Data: *f.Data}
	case f.Close != nil:
		frame.Body = &pb.Frame_Close{Close: &pb.Close{
			Code:          pb.CloseCode(f.Close.Code),
			Reason:        f.Close.Reason,
			RetryAfterMs:  f.Close.RetryAfterMs,
			LowestVersion: f.Close.LowestVersion,
		}}
	}
	return frame
}

// Comparable takes away what two equal frames may differ in: unknown fields, and `more` on a body
// where it has no meaning.
func Comparable(frame *pb.Frame) *pb.Frame {
	frame = proto.CloneOf(frame)
	discardUnknown(frame.ProtoReflect())
	if _, data := frame.GetBody().(*pb.Frame_Data); !data {
		frame.More = false
	}
	return frame
}

func discardUnknown(message protoreflect.Message) {
	message.SetUnknown(nil)
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Message() != nil {
			discardUnknown(value.Message())
		}
		return true
	})
}

// Load reads a file of vectors into a pointer to what it holds.
func Load(t *testing.T, name string, into any) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(here), "../../../../vectors", name)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var format struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(content, &format); err != nil {
		t.Fatal(err)
	}
	if format.Format != 1 {
		t.Fatalf("%s has the format %d", name, format.Format)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}
