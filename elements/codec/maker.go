package codec

import (
	"fmt"
	"slices"

	"sluice/engine/element"
	"sluice/engine/media"
)

// maker is one element that encodes a codec: a row of the tables.
type maker struct {
	factory string
	colours string // raw format that it is given; "" is I420, or sound
	after   string // caps that are asked of it besides the profile: ",level=(string)4"
	step    func(t Target) Step
}

// Software in place of an encoder's name means: any that needs no device.
const Software = "software"

// Makers lists the elements that can make a codec, best first. Those that need a device go before the others.
func Makers(c media.Codec) []string {
	if c.Kind() == media.Audio {
		return voices(c)
	}
	var out []string
	for _, m := range makers(c) {
		out = append(out, m.factory)
	}
	return out
}

// makers is the table of video encoders.
func makers(c media.Codec) []maker {
	simple := func(factory string, step func(Target) Step) []maker { return []maker{{factory: factory, step: step}} }
	switch c {
	case media.H264:
		return slices.Concat(devices(c), simple("x264enc", x264), simple("openh264enc", openh264))
	case media.H265:
		return append(devices(c), simple("x265enc", x265)...)
	case media.VP8:
		return append(devices(c), simple("vp8enc", vp8)...)
	case media.VP9:
		return append(devices(c), simple("vp9enc", vp9)...)
	case media.AV1:
		return append(devices(c), simple("av1enc", av1)...)
	case media.MJPEG:
		return simple("jpegenc", jpeg)
	case media.MPEG1:
		return simple("mpeg2enc", mpeg1)
	case media.Sorenson:
		return simple("avenc_flv", libav("avenc_flv"))
	case media.ScreenFlv:
		return []maker{{factory: "avenc_flashsv", colours: "BGR", step: libav("avenc_flashsv")}} // it takes no other
	}
	return nil
}

// maker finds the one that is used for a target.
func (t Target) maker(c element.Chooser) (maker, error) {
	all := makers(t.Codec)
	var among []string
	for _, m := range all {
		if t.suits(m.factory) {
			among = append(among, m.factory)
		}
	}
	if len(among) == 0 && len(all) > 0 && t.Encoder != "" {
		return maker{}, fmt.Errorf("%s does not make %s", t.Encoder, t.Codec)
	}
	if len(among) == 1 && c == nil && among[0] == t.Encoder {
		c = anything{} // it is named
	}
	name, err := pick(c, t.Codec, among)
	if err != nil {
		return maker{}, err
	}
	return all[slices.IndexFunc(all, func(m maker) bool { return m.factory == name })], nil
}

// anything takes the first of all.
type anything struct{}

func (anything) Choose(among []string) (string, error) { return among[0], nil }
func (anything) Refuse(string) error                   { return nil }

// suits tells whether an element is one for a target: the one that is named, or if none is, one that takes pictures of its size.
func (t Target) suits(factory string) bool {
	switch t.Encoder {
	case "", Auto:
		return !Device(factory) || !t.tiny()
	case Software:
		return !Device(factory)
	}
	return factory == t.Encoder
}

// tiny tells whether a picture is smaller than devices take: NVENC's H.264 begins at 145x49, its H.265 at 129x33.
func (t Target) tiny() bool {
	const width, height = 160, 64
	return t.Width > 0 && t.Width < width || t.Height > 0 && t.Height < height
}
