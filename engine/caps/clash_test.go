package caps

import (
	"strings"
	"testing"
)

func TestClash(t *testing.T) {
	tests := []struct{ a, b, want string }{
		{"video/x-raw", "video/x-raw,width=5", ""},
		{"ANY", "video/x-raw", ""},
		{"video/x-raw", "audio/x-raw", "video/x-raw against audio/x-raw"},
		{"video/x-raw,width=5", "audio/x-raw;audio/mpeg", "video/x-raw against audio/x-raw, audio/mpeg"},
		{"a;b;c;d;e", "f", "a, b, c, … against f"},
		{"EMPTY", "video/x-raw", "EMPTY against video/x-raw"},
		{"ANY", "EMPTY", "ANY against EMPTY"},
		{"video/x-raw,format=I420", "video/x-raw,format=NV12", "format: I420 against NV12"},
		{"video/x-raw,format=I420,width=640", "video/x-raw,width=[1,320],format={NV12,YV12}",
			"format: I420 against { NV12, YV12 }; width: 640 against [ 1, 320 ]"},
		{"video/x-raw(memory:DMABuf)", "video/x-raw", "video/x-raw(memory:DMABuf) against video/x-raw(memory:SystemMemory)"},
		{"a,rate=48000", "a,rate=(string)48000", "rate: (int)48000 against (string)48000"},
		// Of several the nearest pair: one field off, not two, and not the other media type.
		{"a,x=1,y=2", "b; a,x=3,y=3; a,x=1,y=4", "y: 2 against 4"},
		{"a(memory:X),x=1", "a,x=1; a(memory:X),x=2", "x: 1 against 2"},
	}
	for _, tt := range tests {
		if got := Clash(parse(t, tt.a), parse(t, tt.b)); got != tt.want {
			t.Errorf("Clash(%s, %s)\n got %q\nwant %q", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestClashIsShort(t *testing.T) {
	many := parse(t, "video/x-raw,format={"+strings.Repeat("AYUV64, ABGR64_LE, GBRA_12LE, ", 40)+" A}")
	got := Clash(parse(t, "video/x-raw,format=I420"), many)
	if got != "format: I420 against { AYUV64, ABGR64_LE, GBRA_12LE, A }" {
		t.Errorf("got %q", got)
	}
	var formats []string
	for i := range 200 {
		formats = append(formats, "F"+integer{"int", int64(i)}.text())
	}
	got = Clash(parse(t, "v,format=I420"), parse(t, "v,format={"+strings.Join(formats, ",")+"}"))
	if len(got) > 100 || !strings.HasSuffix(got, ", …") {
		t.Errorf("got %q", got)
	}
}
