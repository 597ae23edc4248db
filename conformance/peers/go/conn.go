// Package pulsewire runs the state machine of package machine over a transport: it brings the clock,
// the goroutines and the waiting. The bindings are the packages tcp, ws and rpc.
package pulsewire

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// turn is how long a verdict waits for the goroutines that read and write. It is twice the time
// within which Go's runtime polls the network even if every processor is taken, so that whatever
// the kernel holds as a timer fires is read before the verdict [PW-CLK-2].
const turn = 25 * time.Millisecond

// Config is how one side of a connection behaves. Start from Defaults.
type Config struct {
	machine.Config
	// WallClock is compared with the monotonic one, to notice that the machine was suspended.
	WallClock func() time.Time
}

// Defaults are those of the specification: a passive side.
func Defaults() Config { return Config{Config: machine.Defaults(), WallClock: time.Now} }

// Conn is a connection. Its methods may be called by several goroutines.
type Conn struct {
	transport Transport
	config    Config
	start     time.Time

	mutex   sync.Mutex // of the next four
	machine *machine.Machine
	timer   *time.Timer
	verdict *time.Timer
	ahead   time.Duration // of the wall clock, since start

	outgoing chan *pb.Frame // the one frame that the machine has in flight
	finish   chan pb.CloseCode
	readable chan struct{} // these three hold a token if there may be something to do
	arrived  chan struct{}
	room     chan struct{}
	ended    chan struct{} // closed when it is known how the connection ended,
	over     chan struct{} // when the transport is let go of,
	done     chan struct{} // and when nothing is left
}

// Open starts a connection over a transport that can be used. Config must be valid.
func Open(transport Transport, config Config) *Conn {
	if config.WallClock == nil {
		config.WallClock = time.Now
	}
	c := &Conn{
		transport: transport,
		config:    config,
		start:     time.Now(),
		machine:   machine.New(config.Config, rand.Float64),
		outgoing:  make(chan *pb.Frame, 1),
		finish:    make(chan pb.CloseCode, 1),
		readable:  make(chan struct{}, 1),
		arrived:   make(chan struct{}, 1),
		room:      make(chan struct{}, 1),
		ended:     make(chan struct{}),
		over:      make(chan struct{}),
		done:      make(chan struct{}),
	}
	c.ahead = c.config.WallClock().Round(0).Sub(c.start.Round(0))
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.timer = time.AfterFunc(time.Hour, c.timeout)
	c.verdict = time.AfterFunc(time.Hour, c.judge)
	c.verdict.Stop()
	transport.Open(config.MaxFrame, func() { c.do(c.machine.HandleOctets) }, func() { c.do(c.machine.HandleProgress) })
	var both sync.WaitGroup
	both.Go(c.read)
	both.Go(c.write)
	go func() { both.Wait(); close(c.done) }()
	c.machine.Open(c.now())
	c.update()
	return c
}

