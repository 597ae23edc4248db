// Package stream is what the bindings over byte streams have in common.
package stream

import "net"

const (
	// Keep is how many octets of a buffer a connection keeps while it is idle.
	Keep = 4_096
	// piece is how many octets are handed to the kernel at once, so that progress is seen.
	piece = 16_384
)

// Write writes all of p, and calls progress whenever the kernel has accepted some of it [PW-OUT-2].
func Write(conn net.Conn, p []byte, progress func()) (written int, err error) {
	for written < len(p) && err == nil {
		var n int
		n, err = conn.Write(p[written:min(len(p), written+piece)])
		if written += n; n > 0 {
			progress()
		}
	}
	return written, err
}

// CloseWrite ends this side's direction, if the stream knows such a thing.
func CloseWrite(conn net.Conn) error {
	if stream, ok := conn.(interface{ CloseWrite() error }); ok {
		return stream.CloseWrite()
	}
	return nil
}

// Release lets go of a connection without waiting. Unless the peer has ended its direction already
// it is reset: whatever the peer has not taken is thrown away.
func Release(conn net.Conn, ended bool) {
	if layered, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS would wait to say goodbye.
		conn = layered.NetConn()
	}
	if stream, ok := conn.(interface{ SetLinger(seconds int) error }); ok && !ended {
		_ = stream.SetLinger(0)
	}
	_ = conn.Close()
}
