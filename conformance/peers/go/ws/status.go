package ws

import (
	"github.com/coder/websocket"
	pb "pulsewire.example/pulsewire/pulsewirev1"
)

const (
	base     = 4000 // added to the number of a code [PW-MAP-1]
	greatest = 4999
)

// toStatus is the status of WebSocket for a close code; without one it is that of NORMAL.
func toStatus(code pb.CloseCode) websocket.StatusCode {
	switch {
	case code <= pb.CloseCode_CLOSE_CODE_NORMAL:
		return websocket.StatusNormalClosure
	case code > greatest-base:
		return base + websocket.StatusCode(pb.CloseCode_CLOSE_CODE_INTERNAL_ERROR)
	}
	return base + websocket.StatusCode(code)
}

// fromStatus is the close code that a status without a Close stands for, if there is one.
func fromStatus(status websocket.StatusCode) (pb.CloseCode, bool) {
	switch status {
	case 1001, 1012, 1013:
		return pb.CloseCode_CLOSE_CODE_GOING_AWAY, true
	case 1002, 1003, 1007:
		return pb.CloseCode_CLOSE_CODE_PROTOCOL_ERROR, true
	case 1009:
		return pb.CloseCode_CLOSE_CODE_FRAME_TOO_LARGE, true
	case 1011:
		return pb.CloseCode_CLOSE_CODE_INTERNAL_ERROR, true
	}
	code := pb.CloseCode(status - base)
	_, known := pb.CloseCode_name[int32(code)]
	return code, known && code > pb.CloseCode_CLOSE_CODE_NORMAL
}
