package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"pulsewire.example/pulsewire"
	pb "pulsewire.example/pulsewire/pulsewirev1"
	"pulsewire.example/pulsewire/rpc"
	"pulsewire.example/pulsewire/tcp"
	"pulsewire.example/pulsewire/ws"
)

func (t *testee) open(c command) (object, error) {
	s, err := c.leg.read()
	if err != nil {
		return nil, err
	}
	switch c.Role {
	case "dial":
		conn, err := dial(c.leg, s)
		if err != nil {
			return nil, err
		}
		t.keep(c.Conn, start(conn, s))
		return object{}, nil
	case "listen":
		return t.listen(c, s)
	}
	return nil, fmt.Errorf("%w: the role %q", errUnsupported, c.Role)
}

// dial connects a leg.
func dial(l leg, s settings) (*pulsewire.Conn, error) {
	ctx := context.Background()
	at := net.JoinHostPort(l.Address.Host, strconv.Itoa(l.Address.Port))
	switch l.Transport {
	case "tcp":
		stream, err := new(net.Dialer).DialContext(ctx, "tcp", at)
		if err != nil {
			return nil, err
		}
		return s.open(tcp.New(stream)), nil
	case "ws":
		transport, err := ws.Dial(ctx, "ws://"+at+"/", nil)
		if err != nil {
			return nil, err
		}
		return s.open(transport), nil
	}
	channel, err := grpc.NewClient("passthrough:///"+at, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	transport, err := rpc.Dial(ctx, channel, s.peer.MaxFrame)
	if err != nil {
		_ = channel.Close()
		return nil, err
	}
	conn := s.open(transport)
	go func() {
		<-conn.Done()
		_ = channel.Close()
	}()
	return conn, nil
}

// open starts the connection that the settings ask for.
func (s settings) open(transport pulsewire.Transport) *pulsewire.Conn {
	if s.Legacy {
		transport = legacy{transport}
	}
	return pulsewire.Open(transport, s.peer)
}

// listener accepts connections until it is closed, and then lets go of all of them.
type listener struct {
	net.Listener
	server func() // lets go of what serves it
	mutex  sync.Mutex
	closed bool
	count  int
	conns  []*pulsewire.Conn
}

func (t *testee) listen(c command, s settings) (object, error) {
	begin := func(conn *pulsewire.Conn) *application { return start(conn, s) }
	if c.Forward != nil {
		accepted, dialled, err := c.gateway(s)
		if err != nil {
			return nil, err
		}
		s = accepted
		begin = func(conn *pulsewire.Conn) *application {
			go forward(conn, *c.Forward, dialled)
			return &application{conn: conn}
		}
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &listener{Listener: socket}
	l.server = serve(socket, c.Transport, s, func(transport pulsewire.Transport) {
		conn := s.open(transport)
		if name, ok := l.add(c.Conn, conn); ok {
			t.keep(name, begin(conn))
			say(object{"event": "open", "conn": name, "listener": c.Conn})
		}
	})
	t.mutex.Lock()
	t.listeners[c.Conn] = l
	t.mutex.Unlock()
	return object{"address": object{"host": "127.0.0.1", "port": socket.Addr().(*net.TCPAddr).Port}}, nil
}

// serve accepts connections in the background; the function that it returns lets go of what is left
// once the socket is closed and all connections are done.
func serve(socket net.Listener, transport string, s settings, accept func(pulsewire.Transport)) func() {
	switch transport {
	case "ws":
		server := &http.Server{Handler: http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			if transport, err := ws.Accept(response, request); err == nil {
				accept(transport)
			}
		})}
		go func() { _ = server.Serve(socket) }()
		return func() { _ = server.Close() }
	case "grpc":
		server := grpc.NewServer(rpc.MaxFrame(s.peer.MaxFrame))
		rpc.Register(server, accept)
		go func() { _ = server.Serve(rpc.Resettable(socket)) }()
		return server.Stop
	}
	go func() {
		for {
			stream, err := socket.Accept()
			if err != nil {
				return
			}
			accept(tcp.New(stream))
		}
	}()
	return func() {}
}

// add names a connection, unless it came as the listener was closed.
func (l *listener) add(listener string, conn *pulsewire.Conn) (string, bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.closed {
		conn.Close(pb.CloseCode_CLOSE_CODE_GOING_AWAY, "the listener is closed")
		return "", false
	}
	l.count++
	l.conns = append(l.conns, conn)
	return fmt.Sprintf("%s#%d", listener, l.count), true
}

func (l *listener) close() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.closed = true
	_ = l.Listener.Close()
	for _, conn := range l.conns {
		conn.Close(pb.CloseCode_CLOSE_CODE_GOING_AWAY, "the listener is closed")
	}
	go func(conns []*pulsewire.Conn) {
		for _, conn := range conns {
			<-conn.Done()
		}
		l.server()
	}(l.conns)
}
