package mix

import (
	"math"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// mostVolume is the greatest factor.
const mostVolume = 10.0

// volumes reads the field: a factor for each key.
func volumes(conf element.Conf) (map[string]float64, error) {
	given, _ := conf["volumes"].(map[string]any)
	out := make(map[string]float64, len(given))
	for key, v := range given {
		n, ok := number(v)
		if !ok || !(n >= 0 && n <= mostVolume) {
			return nil, fault.New(fault.InvalidParams, "", "volumes: that of %q is %v, not a number from 0 to 10", key, v)
		}
		out[key] = n
	}
	return out, nil
}

// levelEvery is how often what a guest says is measured, in nanoseconds.
const levelEvery = 200_000_000

// gain is what stands behind a guest's entry: its volume and, where the mixer keeps time, before it what makes the sound even and
// behind it the measuring of what it says then.
func (b audio) gain(key string) string {
	volume := 1.0
	if v, ok := b.volumes[key]; ok {
		volume = v
	}
	if b.muted[key] {
		volume = 0
	}
	parts := append(b.even(key), element.Part{Name: "gain-" + key, Factory: "volume", Props: []element.Prop{
		element.Set("volume", volume).During(span(b.conf, "ramp", usualRamp)),
	}})
	b.Enter(in, key, element.Pad{Part: parts[0].Name})
	if keepsTime(b.conf) {
		parts = append(parts, element.Part{Name: "level-" + key, Factory: "level", Props: []element.Prop{
			element.Set("interval", int64(levelEvery)),
		}})
	}
	return b.Chain("", key, parts...)
}

// Steer implements element.Steered.
func (Audio) Steer(action string, args, conf element.Conf, keys []string) (map[string]any, error) {
	key := args.Text("key")
	if err := known(key, keys); err != nil {
		return nil, err
	}
	if action == "mute" {
		return map[string]any{"muted": among(conf.List("muted"), key, args.Bool("muted"), keys)}, nil
	}
	volume := args.Float("volume")
	switch {
	case args.Has("volume") == args.Has("db"):
		return nil, fault.New(fault.InvalidParams, "", "the volume is given as a factor or in dB: one of the two").
			Advise("write volume: 0.5, or db: -6")
	case args.Has("db"):
		volume = math.Pow(10, args.Float("db")/20)
	}
	given, _ := conf["volumes"].(map[string]any)
	return map[string]any{"volumes": with(given, key, volume, keys)}, nil
}
