package wire

import (
	"net/url"

	"sluice/engine/fault"
)

// serverPath is what servers of WCS ask each other for.
const serverPath = "/websocket"

// ServerAddress reads the address of a server of WCS: ws://host:8080, or wss, whose path is /websocket unless it has another one. What is
// none is fault.InvalidParams.
func ServerAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return nil, fault.New(fault.InvalidParams, "url", "it is no address of a WebSocket").Advise("ws://host:8080 or wss://host:8443")
	}
	if u.Path == "" {
		u.Path = serverPath
	}
	return u, nil
}
