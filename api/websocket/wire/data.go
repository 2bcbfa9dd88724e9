package wire

import "encoding/json"

// SendData is what a page sends to its application.
type SendData struct {
	OperationID Text            `json:"operationId"`
	Payload     json.RawMessage `json:"payload"`
}

// The two answers to it. The SDK calls a method of this name, so that any other would throw.
const (
	Accepted = "ACCEPTED"
	Refused  = "FAILED"
)

// DataStatus answers SendData.
type DataStatus struct {
	OperationID string `json:"operationId"`
	Status      string `json:"status"`
	Info        string `json:"info,omitempty"`
}

// AppData is what an application sends to a page.
type AppData struct {
	Payload any `json:"payload"`
}

// Command is what pages of the room API send as payload.
type Command struct {
	Command Text        `json:"command"` // "join", "leave", "sendMessage"
	Options CommandArgs `json:"options"`
}

// CommandArgs are the options of a Command.
type CommandArgs struct {
	Name       Text `json:"name"` // room to join or leave
	RoomConfig struct {
		Name Text `json:"name"`
	} `json:"roomConfig"` // room of a message
	To   Text `json:"to"` // login
	Text Text `json:"text"`
}

// PushLogs is what a page's logger sends.
type PushLogs struct {
	Logs Text `json:"logs"`
}

// Debug starts or stops a debug session.
type Debug struct {
	Command Text `json:"command"`
}

// DebugStatus is the object of notifySessionDebugEvent.
type DebugStatus struct {
	Status string `json:"status"`
}