// Send queues a message, which must not be changed any more. It waits while too much is queued.
func (c *Conn) Send(ctx context.Context, message []byte) error {
	for {
		c.mutex.Lock()
		if c.machine.End() != nil || c.machine.HasRoom(len(message)) {
			defer c.mutex.Unlock()
			defer c.update()
			return c.machine.Send(message)
		}
		c.mutex.Unlock()
		select {
		case <-c.room:
		case <-c.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Receive waits for the next message. After the last one the error is the *machine.End.
func (c *Conn) Receive(ctx context.Context) ([]byte, error) {
	for {
		c.mutex.Lock()
		message, ok := c.machine.PollMessage(c.now())
		end := c.machine.End()
		c.update()
		c.mutex.Unlock()
		switch {
		case ok:
			return message, nil
		case end != nil:
			return nil, end
		}
		select {
		case <-c.arrived:
		case <-c.ended:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Probe asks the peer for a sign of life.
func (c *Conn) Probe() { c.do(func(now time.Duration) { c.machine.Probe(now) }) }

// Close ends the connection once what was sent before has gone out. It does not wait; Done tells.
// What was received and not taken is dropped.
func (c *Conn) Close(code pb.CloseCode, reason string) {
	c.do(func(now time.Duration) { c.machine.Close(code, reason, now) })
}

// End is how the connection ended, or nil.
func (c *Conn) End() *machine.End {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.machine.End()
}

// Ended is closed when it is known how the connection ended.
func (c *Conn) Ended() <-chan struct{} { return c.ended }

// Done is closed when nothing is left of the connection.
func (c *Conn) Done() <-chan struct{} { return c.done }

// HeartbeatTime is the effective one; 0 of a passive side.
func (c *Conn) HeartbeatTime() time.Duration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.machine.EffectiveHeartbeatTime()
}

// RoundTrip is the last round-trip time, if one was measured.
func (c *Conn) RoundTrip() (time.Duration, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.machine.RoundTrip()
}

// do hands something to the machine and does what follows.
func (c *Conn) do(what func(now time.Duration)) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	what(c.now())
	c.update()
}

// now is the monotonic time since the start. If the wall clock has run ahead of it the machine was
// suspended [PW-CLK-5].
func (c *Conn) now() time.Duration {
	now := time.Since(c.start)
	ahead := c.config.WallClock().Round(0).Sub(c.start.Round(0)) - now
	if ahead-c.ahead >= time.Second {
		c.machine.HandleSuspend(now)
	}
	c.ahead = ahead
	return now
}

// update does what follows from what was handed to the machine.
func (c *Conn) update() {
	now := time.Since(c.start)
	if frame := c.machine.PollTransmit(now); frame != nil {
		c.outgoing <- frame
	}
	if code, ok := c.machine.PollFinish(now); ok {
		c.finish <- code
	}
	if c.machine.End() != nil {
		once(c.ended)
	}
	if c.machine.Over() {
		if once(c.over) {
			c.timer.Stop()
			c.verdict.Stop()
			c.transport.Abort()
		}
		return
	}
	if c.machine.Reads() {
		token(c.readable)
	}
	if c.machine.HasMessage() {
		token(c.arrived)
	}
	if c.machine.HasRoom(0) {
		token(c.room)
	}
	c.timer.Reset(c.machine.PollTimeout() - now)
}

func (c *Conn) timeout() {
	c.do(func(now time.Duration) {
		if c.machine.HandleTimeout(now) {
			c.verdict.Reset(turn)
		}
	})
}

func (c *Conn) judge() { c.do(c.machine.Judge) }

func (c *Conn) read() {
	for c.mayRead() {
		frame, err := c.transport.Receive()
		if err == nil {
			c.do(func(now time.Duration) { c.machine.HandleDecoded(frame, now) })
			continue
		}
		end := asEnd(err)
		if end.Cause == machine.Violation {
			c.do(func(now time.Duration) { c.machine.HandleBroken(end, now) })
			c.transport.Drain()
			end = &machine.End{Cause: machine.PeerClosed}
		}
		c.do(func(now time.Duration) { c.machine.HandleTransportEnd(end, now) })
		return
	}
}

// mayRead waits while the machine does not want to read [PW-LIM-5].
func (c *Conn) mayRead() bool {
	for {
		c.mutex.Lock()
		reads := c.machine.Reads()
		c.mutex.Unlock()
		if reads {
			return true
		}
		select {
		case <-c.readable:
		case <-c.over:
			return false
		}
	}
}

func (c *Conn) write() {
	for {
		select {
		case frame := <-c.outgoing:
			if err := c.transport.Send(frame); err != nil {
				c.failed(err)
				return
			}
			c.do(c.machine.HandleAccepted)
		case code := <-c.finish:
			c.transport.Finish(code)
		case <-c.over:
			return
		}
	}
}

// failed gives the reader its turn first: what the peer said before its end may stand in the
// transport still, and says more than that nothing can be sent.
func (c *Conn) failed(err error) {
	select {
	case <-c.over:
	case <-time.After(turn):
		c.do(func(now time.Duration) { c.machine.HandleTransportEnd(asEnd(err), now) })
	}
}

func asEnd(err error) *machine.End {
	var end *machine.End
	if errors.As(err, &end) {
		return end
	}
	return &machine.End{Cause: machine.TransportFailed, Reason: err.Error()}
}

// once closes the channel unless it is closed, and reports whether it did.
func once(channel chan struct{}) bool {
	select {
	case <-channel:
		return false
	default:
		close(channel)
		return true
	}
}

// token puts a token into a channel that has none.
func token(channel chan struct{}) {
	select {
	case channel <- struct{}{}:
	default:
	}
}
