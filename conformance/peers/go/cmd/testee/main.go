// Command testee puts the peer behind the control contract of the conformance suite: one JSON object
// a line on standard input and output (docs/conformance.md).
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"pulsewire.example/pulsewire/machine"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

// leaving is how long connections have to end before the process does.
const leaving = 1500 * time.Millisecond

var hello = object{
	"contract":   1,
	"name":       "pulsewire-peer-go",
	"version":    "0.1.0",
	"language":   "Go",
	"transports": []string{"tcp", "ws", "grpc"},
	"roles":      []string{"dial", "listen"},
	"features":   []string{"always_beat", "optional_peers", "stall", "suspend", "gateway", "legacy", "collect"},
}

type object = map[string]any

type sending struct {
	Bytes   int     `json:"bytes"`
	Text    *string `json:"text"`
	Repeat  int     `json:"repeat"`
	EveryMs int     `json:"every_ms"`
}

type address struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

// leg says how the connections of one `open` are to be.
type leg struct {
	Transport string          `json:"transport"`
	Address   address         `json:"address"`
	Config    json.RawMessage `json:"config"`
}

type command struct {
	ID      int64   `json:"id"`
	Cmd     string  `json:"cmd"`
	Conn    string  `json:"conn"`
	Role    string  `json:"role"`
	Forward *leg    `json:"forward"`
	Code    int32   `json:"code"`
	Reason  string  `json:"reason"`
	Ms      float64 `json:"ms"`
	leg
	sending
}

func (c command) duration() time.Duration { return time.Duration(c.Ms * float64(time.Millisecond)) }

var errUnsupported = errors.New("unsupported")

func main() {
	t := &testee{applications: map[string]*application{}, listeners: map[string]*listener{}}
	defer t.leave()
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var c command
		if err := json.Unmarshal(line, &c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		switch c.Cmd {
		case "bye":
			return
		case "stall":
			stall(c)
		case "collect":
			answer(c.ID, object{}, nil)
			go collect(c.duration())
		case "open": // A dial may take its time: no other command waits for it.
			go func() {
				ok, err := t.open(c)
				answer(c.ID, ok, err)
			}()
		default:
			ok, err := t.carryOut(c)
			answer(c.ID, ok, err)
		}
	}
}

var speaking sync.Mutex

func say(line object) {
	speaking.Lock()
	defer speaking.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(line)
}

func answer(id int64, ok object, err error) {
	switch {
	case err == nil:
		say(object{"id": id, "ok": ok})
	case errors.Is(err, errUnsupported):
		say(object{"id": id, "err": "unsupported", "why": err.Error()})
	case errors.Is(err, machine.ErrInvalid):
		say(object{"id": id, "err": "invalid", "why": err.Error()})
	default:
		say(object{"id": id, "err": "failed", "why": err.Error()})
	}
}

// testee holds what is open, by name.
type testee struct {
	mutex        sync.Mutex
	applications map[string]*application
	listeners    map[string]*listener
}

func (t *testee) keep(name string, a *application) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.applications[name] = a
	go func() {
		<-a.conn.Done()
		t.mutex.Lock()
		defer t.mutex.Unlock()
		delete(t.applications, name)
	}()
}

func (t *testee) carryOut(c command) (object, error) {
	t.mutex.Lock()
	a, l := t.applications[c.Conn], t.listeners[c.Conn]
	if c.Cmd == "close" {
		delete(t.listeners, c.Conn)
	}
	t.mutex.Unlock()
	switch c.Cmd {
	case "hello":
		return hello, nil
	case "send", "read":
		if a == nil {
			return nil, fmt.Errorf("no connection %q", c.Conn)
		}
		if c.Cmd == "read" {
			a.read()
		} else {
			a.send(c.sending, max(1, c.Repeat))
		}
	case "close": // What is gone already is no error.
		if l != nil {
			l.close()
		} else if a != nil {
			a.conn.Close(pb.CloseCode(c.Code), c.Reason)
		}
	case "suspend":
		suspended.Add(int64(c.duration()))
	default:
		return nil, fmt.Errorf("%w: the command %q", errUnsupported, c.Cmd)
	}
	return object{}, nil
}

// leave closes everything and waits for it, but not for long.
func (t *testee) leave() {
	t.mutex.Lock()
	var open []*application
	for _, l := range t.listeners {
		l.close()
	}
	for _, a := range t.applications {
		a.conn.Close(pb.CloseCode_CLOSE_CODE_GOING_AWAY, "the testee leaves")
		open = append(open, a)
	}
	t.mutex.Unlock()
	late := time.After(leaving)
	for _, a := range open {
		select {
		case <-a.conn.Done():
		case <-late:
			return
		}
	}
}
