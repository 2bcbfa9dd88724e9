// Package cdn describes the network of sluice's own nodes to graphs: the elements that fetch a stream from another node and
// send one there, and the event of a player who wants what another node has.
package cdn

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{Pull{}, Push{}} }

// Pull fetches a stream from another node.
type Pull struct{}

// Push sends a stream to another node.
type Push struct{}

// Spec describes cdn.pull.
func (Pull) Spec() element.Spec {
	return element.Spec{
		Name:   "cdn.pull",
		About:  "Fetches a stream from another node of ours, as it is there.",
		Domain: element.Go, Status: element.Planned, Klass: "Source/Network/CDN",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			ports.Session(),
			element.Setting("name", value.String).Must().Says("Name of the stream on the other node."),
			element.Setting("profile", value.String).Says("Profile of a transcoder node, such as 720p; left out for the stream itself."),
			patience(),
		},
		Sessions: []string{"node"},
		Examples: []string{"cdn.pull name=lobby", "cdn.pull session=$node name=lobby profile=720p"},
	}
}

// Spec describes cdn.push.
func (Push) Spec() element.Spec {
	url := element.Setting("url", value.URI).Must().Says("Address of the other node.")
	url.Constraint.Pattern = "wss?://.+"
	return element.Spec{
		Name:   "cdn.push",
		About:  "Publishes a stream on another node of ours, as it is here.",
		Domain: element.Go, Status: element.Planned, Klass: "Sink/Network/CDN",
		Ports: ports.Takes(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			url, element.Setting("name", value.String).Must().Says("Name of the stream on the other node."), patience(),
		},
		Examples: []string{"cdn.push url=wss://edge.example:8443 name=lobby"},
	}
}

func patience() element.Field {
	return element.Span("timeout", time.Second, time.Minute).Or(10 * time.Second).Says("How long the other node may be silent.")
}

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{{
		Event:    "cdn.wanted",
		About:    "A player asks for a name that nobody publishes here, and another node of ours has it.",
		Path:     true,
		Sessions: []string{"node"},
		Vars: []element.Var{
			{Name: "origin", Type: value.String, About: "Name of the node that has it."},
			{Name: "profile", Type: value.String, About: "Profile that was asked for, such as 720p of lobby-720p; empty for the stream itself."},
		},
	}}
}
