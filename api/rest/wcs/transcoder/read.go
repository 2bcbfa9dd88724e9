package transcoder

import (
	"strings"

	"sluice/api/rest/wcs/call"
	"sluice/api/rest/wcs/picture"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// What may be asked for. Sides are as of those that players ask for.
const (
	leastSide, mostSide       = 16, 4096
	mostFPS                   = 120
	mostGroup                 = 10_000
	leastKilobit, mostKilobit = 10, 100_000
	leastSound, mostSound     = 6, 512 // kbit/s
	leastRate, mostRate       = 8000, 96_000
	mostOffset                = 8192
)

// The names that transcoders have: one kind for each way to start them.
const (
	scheme  = "transcoder://"
	scheme2 = "transcoder2://"
)

// read reads what startup asks. WCS has the pictures in "encoder".
func read(r *call.Request, pictures *picture.Folder) (Task, error) {
	t := begin(r, scheme)
	t.Video = video(r.Object.Object("encoder"), pictures)
	return t, r.Err()
}

// read2 reads what startup of transcoder2 asks: the settings of pictures and of sound, each in an object of its own.
func read2(r *call.Request, pictures *picture.Folder) (Task, error) {
	t := begin(r, scheme2)
	in := r.Object
	if encoder := in.Object("encoder"); encoder.Has("video") || encoder.Has("audio") {
		in = encoder
	} else if !in.Has("video") {
		t.Video = video(encoder, pictures)
	}
	if in.Has("video") {
		t.Video = video(in.Object("video"), pictures)
	}
	t.Audio = audio(in.Object("audio"))
	return t, r.Err()
}

// begin reads the names.
func begin(r *call.Request, scheme string) Task {
	t := Task{URI: r.Need("uri"), Input: r.Need("remoteStreamName"), Output: r.Need("localStreamName")}
	if name, ok := strings.CutPrefix(t.URI, scheme); t.URI != "" && (!ok || hub.CheckName(name) != nil) {
		r.Wrong("uri", "%.80q is not %sNAME", t.URI, scheme)
	}
	for member, name := range map[string]string{"remoteStreamName": t.Input, "localStreamName": t.Output} {
		if name != "" && hub.CheckName(name) != nil {
			r.Wrong(member, "%.80q is no name of a stream", name)
		}
	}
	return t
}

// video reads what is asked of the pictures.
func video(o call.Object, pictures *picture.Folder) Video {
	v := Video{Codecs: codecs(o, media.Video), Mark: mark(o, pictures)}
	v.Width, v.Height = side(o, "width"), side(o, "height")
	if wide, high := max(v.Width, v.Height), min(v.Width, v.Height); high > 0 && wide > slimmest*high {
		o.Wrong("width", "%d x %d is slimmer than %d to 1", v.Width, v.Height, slimmest)
	}
	v.FPS, _ = o.Number("fps", 0, mostFPS)
	if v.FPS != 0 && v.FPS < 1 {
		o.Wrong("fps", "%v is less than 1", v.FPS)
	}
	v.Group, _ = o.Whole("keyFrameInterval", 0, mostGroup)
	if v.Group == 0 {
		v.Group, _ = o.Whole("gop", 0, mostGroup)
	}
	v.Quality, _ = o.Whole("quality", 0, 100)
	v.Kilobit = kilobit(o, leastKilobit, mostKilobit)
	for _, name := range []string{"type", "codecImpl"} {
		switch impl := o.Text(name); strings.ToUpper(impl) {
		case "", "FF":
		case "OPENH264":
			v.Encoder = "openh264enc"
		default:
			o.Wrong(name, "%.40q is neither OPENH264 nor FF", impl)
		}
	}
	return v
}

// slimmest is how many times as long one side may be as the other.
const slimmest = 10

// side reads a side of the picture; 0 leaves it open.
func side(o call.Object, name string) int {
	n, _ := o.Whole(name, 0, mostSide)
	if n != 0 && n < leastSide {
		o.Wrong(name, "%d is not between %d and %d", n, leastSide, mostSide)
	}
	return n
}

// kilobit reads a bit rate; 0 leaves it open.
func kilobit(o call.Object, least, most int) int {
	n, _ := o.Whole("bitrate", 0, most)
	if n != 0 && n < least {
		o.Wrong("bitrate", "%d is not between %d and %d kbit/s", n, least, most)
	}
	return n
}

// mark reads which picture is to be laid over the others, and where.
func mark(o call.Object, pictures *picture.Folder) Mark {
	m := Mark{Name: o.Text("watermark"), X: -16, Y: 16, Alpha: 1}
	if n, given := o.Whole("x", -mostOffset, mostOffset); given {
		m.X = n
	}
	if n, given := o.Whole("y", -mostOffset, mostOffset); given {
		m.Y = n
	}
	if a, given := o.Number("alpha", 0, 1); given {
		m.Alpha = a
	}
	if m.Name == "" {
		return m
	}
	path, err := pictures.Find(m.Name)
	if f, ok := err.(*fault.Fault); ok { //nolint:errorlint // it is the error itself
		o.Wrong("watermark", "%s", f.Msg)
	}
	m.Path = path
	return m
}

// audio reads what is asked of the sound.
func audio(o call.Object) Audio {
	a := Audio{Codecs: codecs(o, media.Audio), Kilobit: kilobit(o, leastSound, mostSound)}
	a.Rate, _ = o.Whole("rate", 0, mostRate)
	if a.Rate != 0 && a.Rate < leastRate {
		o.Wrong("rate", "%d is not between %d and %d", a.Rate, leastRate, mostRate)
	}
	a.Channels, _ = o.Whole("channels", 0, 2)
	return a
}

// codecs reads a codec or a list of them, by the names that WCS has for them or ours.
func codecs(o call.Object, kind media.Kind) []media.Codec {
	var out []media.Codec
	for _, name := range o.Texts("codec") {
		c := named(strings.ToLower(name))
		if c.Kind() != kind {
			o.Wrong("codec", "%.40q is no codec of %s", name, kind)
			continue
		}
		out = append(out, c)
	}
	return out
}

// named is the codec of a name of WCS's.
func named(name string) media.Codec {
	switch name {
	case "mpeg4-generic":
		return media.AAC
	case "alaw":
		return media.PCMA
	case "ulaw":
		return media.PCMU
	case "speex16":
		return media.Speex
	case "flv":
		return media.Sorenson
	case "mpv":
		return media.MPEG1
	}
	return media.Codec(name)
}
