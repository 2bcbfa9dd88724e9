package rtmp

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/engine/media"
)

// format is a codec of an offer.
type format struct {
	kind    media.Kind
	payload int
	name    string // as the offer writes it: "speex/16000"
	codec   media.Codec
}

// offer is what is read of the offer of a page whose media goes over RTMP: which codecs it names. No port or address in it means
// anything.
type offer struct{ formats []format }

// What is read of an offer.
const (
	maxLine    = 256
	maxFormats = 32
)

// parseOffer reads an offer. What cannot be read is left out.
func parseOffer(text string) offer {
	var o offer
	var kind media.Kind
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line[:min(len(line), maxLine)])
		switch {
		case strings.HasPrefix(line, "m="):
			kind = media.Kind(strings.SplitN(line[2:], " ", 2)[0])
			o.static(kind, line)
		case strings.HasPrefix(line, "a=rtpmap:"):
			number, name, _ := strings.Cut(line[len("a=rtpmap:"):], " ")
			o.add(kind, number, name)
		}
	}
	return o
}

// static adds what needs no rtpmap (RFC 3551, 6).
func (o *offer) static(kind media.Kind, line string) {
	fields := strings.Fields(line)
	for i, f := range fields {
		if name := map[string]string{"0": "PCMU/8000", "8": "PCMA/8000"}[f]; i > 2 && name != "" {
			o.add(kind, f, name)
		}
	}
}

// add adds a codec, if Flash had it.
func (o *offer) add(kind media.Kind, number, name string) {
	short, _, _ := strings.Cut(strings.ToLower(name), "/")
	codec := map[string]media.Codec{
		"h264": media.H264, "pcma": media.PCMA, "pcmu": media.PCMU, "speex": media.Speex, "speex16": media.Speex,
		"mpeg4-generic": media.AAC, "aac": media.AAC,
	}[short]
	payload, err := strconv.Atoi(number)
	if codec == "" || codec.Kind() != kind || err != nil || payload < 0 || payload > 127 || len(o.formats) >= maxFormats {
		return
	}
	for _, f := range o.formats {
		if f.kind == kind && f.payload == payload {
			return
		}
	}
	o.formats = append(o.formats, format{kind, payload, name, codec})
}

// useful tells whether there is anything in it.
func (o offer) useful() bool { return len(o.formats) > 0 }

// want is what the page takes, in its order.
func (o offer) want() media.Want {
	var w media.Want
	for _, f := range o.formats {
		if f.kind == media.Audio {
			w.Audio = append(w.Audio, f.codec)
		} else {
			w.Video = append(w.Video, f.codec)
		}
	}
	return w
}

// answer is the answer to it: of who publishes, all that is taken, the sound of telephones first, which is what its microphone begins
// with; of who plays, the tracks that come. Its direction is ours.
func (o offer) answer(publish bool, tracks []media.Track) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0")
	line("o=- 0 1 IN IP4 127.0.0.1")
	line("s=-")
	line("c=IN IP4 0.0.0.0")
	line("t=0 0")
	for _, kind := range []media.Kind{media.Video, media.Audio} {
		list := o.agreed(kind, publish, tracks)
		if len(list) == 0 {
			if len(o.agreed(kind, true, nil)) > 0 {
				line("m=%s 0 RTP/AVP %d", kind, o.agreed(kind, true, nil)[0].payload)
				line("a=inactive")
			}
			continue
		}
		line("m=%s 9 RTP/AVP%s", kind, payloads(list)) // RFC 3264 has no port for what does not go by RTP: 9, the port for nothing
		for _, f := range list {
			line("a=rtpmap:%d %s", f.payload, f.name)
			if f.codec == media.H264 {
				line("a=fmtp:%d packetization-mode=1; profile-level-id=42e01e", f.payload)
			}
		}
		line("a=%s", map[bool]string{true: "recvonly", false: "sendonly"}[publish])
	}
	return b.String()
}

// agreed are the codecs of a kind that are used.
func (o offer) agreed(kind media.Kind, publish bool, tracks []media.Track) []format {
	var first, others []format
	t, comes := media.Description{Tracks: tracks}.Track(kind)
	for _, f := range o.formats {
		switch {
		case f.kind != kind || !publish && (!comes || f.codec != t.Codec):
		case publish && f.codec == media.PCMA:
			first = append(first, f)
		default:
			others = append(others, f)
		}
	}
	return append(first, others...)
}

func payloads(list []format) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, " %d", f.payload)
	}
	return b.String()
}
