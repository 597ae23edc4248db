package rpc

import (
	"context"
	"net"

	"google.golang.org/grpc/peer"
	"pulsewire.example/pulsewire/internal/stream"
)

// Resettable wraps the listener of a server. A server of gRPC-Go cannot reset a call: its status
// waits behind messages that a client does not take, for ever if need be. With this listener such a
// client loses its whole HTTP/2 connection, with all its other calls [PW-OUT-1, PW-CLS-8].
func Resettable(listener net.Listener) net.Listener { return resettable{listener} }

type resettable struct{ net.Listener }

func (r resettable) Accept() (net.Conn, error) {
	conn, err := r.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return accepted{conn}, nil
}

// accepted lets a call find the connection it came by, of which gRPC tells it the address.
type accepted struct{ net.Conn }

type address struct {
	net.Addr
	conn net.Conn
}

func (a accepted) RemoteAddr() net.Addr { return address{a.Conn.RemoteAddr(), a.Conn} }

func reset(call context.Context) {
	if from, ok := peer.FromContext(call); ok {
		if address, ok := from.Addr.(address); ok {
			stream.Release(address.conn, false)
		}
	}
}
