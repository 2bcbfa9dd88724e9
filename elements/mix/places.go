package mix

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"sluice/elements/mix/layout"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// place is where a picture lies.
type place struct {
	layout.Placement
	alpha float64
}

// lay says where the pictures of guests lie. Those who were placed, those who are hidden and those of whom there is nothing to be
// seen are out of the layout: the others have it for themselves.
func lay(conf element.Conf, keys []string, seen func(key string) bool) ([]place, error) {
	l, err := layout.Read(cmp.Or(conf.Text("layout"), "grid"))
	if err != nil {
		return nil, err
	}
	placed, err := places(conf)
	if err != nil {
		return nil, err
	}
	s := layout.Scene{
		Large: large(conf, keys), Width: side(conf, "width", usualWidth), Height: side(conf, "height", usualHeight),
	}
	shown := func(key string) bool { return seen(key) && !slices.Contains(conf.List("hidden"), any(key)) }
	for _, key := range keys {
		if _, out := placed[key]; !out && shown(key) {
			s.Guests = append(s.Guests, key)
		}
	}
	laid := l.Lay(s)
	out := make([]place, len(keys))
	for i, key := range keys {
		out[i] = place{Placement: layout.Placement{Layer: 1}, alpha: 1}
		if n := slices.Index(s.Guests, key); n >= 0 {
			out[i].Placement = laid[n]
			out[i].Layer = max(1, laid[n].Layer)
		} else if p, is := placed[key]; is {
			out[i] = p
			out[i].Shown = shown(key)
		}
	}
	return out, nil
}

// large is who is shown large: the one in the spotlight, else who speaks.
func large(conf element.Conf, keys []string) string {
	if s := conf.Text("spotlight"); slices.Contains(keys, s) {
		return s
	}
	return conf.Text("speaker")
}

// sides are what a place is made of, with the limits of each.
func sides() []element.Field {
	return []element.Field{
		element.Number("x", -8192, 8192).Must().Says("Left edge in pixels."),
		element.Number("y", -8192, 8192).Must().Says("Top edge in pixels."),
		element.Number("width", 2, 8192).Must().Says("Width in pixels."),
		element.Number("height", 2, 8192).Must().Says("Height in pixels."),
		element.Number("layer", 1, 1000).Or(int64(1)).Says("Which picture covers which; higher covers lower."),
		element.Setting("alpha", "float").Within(0.0, 1.0).Or(1.0).Says("How much of what is below is covered; 0 is see-through."),
		element.Choice("fill", "fit", "crop").Or("fit").Says("Whether all of the picture is shown, or all of the place filled."),
	}
}

// places reads the field: a place for each key.
func places(conf element.Conf) (map[string]place, error) {
	given, _ := conf["places"].(map[string]any)
	out := make(map[string]place, len(given))
	for _, key := range slices.Sorted(maps.Keys(given)) {
		m, ok := given[key].(map[string]any)
		if !ok {
			return nil, fault.New(fault.InvalidParams, "", "places: that of %q is no map", key).Advise("write x, y, width and height")
		}
		c, err := checked("places: that of "+strconv.Quote(key), sides(), m)
		if err != nil {
			return nil, err
		}
		p := place{alpha: c.Float("alpha"), Placement: layout.Placement{
			Box:   layout.Box{X: c.Int("x"), Y: c.Int("y"), Width: c.Int("width"), Height: c.Int("height")},
			Layer: c.Int("layer"),
		}}
		if c.Text("fill") == "crop" {
			p.Fill = layout.Crop
		}
		out[key] = p
	}
	return out, nil
}

// checked types the parts of a map, and adds those that are not written.
func checked(what string, fields []element.Field, m map[string]any) (element.Conf, error) {
	out := element.Conf{}
	wrong := func(format string, args ...any) error {
		return fault.New(fault.InvalidParams, "", "%s "+format, append([]any{what}, args...)...)
	}
	for _, f := range fields {
		v, is := m[f.Name]
		switch {
		case is:
			got, err := f.Constraint.Accept(v)
			if err != nil {
				return nil, wrong("has a wrong %s: %v", f.Name, err)
			}
			out[f.Name] = got
		case f.Required:
			return nil, wrong("has no %s", f.Name)
		default:
			out[f.Name] = f.Default
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if _, is := out[name]; !is {
			return nil, wrong("has %q, which is none of its parts", name)
		}
	}
	return out, nil
}

// Steer implements element.Steered.
func (Video) Steer(action string, args, conf element.Conf, keys []string) (map[string]any, error) {
	key := args.Text("key")
	off := (action == "avatar" || action == "watermark") && args.Text("file") == "" // also of one who has left
	if key != "" && !off {
		if err := known(key, keys); err != nil {
			return nil, err
		}
	}
	switch action {
	case "layout":
		if _, err := layout.Read(args.Text("layout")); err != nil {
			return nil, err
		}
		return map[string]any{"layout": args.Text("layout")}, nil
	case "spotlight":
		return map[string]any{"spotlight": key}, nil
	case "background":
		return grounded(args)
	case "watermark":
		return watermarked(args, conf, keys)
	case "avatar":
		return faced(args, conf, keys)
	}
	if err := known(key, keys); err != nil {
		return nil, err
	}
	return ofGuest(action, key, args, conf, keys)
}

// ofGuest is Steer for what is done to one guest.
func ofGuest(action, key string, args, conf element.Conf, keys []string) (map[string]any, error) {
	given, _ := conf["places"].(map[string]any)
	switch action {
	case "label":
		names, _ := conf["names"].(map[string]any)
		fields := map[string]any{"names": with(names, key, args.Text("text"), keys)}
		_, err := labels(element.Conf(fields))
		return fields, err
	case element.Turn:
		return map[string]any{"speaker": key}, nil
	case "video":
		return map[string]any{"still": among(conf.List("still"), key, !args.Bool("enabled"), keys)}, nil
	case "hide":
		return map[string]any{"hidden": among(conf.List("hidden"), key, args.Bool("hidden"), keys)}, nil
	case "release":
		return map[string]any{"places": with(given, key, nil, keys)}, nil
	}
	where := map[string]any{}
	for _, f := range sides() {
		where[f.Name] = args[f.Name]
	}
	return map[string]any{"places": with(given, key, where, keys)}, nil
}
