package machine

// perMessage is what a message costs beside its octets: without it empty ones would cost nothing.
const perMessage = 32

// inbox joins the parts of messages, and holds the messages that the application has not taken.
type inbox struct {
	parts    []byte
	messages [][]byte
	unread   int
}

// add takes one data frame. It reports false if the message exceeds the limit [PW-LIM-2].
func (i *inbox) add(data []byte, more bool, limit int) bool {
	if len(data) > limit-len(i.parts) {
		return false
	}
	switch {
	case more: // [PW-DAT-2]
		i.parts = append(i.parts, data...)
		return true
	case len(i.parts) > 0:
		data = append(i.parts, data...)
		i.parts = nil
	}
	i.messages = append(i.messages, data)
	i.unread += len(data) + perMessage
	return true
}

func (i *inbox) take() ([]byte, bool) {
	if len(i.messages) == 0 {
		return nil, false
	}
	message := i.messages[0]
	i.messages[0] = nil
	i.messages = i.messages[1:]
	i.unread -= len(message) + perMessage
	return message, true
}

// HasMessage reports whether the application can take one.
func (i *inbox) HasMessage() bool { return len(i.messages) > 0 }
