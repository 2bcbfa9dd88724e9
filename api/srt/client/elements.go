package client

import (
	"time"

	"sluice/api/srt/flow"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// What settings are if nobody has set them: the address counts then.
const (
	defaultLatency = 120 * time.Millisecond
	defaultKey     = "16"
)

// Pull plays from another server.
type Pull struct{}

// Push publishes on another server.
type Push struct{}

// Spec describes srt.pull.
func (Pull) Spec() element.Spec {
	return element.Spec{
		Name:   "srt.pull",
		About:  "Plays a stream of another SRT server.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/SRT",
		Ports:    ports.Gives(flow.Audio(), flow.Video()),
		Fields:   fields("Address of the stream, with its streamid if the server wants one."),
		Examples: []string{`srt.pull url="srt://example.org:8890?streamid=read:lobby" latency=200ms`},
	}
}

// Spec describes srt.push.
func (Push) Spec() element.Spec {
	return element.Spec{
		Name:   "srt.push",
		About:  "Publishes on another SRT server.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/SRT",
		// Few take more than this.
		Ports:  ports.Takes([]media.Codec{media.AAC, media.MP3, media.MP2, media.AC3, media.Opus}, []media.Codec{media.H264, media.H265}),
		Fields: fields("Address to publish at, with its streamid if the server wants one."),
		Examples: []string{
			`srt.push url="srt://example.org:8890?streamid=publish:lobby" passphrase=$env.SRT_PASSPHRASE`,
			`srt.push url=srt://example.org:9999 streamid="#!::m=publish,r=lobby" key_length=32 latency=1s`,
		},
	}
}

func fields(about string) []element.Field {
	url := element.Setting("url", value.URI).Must().Says(about)
	url.Constraint.Pattern = "srt://.+"
	return []element.Field{
		url,
		element.Setting("streamid", value.Secret).Says("What is asked for there, if the address does not say it: it may hold a password."),
		element.Setting("passphrase", value.Secret).
			Says("Secret that both sides share, of 10 to 79 characters; left out for a stream in the clear."),
		element.Choice("key_length", "16", "24", "32").Or(defaultKey).Says("Length of the key in bytes, with a passphrase."),
		element.Span("latency", 20*time.Millisecond, 8*time.Second).Or(defaultLatency).Says("Time for lost packets to be sent again."),
		element.Span("timeout", time.Second, time.Minute).Or(5 * time.Second).Says("How long the server may be silent."),
	}
}
