package measure

import "sluice/engine/caps"

// component is where one of a picture's three components lies.
type component struct {
	offset, step, stride int  // bytes from the start, from pixel to pixel, from row to row
	right, down          uint // how often its sides are halved: 1 for the colour of I420
}

// layout is where the components of a format lie, with the padding that GStreamer gives it by default
// (fill_planes in video-info.c of GStreamer 1.22).
type layout struct {
	parts [3]component // Y, U and V, or red, green and blue
	bytes int
	rgb   bool
	grey  bool // there is only Y
}

func up2(n int) int { return (n + 1) &^ 1 }
func up4(n int) int { return (n + 3) &^ 3 }
func up8(n int) int { return (n + 7) &^ 7 }

// layoutOf finds the layout of a format at a size.
func layoutOf(format string, w, h int) (layout, bool) {
	if at, ok := packed()[format]; ok {
		return at.layout(w, h), true
	}
	y := component{step: 1, stride: up4(w)}
	switch format {
	case "GRAY8":
		return layout{parts: [3]component{y, y, y}, bytes: y.stride * h, grey: true}, true
	case "I420", "YV12":
		size := y.stride * up2(h)
		u := component{offset: size, step: 1, stride: up4(up2(w) / 2), right: 1, down: 1}
		v := u
		v.offset += u.stride * up2(h) / 2
		if format == "YV12" {
			u, v = v, u
		}
		return layout{parts: [3]component{y, u, v}, bytes: size + u.stride*up2(h)}, true
	case "NV12", "NV21":
		size := y.stride * up2(h)
		u := component{offset: size, step: 2, stride: y.stride, right: 1, down: 1}
		v := u
		v.offset++
		if format == "NV21" {
			u, v = v, u
		}
		return layout{parts: [3]component{y, u, v}, bytes: size + y.stride*up2(h)/2}, true
	case "Y42B":
		u := component{offset: y.stride * h, step: 1, stride: up8(w) / 2, right: 1}
		v := u
		v.offset += u.stride * h
		return layout{parts: [3]component{y, u, v}, bytes: v.offset + v.stride*h}, true
	case "Y444":
		u, v := y, y
		u.offset, v.offset = y.stride*h, 2*y.stride*h
		return layout{parts: [3]component{y, u, v}, bytes: 3 * y.stride * h}, true
	}
	return layout{}, false
}

// pixels says where the components lie in formats that have them side by side.
type pixels struct {
	size  int // bytes of a pixel
	at    [3]int
	rgb   bool
	halve bool // two pixels share their colour: YUY2, UYVY
}

func packed() map[string]pixels {
	out := map[string]pixels{
		"RGB": {3, [3]int{0, 1, 2}, true, false}, "BGR": {3, [3]int{2, 1, 0}, true, false},
		"AYUV": {4, [3]int{1, 2, 3}, false, false},
		"YUY2": {2, [3]int{0, 1, 3}, false, true}, "UYVY": {2, [3]int{1, 0, 2}, false, true},
	}
	for at, names := range map[[3]int][]string{
		{0, 1, 2}: {"RGBA", "RGBx"}, {2, 1, 0}: {"BGRA", "BGRx"}, {1, 2, 3}: {"ARGB", "xRGB"}, {3, 2, 1}: {"ABGR", "xBGR"},
	} {
		for _, name := range names {
			out[name] = pixels{4, at, true, false}
		}
	}
	return out
}

func (p pixels) layout(w, h int) layout {
	l := layout{rgb: p.rgb}
	stride := up4(w * p.size)
	for i, at := range p.at {
		l.parts[i] = component{offset: at, step: p.size, stride: stride}
		if p.halve && i > 0 {
			l.parts[i].step, l.parts[i].right = 2*p.size, 1
		}
	}
	l.bytes = stride * h
	return l
}

// colorimetry is how Y, U and V make a colour.
type colorimetry struct {
	kr, kb float64 // of the matrix
	full   bool    // Y from 0 to 255, not from 16 to 235
}

// colorimetryOf reads caps' colorimetry, by name or as range:matrix:transfer:primaries with the numbers of
// GstVideoColorRange and GstVideoColorMatrix. Without one it is GStreamer's own choice, which goes by height
// (set_default_colorimetry in video-info.c).
func colorimetryOf(c caps.Caps, height int) colorimetry {
	sd, hd := colorimetry{kr: 0.299, kb: 0.114}, colorimetry{kr: 0.2126, kb: 0.0722}
	text := word(c, "colorimetry")
	if len(text) > 2 && text[1] == ':' {
		out := sd
		if text[2] == '3' {
			out = hd
		}
		out.full = text[0] == '1'
		return out
	}
	switch text {
	case "bt601":
		return sd
	case "bt709":
		return hd
	}
	if height > 576 {
		return hd
	}
	return sd
}
