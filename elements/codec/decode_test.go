package codec_test

import (
	"slices"
	"testing"

	"sluice/elements/codec"
	"sluice/engine/media"
)

func TestDecoder(t *testing.T) {
	const guard264 = "[video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8]"
	const guard265 = "[video/x-h265,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8]"
	for name, c := range map[string]struct {
		source codec.Source
		want   string
	}{
		"h264 from a peer is parsed and guarded": {
			codec.Source{Kind: media.Video, Codec: media.H264, Outside: true},
			"parse: h264parse\ndec: avdec_h264\nparse -> " + guard264 + " -> dec",
		},
		"h265 from a peer, too": {
			codec.Source{Kind: media.Video, Codec: media.H265, Outside: true},
			"parse: h265parse\ndec: avdec_h265\nparse -> " + guard265 + " -> dec",
		},
		"unless the graph says otherwise": {
			codec.Source{Kind: media.Video, Codec: media.H264, Outside: true, Unguarded: true},
			"parse: h264parse\ndec: avdec_h264\nparse -> dec",
		},
		"our own encoder is trusted": {codec.Source{Kind: media.Video, Codec: media.H264}, "dec: avdec_h264"},
		"mp3 needs its parser anyway": {
			codec.Source{Kind: media.Audio, Codec: media.MP3}, "parse: mpegaudioparse\ndec: mpg123audiodec\nparse -> dec",
		},
		"opus conceals loss": {codec.Source{Kind: media.Audio, Codec: media.Opus, Outside: true}, "dec: opusdec plc=true"},
		"vp8 has no parser":  {codec.Source{Kind: media.Video, Codec: media.VP8, Outside: true}, "dec: vp8dec"},
		"unknown":            {codec.Source{Kind: media.Video, Outside: true}, "dec: decodebin3"},
	} {
		t.Run(name, func(t *testing.T) {
			chain, err := codec.Decoder(c.source, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := sketch(t, chain); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	if _, err := codec.Decoder(codec.Source{Codec: "midi"}, nil); err == nil {
		t.Error("midi is decoded")
	}
	if unknown, _ := codec.Decoder(codec.Source{Kind: media.Audio}, nil); unknown[0].Out != "audio_%u" {
		t.Errorf("decodebin3 goes on from %q", unknown[0].Out)
	}
}

// TestEverythingIsDecoded: whatever a peer may send has a decoder, so that only encoding can be impossible.
func TestEverythingIsDecoded(t *testing.T) {
	for _, info := range media.Codecs() {
		chain, err := codec.Decoder(codec.Source{Kind: info.Kind, Codec: info.Codec, Outside: true}, nil)
		if err != nil {
			t.Errorf("%s is not decoded", info.Codec)
			continue
		}
		sketch(t, chain)
		if !slices.Contains(codec.Decodable(info.Kind), info.Codec) {
			t.Errorf("%s is not listed", info.Codec)
		}
	}
	if slices.Contains(codec.Decodable(media.Audio), media.VP8) {
		t.Error("vp8 is listed as audio")
	}
}
