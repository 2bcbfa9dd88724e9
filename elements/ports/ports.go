// Package ports describes the ports that most of sluice's own elements share: one for audio and one for video, each with
// the codecs it carries. It describes only; what flows is the work of the elements.
package ports

import (
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Names of the two ports that most elements have.
const (
	Audio = "audio"
	Video = "video"
)

// Gives describes the source ports of an element that brings media from elsewhere, the likeliest codecs first. They
// appear when it is known what the other end sends, and neither has to be linked.
func Gives(audio, video []media.Codec) []element.Port {
	var out []element.Port
	if len(audio) > 0 {
		out = append(out, appears(element.Out(Audio, media.Audio, audio...)).Says("Sound, if there is any."))
	}
	if len(video) > 0 {
		out = append(out, appears(element.Out(Video, media.Video, video...)).Says("Pictures, if there are any."))
	}
	return out
}

// Takes describes the sink ports of an element that sends media elsewhere, the best codecs first. Either may stay
// unlinked.
func Takes(audio, video []media.Codec) []element.Port {
	var out []element.Port
	if len(audio) > 0 {
		out = append(out, element.In(Audio, media.Audio, audio...).Maybe().Says("Sound to send."))
	}
	if len(video) > 0 {
		out = append(out, element.In(Video, media.Video, video...).Maybe().Says("Pictures to send."))
	}
	return out
}

// InOrder says of the video port among ports that it takes no B-frames.
func InOrder(list []element.Port) []element.Port {
	for i, p := range list {
		if p.Kind() == media.Video {
			list[i] = p.NoBFrames()
		}
	}
	return list
}

// All lists every codec of a kind that sluice knows, in the order of media.Codecs.
func All(k media.Kind) []media.Codec {
	var out []media.Codec
	for _, info := range media.Codecs() {
		if info.Kind == k {
			out = append(out, info.Codec)
		}
	}
	return out
}

// Session describes the field by which an element is tied to a peer of the event that started its graph.
func Session() element.Field {
	return element.Setting("session", value.String).
		Says("Session of the event, such as $browser; left out when the event brings only one that fits.")
}

// Codecs describes a field that narrows the codecs a peer is offered to some of those given, best first.
func Codecs(of ...media.Codec) element.Field {
	words := make([]string, 0, len(of))
	for _, c := range of {
		words = append(words, string(c))
	}
	return element.Field{
		Name:       "codecs",
		About:      "Codecs to offer, best first; all that the element has when left out.",
		Constraint: value.Constraint{Type: value.List, Item: &value.Constraint{Type: value.Codec, Of: words}},
	}
}

func appears(p element.Port) element.Port {
	p.Presence, p.Optional = element.Sometimes, true
	return p
}
