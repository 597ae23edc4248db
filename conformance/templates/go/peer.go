package main

import "errors"

// Claim what you have, and nothing else: what is not claimed is neither tested nor failed.
var hello = Hello{
	Contract:   1,
	Name:       "my-peer",
	Version:    "0.1.0",
	Language:   "Go",
	Transports: []string{"tcp"},            // of "tcp", "ws", "grpc"
	Roles:      []string{"dial", "listen"}, // of "dial", "listen"
	Features:   []string{},                 // of "always_beat", "optional_peers", "stall", "suspend", "gateway"
}

// ErrInvalid refuses a configuration that the protocol forbids, before dialling or listening.
var ErrInvalid = errors.New("invalid configuration")

// Connection is one connection of your implementation. Its methods do not wait for the network.
type Connection interface {
	// Send sends one message; an error once the connection has ended.
	Send(message []byte) error
	// Read delivers messages from now on; they wait until then if Config.Read is "paused".
	Read()
	// Close closes with this code and reason; nothing happens if the connection has ended.
	Close(code uint32, reason string)
}

// Dial connects, and returns when the connection can be used. It calls received with each message.
func Dial(transport, host string, port int, config Config, received func(Connection, []byte)) (Connection, error) {
	return nil, errors.New("not implemented")
}

// Listen listens on a free port of 127.0.0.1 and calls accepted with each connection, before any
// message of it. It returns the port, and a function that frees it and lets go of all connections.
func Listen(transport string, config Config, accepted func(Connection), received func(Connection, []byte)) (int, func(), error) {
	return 0, nil, errors.New("not implemented")
}
