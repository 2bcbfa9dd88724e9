package media

import (
	"errors"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestEveryCodecIsDescribedOnce(t *testing.T) {
	seen, types := map[Codec]bool{}, map[string]bool{}
	for _, info := range Codecs() {
		if seen[info.Codec] {
			t.Errorf("%s is in the table twice", info.Codec)
		}
		if types[info.MediaType] {
			t.Errorf("%s has the media type %s of another codec", info.Codec, info.MediaType)
		}
		seen[info.Codec], types[info.MediaType] = true, true
		if info.Name == "" || (info.Kind != Audio && info.Kind != Video) {
			t.Errorf("%s is badly described: %+v", info.Codec, info)
		}
		if got, ok := info.Codec.Info(); !ok || got != info {
			t.Errorf("%s finds %+v", info.Codec, got)
		}
	}
}

func TestKindOfCodec(t *testing.T) {
	for codec, want := range map[Codec]Kind{Opus: Audio, H264: Video, "tuba": "", Any: ""} {
		if got := codec.Kind(); got != want {
			t.Errorf("kind of %q is %q, want %q", codec, got, want)
		}
	}
}

func TestParseCodec(t *testing.T) {
	for _, info := range Codecs() {
		if got, err := ParseCodec(strings.ToUpper(string(info.Codec))); err != nil || got != info.Codec {
			t.Errorf("parsing %s: %q, %v", info.Codec, got, err)
		}
	}
	for _, bad := range []string{"", "h256", "any", "opus "} {
		_, err := ParseCodec(bad)
		if !errors.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), "vp8") {
			t.Errorf("parsing %q: %v", bad, err)
		}
	}
}
