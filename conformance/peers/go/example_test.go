package pulsewire_test

import (
	"context"
	"fmt"
	"net"
	"time"

	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/tcp"
)

// Both ends of a connection over TCP. The client is configured with a heartbeat-time and the server
// is not: it adopts the client's.
func Example() {
	ctx := context.Background()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer listener.Close()

	served := make(chan struct{})
	go func() {
		defer close(served)
		stream, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		conn := pulsewire.Open(tcp.New(stream), pulsewire.Defaults())
		for {
			message, err := conn.Receive(ctx)
			if err != nil {
				fmt.Println("server:", err)
				return
			}
			_ = conn.Send(ctx, append([]byte("you said "), message...))
		}
	}()

	stream, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	config := pulsewire.Defaults()
	config.HeartbeatTime = 5 * time.Second
	if err := config.Validate(); err != nil {
		panic(err)
	}
	conn := pulsewire.Open(tcp.New(stream), config)
	_ = conn.Send(ctx, []byte("hello"))
	message, err := conn.Receive(ctx)
	if err != nil {
		panic(err)
	}
	fmt.Printf("client: %s\n", message)
	conn.Close(0, "done")
	<-conn.Done()
	<-served
	// Output:
	// client: you said hello
	// server: pulsewire: closed by the peer (CLOSE_CODE_NORMAL): "done"
}
