package mix

import (
	"fmt"
	"hash/fnv"
	"html"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sluice/elements/mix/layout"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/value"
)

// stillRate is how often a still picture is given to the compositor, which repeats it in between.
const stillRate = "1/5"

// decoder is what reads a file with a picture, by its name. What is in the file is looked at before it is opened.
func decoder(what, file string) (string, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".png":
		return "pngdec", nil
	case ".jpg", ".jpeg":
		return "gdkpixbufdec", nil // jpegdec does not say that its brightness has the full range
	}
	return "", fault.New(fault.InvalidParams, "", "%s: %q is no name of a PNG or JPEG file", what, file).
		Advise("it ends with .png, .jpg or .jpeg")
}

// faces reads the fields with avatars: files by key, and that of all others under "".
func faces(conf element.Conf) (map[string]string, error) {
	out := map[string]string{}
	if file := conf.Text("avatar"); file != "" {
		out[""] = file
	}
	given, _ := conf["avatars"].(map[string]any)
	for key, v := range given {
		file, ok := v.(string)
		if !ok || file == "" {
			return nil, fault.New(fault.InvalidParams, "", "avatars: that of %q is no name of a file", key)
		}
		out[key] = file
	}
	for _, key := range slices.Sorted(maps.Keys(out)) {
		if _, err := decoder("avatar", out[key]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// face is the file of somebody's avatar; "" without one.
func (v *video) face(key string) string {
	if file, own := v.faces[key]; own {
		return file
	}
	return v.faces[""]
}

// backgrounds checks what lies below all pictures.
func backgrounds(conf element.Conf) error {
	file, colour := conf.Text("background"), conf.Text("colour")
	if file != "" {
		if _, err := decoder("background", file); err != nil {
			return err
		}
	}
	if _, err := argb(colour); colour != "" && err != nil {
		return err
	}
	if (file != "" || colour != "") && !keepsTime(conf) {
		return fault.New(fault.InvalidParams, "", "a mixer with live=false has no background")
	}
	return nil
}

// grounded are the fields that the action "background" changes.
func grounded(args element.Conf) (map[string]any, error) {
	file, colour := args.Text("file"), args.Text("colour")
	if file != "" && colour != "" {
		return nil, fault.New(fault.InvalidParams, "", "the background is a file or a colour: one of the two")
	}
	fields := map[string]any{"background": file, "colour": colour}
	return fields, backgrounds(element.Conf(fields))
}

// faced are the fields that the action "avatar" changes.
func faced(args, conf element.Conf, keys []string) (map[string]any, error) {
	key, file := args.Text("key"), args.Text("file")
	if key == "" {
		fields := map[string]any{"avatar": file}
		_, err := faces(element.Conf(fields))
		return fields, err
	}
	var own any
	if file != "" {
		own = file
	}
	given, _ := conf["avatars"].(map[string]any)
	fields := map[string]any{"avatars": with(given, key, own, keys)}
	_, err := faces(element.Conf(fields))
	return fields, err
}

// argb reads a colour as videotestsrc has it.
func argb(colour string) (int64, error) {
	digits, is := strings.CutPrefix(colour, "#")
	rgb, err := strconv.ParseUint(digits, 16, 24)
	if !is || err != nil || len(digits) != len("rrggbb") {
		return 0, fault.New(fault.InvalidParams, "", "%q is no colour", colour).Advise("write #rrggbb, such as #203040")
	}
	return 0xff000000 | int64(rgb), nil
}

// background lays a picture or a colour below all others.
func (v *video) background() {
	s := still{
		what: "back", width: v.width, height: v.height, file: v.conf.Text("background"), colour: v.conf.Text("colour"), fill: layout.Crop,
	}
	if s.file != "" || s.colour != "" {
		whole := place{alpha: 1, Placement: layout.Placement{Shown: true, Box: layout.Box{Width: v.width, Height: v.height}}}
		v.still(s, whole, element.Joint{})
	}
}

// avatar shows something in the place of a picture: always, or as long as that does not come.
func (v *video) avatar(key string, at place, as element.Joint) {
	if file := v.face(key); file != "" && at.Shown && keepsTime(v.conf) {
		const most = 360 // of its height: it is drawn once, and scaled from there
		height := min(v.height, most) &^ 1
		s := still{what: "face", key: key, width: (v.width * height / v.height) &^ 1, height: height, file: file}
		if v.conf.Bool("labels") {
			s.text = v.text(key)
		}
		v.still(s, at, as)
	}
}

// still is a picture that does not move.
type still struct {
	what, key     string
	width, height int64
	file, colour  string // one of the two
	fill          layout.Fill
	text          string
}

// still shows what does not move: it is read, scaled and written on once, and then only repeated. What it is made of is in its
// parts' names, so that another one comes as this one goes.
func (v *video) still(s still, at place, as element.Joint) {
	name := s.name()
	// The colours of the others: a JPEG's full range would become that of the whole, and nobody behind the mixer reads it as such.
	canvas := fmt.Sprintf("video/x-raw,format=I420,width=%d,height=%d,pixel-aspect-ratio=1/1,colorimetry=bt601", s.width, s.height)
	var parts []element.Part
	add := func(ending, factory string, props ...element.Prop) {
		parts = append(parts, element.Part{Name: name + ending, Factory: factory, Apart: name, Props: props})
	}
	if s.file != "" {
		reads, _ := decoder(s.what, s.file) // checked already
		add("-file", "filesrc", element.Set("location", s.file))
		add("-dec", reads)
		if s.fill == layout.Crop {
			add("-crop", "aspectratiocrop", element.Set("aspect-ratio", value.Ratio{Num: s.width, Den: s.height}))
		}
	} else {
		colour, _ := argb(s.colour)
		add("-fill", "videotestsrc",
			element.Set("pattern", "solid-color"), element.Set("foreground-color", colour), element.Set("num-buffers", int64(1)))
	}
	add("-scale", "videoconvertscale")
	add("-caps", "capsfilter", element.Set("caps", canvas))
	last := v.Chain("", s.key, parts...)
	if s.text != "" {
		written := label(s.key, html.EscapeString(s.text))
		written.Name, written.Apart = name+"-label", name
		v.Chain("", s.key, written)
		v.Joints = append(v.Joints, element.Joint{
			From: element.Pad{Part: last}, To: element.Pad{Part: written.Name, Name: "video_sink"}, Key: s.key,
		})
		last = written.Name
	}
	parts = nil
	add("-freeze", "imagefreeze", element.Set("is-live", true))
	add("-rate", "capsfilter", element.Set("caps", "video/x-raw,framerate="+stillRate))
	last = v.Chain(last, s.key, parts...)
	v.show(last, s.key, v.props(at), as)
}

// name is what a still picture's parts are called.
func (s still) name() string {
	sum := fnv.New32a()
	for _, text := range []string{s.file, s.colour, s.text} {
		_, _ = sum.Write([]byte(text + "\x00")) // never fails
	}
	if s.key != "" {
		return fmt.Sprintf("%s-%s-%08x", s.what, s.key, sum.Sum32())
	}
	return fmt.Sprintf("%s-%08x", s.what, sum.Sum32())
}
