// A Pulsewire testee: your implementation (peer.go) behind the control contract of the suite,
// which is all of this file. One JSON object a line comes in on standard input, and one a line
// goes out on standard output. Logs belong on standard error.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"
)

type Hello struct {
	Contract   int      `json:"contract"`
	Name       string   `json:"name"`
	Version    string   `json:"version"`
	Language   string   `json:"language"`
	Transports []string `json:"transports"`
	Roles      []string `json:"roles"`
	Features   []string `json:"features"`
}

// Config is how a connection is to behave; nil is the default of the implementation.
type Config struct {
	HeartbeatTimeMs     *int64   `json:"heartbeat_time_ms"`
	SlackMs             *int64   `json:"slack_ms"`
	FloorMs             *int64   `json:"floor_ms"`
	AlwaysBeat          *bool    `json:"always_beat"`
	PeerHeartbeats      *string  `json:"peer_heartbeats"`
	MaxFrameBytes       *int64   `json:"max_frame_bytes"`
	MaxMessageBytes     *int64   `json:"max_message_bytes"`
	FirstFrameTimeoutMs *int64   `json:"first_frame_timeout_ms"`
	MaxUnreadBytes      *int64   `json:"max_unread_bytes"`
	Reply               string   `json:"reply"`
	Read                string   `json:"read"`
	Stream              *Sending `json:"stream"`
}

type Sending struct {
	Bytes   int     `json:"bytes"`
	Text    *string `json:"text"`
	Repeat  int     `json:"repeat"`
	EveryMs int     `json:"every_ms"`
}

type Command struct {
	ID        int64  `json:"id"`
	Cmd       string `json:"cmd"`
	Conn      string `json:"conn"`
	Role      string `json:"role"`
	Transport string `json:"transport"`
	Address   struct {
		Host string `json:"host"`
		Port int    `json:"port"`
	} `json:"address"`
	RawConfig json.RawMessage `json:"config"`
	Code      *uint32         `json:"code"`
	Reason    string          `json:"reason"`
	Sending
}

type object = map[string]any

var errUnsupported = errors.New("unsupported")

// featureOf says which feature an option needs.
var featureOf = map[string]string{"always_beat": "always_beat", "peer_heartbeats": "optional_peers"}

var (
	mutex       sync.Mutex // of all below
	connections = map[string]Connection{}
	listeners   = map[string]func(){}
	out         = json.NewEncoder(os.Stdout)
)

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var command Command
		if err := json.Unmarshal(line, &command); err != nil {
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		switch command.Cmd {
		case "bye":
			return
		case "open": // A dial may take its time: no command waits for it.
			go func() { answer(command.ID)(open(command)) }()
		default:
			answer(command.ID)(carryOut(command))
		}
	}
}

func say(line object) {
	mutex.Lock()
	defer mutex.Unlock()
	_ = out.Encode(line)
}

func answer(id int64) func(any, error) {
	return func(ok any, err error) {
		switch {
		case err == nil:
			say(object{"id": id, "ok": ok})
		case errors.Is(err, errUnsupported):
			say(object{"id": id, "err": "unsupported", "why": err.Error()})
		case errors.Is(err, ErrInvalid):
			say(object{"id": id, "err": "invalid", "why": err.Error()})
		default:
			say(object{"id": id, "err": "failed", "why": err.Error()})
		}
	}
}

func carryOut(command Command) (any, error) {
	mutex.Lock()
	connection, stop := connections[command.Conn], listeners[command.Conn]
	if command.Cmd == "close" {
		delete(listeners, command.Conn)
	}
	mutex.Unlock()
	switch command.Cmd {
	case "hello":
		return hello, nil
	case "send", "read":
		if connection == nil {
			return nil, fmt.Errorf("no connection %q", command.Conn)
		}
		if command.Cmd == "read" {
			connection.Read()
		} else {
			send(connection, command.Sending, max(1, command.Repeat))
		}
	case "close": // What is gone already is no error.
		if stop != nil {
			stop()
		} else if connection != nil {
			code := uint32(1)
			if command.Code != nil {
				code = *command.Code
			}
			connection.Close(code, command.Reason)
		}
	default:
		return nil, fmt.Errorf("%w: the command %q", errUnsupported, command.Cmd)
	}
	return object{}, nil
}

func open(command Command) (any, error) {
	config, err := readConfig(command)
	if err != nil {
		return nil, err
	}
	received := func(connection Connection, message []byte) {
		switch config.Reply {
		case "echo":
			_ = connection.Send(message)
		case "length":
			_ = connection.Send([]byte(strconv.Itoa(len(message))))
		}
	}
	keep := func(name string, connection Connection) {
		mutex.Lock()
		connections[name] = connection
		mutex.Unlock()
	}
	begin := func(connection Connection) {
		if config.Stream != nil {
			send(connection, *config.Stream, 0)
		}
	}
	if command.Role == "dial" {
		connection, err := Dial(command.Transport, command.Address.Host, command.Address.Port, config, received)
		if err != nil {
			return nil, err
		}
		keep(command.Conn, connection)
		begin(connection)
		return object{}, nil
	}
	var count int
	var counting sync.Mutex
	port, stop, err := Listen(command.Transport, config, func(connection Connection) {
		counting.Lock()
		count++
		name := fmt.Sprintf("%s#%d", command.Conn, count)
		keep(name, connection)
		say(object{"event": "open", "conn": name, "listener": command.Conn})
		counting.Unlock()
		begin(connection)
	}, received)
	if err != nil {
		return nil, err
	}
	mutex.Lock()
	listeners[command.Conn] = stop
	mutex.Unlock()
	return object{"address": object{"host": "127.0.0.1", "port": port}}, nil
}

// readConfig refuses what is not known or not claimed: whoever says yes to it claims too much.
func readConfig(command Command) (config Config, err error) {
	if !slices.Contains(hello.Transports, command.Transport) || !slices.Contains(hello.Roles, command.Role) {
		return config, fmt.Errorf("%w: %s, %s", errUnsupported, command.Transport, command.Role)
	}
	decoder := json.NewDecoder(bytes.NewReader(command.RawConfig))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&config); err != nil {
		return config, fmt.Errorf("%w: %v", errUnsupported, err)
	}
	var keys object
	_ = json.Unmarshal(command.RawConfig, &keys)
	for key := range keys {
		if feature, needs := featureOf[key]; needs && !slices.Contains(hello.Features, feature) {
			return config, fmt.Errorf("%w: the option %q", errUnsupported, key)
		}
	}
	if !slices.Contains([]string{"", "echo", "length"}, config.Reply) {
		return config, fmt.Errorf("%w: the reply %q", errUnsupported, config.Reply)
	}
	return config, nil
}

// send sends so many messages, for ever if 0: the first at once, the others in the background.
func send(connection Connection, sending Sending, repeat int) {
	message := bytes.Repeat([]byte{'.'}, sending.Bytes)
	if sending.Text != nil {
		message = []byte(*sending.Text)
	}
	rest := func() {
		for sent := 1; sent != repeat; sent++ {
			time.Sleep(time.Duration(sending.EveryMs) * time.Millisecond)
			if connection.Send(message) != nil {
				return
			}
		}
	}
	if connection.Send(message) != nil {
		return
	}
	if sending.EveryMs > 0 {
		go rest()
	} else {
		rest()
	}
}
