package catalog_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"sluice/engine/element/catalog"
	"sluice/engine/value"
)

func TestTidy(t *testing.T) {
	tests := []struct {
		about     string
		have, got catalog.PropertyRecord
	}{
		{"natural limits of an int",
			record("gint", "-2147483648", "2147483647", "0"), record("gint", "", "", "0")},
		{"others are kept",
			record("gint", "-2147483648", "100", "7"), record("gint", "", "100", "7")},
		{"natural limits of a guint64",
			record("guint64", "0", "18446744073709551615", "18446744073709551615"), record("guint64", "", "", "18446744073709551615")},
		{"a float's digits are those of 32 bits",
			record("gfloat", "-3.4028234663852886e+38", "0.10000000149011612", "0.80000001192092896"), record("gfloat", "", "0.1", "0.8")},
		{"a double's of 64",
			record("gdouble", "0", "1.7976931348623157e+308", "0.10000000000000001"), record("gdouble", "0", "", "0.1")},
		{"fractions are kept as they are",
			record("GstFraction", `"0/1"`, `"2147483647/1"`, `"30000/1001"`), record("GstFraction", `"0/1"`, `"2147483647/1"`, `"30000/1001"`)},
	}
	for _, tt := range tests {
		r := &catalog.Record{
			Plugin:   catalog.Plugin{File: "/usr/lib/somewhere/libgstp.so"},
			Classes:  []catalog.Class{{Properties: []catalog.PropertyRecord{tt.have}}},
			Pads:     []catalog.PadRecord{{Classes: []catalog.Class{{Properties: []catalog.PropertyRecord{tt.have}}}}},
			Defaults: map[string]json.RawMessage{"p": tt.have.Default},
		}
		catalog.NewUnits().Tidy(r)
		if got := r.Classes[0].Properties[0]; !reflect.DeepEqual(got, tt.got) {
			t.Errorf("%s: got %s, want %s", tt.about, shown(got), shown(tt.got))
		}
		if got := r.Pads[0].Classes[0].Properties[0]; !reflect.DeepEqual(got, tt.got) {
			t.Errorf("%s, of a pad: got %s", tt.about, shown(got))
		}
		if got := string(r.Defaults["p"]); got != string(tt.got.Default) {
			t.Errorf("%s: own default %s", tt.about, got)
		}
		if r.Plugin.File != "libgstp.so" {
			t.Errorf("file is %q", r.Plugin.File)
		}
	}
}

func record(typ, low, high, def string) catalog.PropertyRecord {
	raw := func(s string) json.RawMessage {
		if s == "" {
			return nil
		}
		return json.RawMessage(s)
	}
	return catalog.PropertyRecord{Name: "p", Type: typ, Min: raw(low), Max: raw(high), Default: raw(def)}
}

func shown(p catalog.PropertyRecord) string {
	text, err := json.Marshal(p)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// The sentences are GStreamer 1.22's own.
func TestUnits(t *testing.T) {
	units := catalog.NewUnits()
	for blurb, want := range map[string]value.Unit{
		"Max. amount of data in the queue (in ns, 0=disable)":                                       value.UnitNanosecond,
		"Post a message after timeout nanoseconds (0 = disabled)":                                   value.UnitNanosecond,
		"Allow non-reference streams to be that many ns before the reference stream":                value.UnitNanosecond,
		"Deadline per frame (usec, 0=best, 1=realtime)":                                             value.UnitMicrosecond,
		"Fail after timeout microseconds on TCP connections (0 = disabled)":                         value.UnitMicrosecond,
		"Amount of ms to buffer":                                                                    value.UnitMillisecond,
		"Minimum latency (milliseconds)":                                                            value.UnitMillisecond,
		"RTMP timeout in seconds":                                                                   value.UnitSecond,
		"The maximum allowed time in seconds for valid packets not to arrive from the peer":         value.UnitSecond,
		"Bitrate in kbit/sec":                                                                       value.UnitKilobit,
		"Target bitrate, in kilobits per second":                                                    value.UnitKilobit,
		"Bitrate of output stream in kbps (0 = autodetect)":                                         value.UnitKilobit,
		"Target bitrate (in bits/sec) (0: auto - bitrate depends on resolution)":                    value.UnitBit,
		"Specify an encoding bit-rate (in bps).":                                                    value.UnitBit,
		"set bitrate (in bits/s) (Generic codec option, might have no effect)":                      value.UnitBit,
		"The maximum bits per second to render (0 = disabled)":                                      value.UnitBit,
		"Max. amount of data in the queue (bytes, 0=disable)":                                       value.UnitByte,
		"The maximum number of bytes to queue internally (0 = unlimited)":                           value.UnitByte,
		"Maximum payload size in bytes":                                                             value.UnitByte,
		"The bandwidth of the session in bytes per second (0 for auto-discover)":                    value.UnitNone,
		"(Re)timestamps buffers with number of bytes per second (0 = inactive)":                     value.UnitNone,
		"Emit need-data when queued bytes drops below this percent of max-bytes":                    value.UnitNone,
		"Maximum framerate allowed to pass through (in frames per second, implies drop-only)":       value.UnitNone,
		"Frequency of second telephony tone component":                                              value.UnitNone,
		"Gain to apply to the playback, in millibel":                                                value.UnitNone,
		"The maximum amount of time to queue internally (0 = unlimited)":                            value.UnitNone,
		"Timescale to use in the movie (units per second, 0 == default)":                            value.UnitNone,
		"Time in ms between two reports, or in seconds":                                             value.UnitNone,
		"Time between consecutive frames per second measures and update  (in ms). Should be set on": value.UnitMillisecond,
	} {
		if got := units.Of(blurb); got != want {
			t.Errorf("%q counts %q, want %q", blurb, got, want)
		}
	}
}
