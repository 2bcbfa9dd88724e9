package doctor

import (
	"context"
	"fmt"
	"strings"
)

// encoders tells which element encodes each codec that several can, and why no better one does.
func encoders(_ context.Context, m *Machine) []Finding {
	if _, err := m.Live(); err != nil {
		return skipped("without GStreamer there are none")
	}
	var by, none []string
	var out []Finding
	for _, v := range m.Encoders {
		switch {
		case v.Encoder == "":
			none = append(none, fmt.Sprintf("%s (%s)", v.Codec, strings.Join(v.Others, "; ")))
			continue
		case v.Device:
			by = append(by, fmt.Sprintf("%s by %s, on a device", v.Codec, v.Encoder))
		default:
			by = append(by, fmt.Sprintf("%s by %s", v.Codec, v.Encoder))
		}
		for _, why := range v.Others {
			out = append(out, passed(string(v.Codec), v.Encoder, why))
		}
	}
	out = append(good("%s", strings.Join(by, ", ")), out...)
	if len(none) > 0 {
		out = append(out, skipped("cannot be encoded: %s", strings.Join(none, ", "))...)
	}
	if len(m.Undecodable) > 0 {
		out = append(out, skipped("cannot be decoded, as media.licence and media.never say: %s", strings.Join(m.Undecodable, ", "))...)
	}
	return out
}

// passed is the finding of an encoder that would have been better. One that failed its trial is worth looking into; what is not
// used for another reason is somebody's wish.
func passed(codec, encoder, why string) Finding {
	f := Finding{Level: Skip, Says: fmt.Sprintf("%s: %s; %s does it", codec, why, encoder)}
	if strings.Contains(why, "failed its trial") {
		f.Level, f.Do = Warn, "see whether the device's driver is up to date; media.hardware: off spares the trial"
	}
	return f
}
