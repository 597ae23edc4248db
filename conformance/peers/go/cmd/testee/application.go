package main

import (
	"bytes"
	"context"
	"strconv"
	"sync"
	"time"

	"pulsewire.example/pulsewire"
)

// application is what the suite plays on one connection.
type application struct {
	conn    *pulsewire.Conn
	reply   string
	reading sync.Once
}

// start begins it: sending what is to be streamed, and taking messages unless that has to wait.
func start(conn *pulsewire.Conn, s settings) *application {
	a := &application{conn: conn, reply: s.Reply}
	if s.Stream != nil {
		a.send(*s.Stream, 0)
	}
	if s.Read != "paused" {
		a.read()
	}
	return a
}

func (a *application) read() { a.reading.Do(func() { go a.receive() }) }

func (a *application) receive() {
	ctx := context.Background()
	for {
		message, err := a.conn.Receive(ctx)
		if err != nil {
			return
		}
		switch a.reply {
		case "echo":
			err = a.conn.Send(ctx, message)
		case "length":
			err = a.conn.Send(ctx, strconv.AppendInt(nil, int64(len(message)), 10))
		}
		if err != nil {
			return
		}
	}
}

// send sends so many messages, for ever if 0: all at once, or the first at once and others later.
func (a *application) send(s sending, repeat int) {
	message := bytes.Repeat([]byte{'.'}, s.Bytes)
	if s.Text != nil {
		message = []byte(*s.Text)
	}
	ctx := context.Background()
	if s.EveryMs == 0 {
		for range repeat {
			_ = a.conn.Send(ctx, message)
		}
		return
	}
	if a.conn.Send(ctx, message) != nil || repeat == 1 {
		return
	}
	go func() {
		ticks := time.NewTicker(time.Duration(s.EveryMs) * time.Millisecond)
		defer ticks.Stop()
		for sent := 1; sent != repeat; sent++ {
			select {
			case <-ticks.C:
			case <-a.conn.Ended():
				return
			}
			if a.conn.Send(ctx, message) != nil {
				return
			}
		}
	}()
}
