package mix

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// spot is where a watermark lies.
func spot() []element.Field {
	return []element.Field{
		element.Number("x", -8192, 8192).Or(int64(-16)).Says("Left edge in pixels; if negative, how far its right edge is from the right."),
		element.Number("y", -8192, 8192).Or(int64(16)).Says("Top edge in pixels; if negative, how far its bottom is from the bottom."),
		element.Number("width", 0, 8192).Or(int64(0)).Says("Width in pixels; 0 is the file's."),
		element.Number("height", 0, 8192).Or(int64(0)).Says("Height in pixels; 0 is the file's."),
		element.Setting("alpha", "float").Within(0.0, 1.0).Or(1.0).Says("How much of what is below is covered; 0 is see-through."),
	}
}

// spots reads the fields with watermarks: where that of the whole lies, and, with their files, those of guests.
func spots(conf element.Conf) (element.Conf, map[string]element.Conf, error) {
	at, _ := conf["watermark_at"].(map[string]any)
	whole, err := checked("watermark_at", spot(), at)
	if err != nil {
		return nil, nil, err
	}
	if file := conf.Text("watermark"); file != "" {
		if _, err := decoder("watermark", file); err != nil {
			return nil, nil, err
		}
	}
	given, _ := conf["watermarks"].(map[string]any)
	out := make(map[string]element.Conf, len(given))
	for _, key := range slices.Sorted(maps.Keys(given)) {
		m, ok := given[key].(map[string]any)
		if !ok {
			return nil, nil, fault.New(fault.InvalidParams, "", "watermarks: that of %q is no map", key).Advise("write file, x and y")
		}
		c, err := checked("watermarks: that of "+strconv.Quote(key), append(spot(), pictureFile("file", "").Must()), m)
		if err != nil {
			return nil, nil, err
		}
		if _, err := decoder("watermarks: that of "+strconv.Quote(key), c.Text("file")); err != nil {
			return nil, nil, err
		}
		out[key] = c
	}
	return whole, out, nil
}

// mark lays a watermark over a picture. It is always there, since what it lays there may change while it plays; without a file it
// does nothing.
func mark(name, key, file string, at element.Conf) element.Part {
	part := element.Part{Name: name, Key: key, Factory: "gdkpixbufoverlay"}
	if file == "" {
		part.Props = []element.Prop{element.Set("alpha", 0.0)}
		return part
	}
	part.Props = []element.Prop{
		element.Set("offset-x", at["x"]), element.Set("offset-y", at["y"]), element.Set("overlay-width", at["width"]),
		element.Set("overlay-height", at["height"]), element.Set("alpha", at["alpha"]), element.Set("location", file),
	}
	return part
}

// watermarked are the fields that the action changes.
func watermarked(args, conf element.Conf, keys []string) (map[string]any, error) {
	key, file := args.Text("key"), args.Text("file")
	at := map[string]any{}
	for _, f := range spot() {
		at[f.Name] = cmp.Or(args[f.Name], f.Default)
	}
	fields := map[string]any{"watermark": file, "watermark_at": at}
	if key != "" {
		given, _ := conf["watermarks"].(map[string]any)
		var of any
		if at["file"] = file; file != "" {
			of = at
		}
		fields = map[string]any{"watermarks": with(given, key, of, keys)}
	}
	_, _, err := spots(element.Conf(fields))
	return fields, err
}
