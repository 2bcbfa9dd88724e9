package mixer

import (
	"slices"

	mixers "sluice/api/mixer"
	"sluice/api/rest/wcs/call"
)

// settings are those of a mixer that begins. Members that are not read here are settings of WCS's own mixer, for which there is nothing
// to set: they are not looked at.
func (a api) settings(r *call.Request) mixers.Settings {
	const kilo = 1000
	const most = 1_000_000 // what is too much for a mixer it says itself
	s := a.mixers.Usual()
	s.Audio, s.Video = flag(r, "hasAudio", true), flag(r, "hasVideo", true)
	s.MCUAudio, s.MCUVideo = flag(r, "mixerMcuAudio", false), flag(r, "mixerMcuVideo", s.MCUVideo)
	s.Labels = flag(r, "mixerDisplayStreamName", s.Labels)
	if n, given := r.Whole("mixerVideoWidth", 1, most); given {
		s.Width = n
	}
	if n, given := r.Whole("mixerVideoHeight", 1, most); given {
		s.Height = n
	}
	if n, given := r.Whole("mixerVideoFps", 1, most); given {
		s.FPS = n
	}
	if n, given := r.Whole("mixerVideoBitrateKbps", 1, most); given {
		s.Bitrate = n * kilo
	}
	if text := r.Text("mixerLayoutClass"); text != "" {
		s.Layout = text
	}
	if r.Text("mixerLayoutDir") != "" {
		r.Wrong("mixerLayoutDir", "layouts in files are not read: write the description as mixerLayoutClass")
	}
	s.Background = a.file(r, "background")
	if r.Text("watermark") != "" {
		s.Watermark = a.mark(r)
	}
	return s
}

// mark is a watermark; none where no file is named.
func (a api) mark(r *call.Request) mixers.Mark {
	const most = 8192
	file := a.file(r, "watermark")
	if file == "" {
		return mixers.Mark{}
	}
	const edge = 16 // pixels, to the right and the top
	m := mixers.Mark{File: file, X: -edge, Y: edge, Alpha: 1}
	if n, given := r.Whole("x", -most, most); given {
		m.X = n
	}
	if n, given := r.Whole("y", -most, most); given {
		m.Y = n
	}
	m.Width, _ = r.Whole("width", 0, most)
	m.Height, _ = r.Whole("height", 0, most)
	if n, given := r.Number("alpha", 0, 1); given {
		m.Alpha = n
	}
	return m
}

// flag is a member that is true or false, or what it is where it is left out.
func flag(r *call.Request, name string, usual bool) bool {
	if is, given := r.Flag(name); given {
		return is
	}
	return usual
}

// label is a text that is written into a picture.
func label(r *call.Request, name string) string {
	text := r.Text(name)
	if err := mixers.Label(text); err != nil {
		r.Wrong(name, "%s", call.Message(err))
	}
	return text
}

// streams are those that are meant: a name, a regular expression, or a list of names.
func streams(r *call.Request) mixers.Which {
	list := r.Texts("streams")
	if len(list) == 0 {
		list = r.Texts("remoteStreamName")
	}
	switch {
	case len(list) == 0:
		r.Wrong("streams", "it is missing")
	case len(list) == 1:
		return mixers.Like(list[0])
	}
	return mixers.Named(list...)
}

// look is what is to be seen of a mixer that plays: members that are not given are left as they are, and others refused.
func (a api) look(r *call.Request) mixers.Look {
	var l mixers.Look
	for _, name := range r.Names() {
		switch name {
		case "uri", "x", "y", "width", "height", "alpha": // of the watermark
		case "mixerLayoutClass":
			text := r.Text(name)
			if err := mixers.CheckLayout(text); err != nil {
				r.Wrong(name, "%s", call.Message(err))
			}
			l.Layout = &text
		case "background":
			file := a.file(r, name)
			l.Background = &file
		case "watermark":
			mark := a.mark(r)
			l.Mark = &mark
		default:
			r.Wrong(name, "it cannot be changed while the mixer plays")
		}
	}
	if l == (mixers.Look{}) {
		r.Wrong("mixerLayoutClass", "nothing is to be changed")
	}
	return l
}

// marked is the mark of a call that is about nothing else. Members that it does not know are refused: misspelt, they would take the
// mark off.
func (a api) marked(r *call.Request) mixers.Mark {
	if !r.Has("watermark") {
		r.Wrong("watermark", "it is missing; an empty one takes the mark off")
	}
	refuseOthers(r, "uri", "remoteStreamName", "watermark", "x", "y", "width", "height", "alpha")
	return a.mark(r)
}

// refuseOthers refuses members that a call does not know.
func refuseOthers(r *call.Request, known ...string) {
	for _, name := range r.Names() {
		if !slices.Contains(known, name) {
			r.Wrong(name, "it is not known here")
		}
	}
}
