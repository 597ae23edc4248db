package main

import (
	"context"

	"pulsewire.example/pulsewire"
	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// forward passes the messages of an accepted connection on to one that it dials, and back. Each has
// a state machine of its own, and nothing but messages goes from one to the other [PW-GWY-1].
func forward(accepted *pulsewire.Conn, l leg, s settings) {
	dialled, err := dial(l, s)
	if err != nil {
		accepted.Close(pb.CloseCode_CLOSE_CODE_UPSTREAM_LOST, err.Error())
		return
	}
	go pump(accepted, dialled)
	pump(dialled, accepted)
}

func pump(from, to *pulsewire.Conn) {
	ctx := context.Background()
	for {
		message, err := from.Receive(ctx)
		if err != nil { // [PW-GWY-4]
			to.Close(pb.CloseCode_CLOSE_CODE_UPSTREAM_LOST, err.Error())
			return
		}
		if to.Send(ctx, message) != nil {
			return // The other pump sees it, and says so.
		}
	}
}

// gateway reads the settings of both legs. Unlike the application of a case, a gateway waits for a
// connection that is slow, and so does not read from the other.
func (c command) gateway(accepted settings) (settings, settings, error) {
	dialled, err := c.Forward.read()
	limit := machine.Defaults().MaxUnsent
	accepted.peer.MaxUnsent, dialled.peer.MaxUnsent = limit, limit
	return accepted, dialled, err
}
