package codec_test

import (
	"testing"

	"sluice/elements/codec"
	"sluice/engine/media"
)

func TestSound(t *testing.T) {
	const opus = "enc: opusenc bitrate=64000 complexity=5 frame-size=20"
	for name, c := range map[string]struct {
		from   media.Codec
		target codec.Target
		want   string // the whole chain
	}{
		"opus to G.711 needs no resampler": {media.Opus, codec.Target{Codec: media.PCMU}, "enc: mulawenc"},
		"opus to G.729 neither":            {media.Opus, codec.Target{Codec: media.G729}, "enc: " + codec.G729Encoder},
		"G.711 to opus stays at 8 kHz":     {media.PCMA, codec.Target{Codec: media.Opus}, opus},
		"libav's decoders need a converter": {
			media.G722, codec.Target{Codec: media.Opus},
			"conv: audioconvert\n" + opus + "\nconv -> [audio/x-raw,rate=16000,channels=1] -> enc",
		},
		"opus in a rate asked for":             {media.Opus, codec.Target{Codec: media.Opus, Rate: 16000, Channels: 1}, opus},
		"nothing to do for raw":                {media.Opus, codec.Target{}, ""},
		"raw in a rate that the decoder gives": {media.Opus, codec.Target{Rate: 16000}, "fit: capsfilter caps=audio/x-raw,rate=16000"},
		"raw in a rate that it does not": {
			media.AAC, codec.Target{Rate: 16000, Channels: 1},
			"conv: audioconvert\nrate: audioresample\n" +
				"fit: capsfilter caps=audio/x-raw,rate=16000,channels=1\nconv -> rate\nrate -> fit",
		},
		"unknown to opus: what negotiates": {
			"", codec.Target{Codec: media.Opus},
			"conv: audioconvert\nrate: audioresample\n" + opus +
				"\nconv -> rate\nrate -> [audio/x-raw,channels=(int)[1,2]] -> enc",
		},
		"speex: rates that it promises wrongly": {
			media.AAC, codec.Target{Codec: media.Speex},
			"conv: audioconvert\nrate: audioresample\n" +
				"enc: speexenc quality=6\nconv -> rate\nrate -> [audio/x-raw,rate=(int){16000,8000,32000},channels=1] -> enc",
		},
		"a bit rate for speex": {
			media.Opus, codec.Target{Codec: media.Speex, Bitrate: 24_000},
			"enc: speexenc bitrate=24000",
		},
		"aac from mono": {
			media.PCMU, codec.Target{Codec: media.AAC, Channels: 1, Bitrate: 32_000},
			"conv: audioconvert\nenc: avenc_aac bitrate=32000\nconv -> [audio/x-raw,rate=8000,channels=1] -> enc",
		},
		"aac, two channels from one": {
			media.PCMU, codec.Target{Codec: media.AAC, Channels: 2},
			"conv: audioconvert\nenc: avenc_aac bitrate=128000\nconv -> [audio/x-raw,rate=8000,channels=2] -> enc",
		},
		"aac, one channel, usual rate": {
			media.Opus, codec.Target{Codec: media.AAC, Channels: 1},
			"conv: audioconvert\nenc: avenc_aac bitrate=64000\nconv -> [audio/x-raw,rate=48000,channels=1] -> enc",
		},
		"mp3 counts kilobits": {
			media.Opus, codec.Target{Codec: media.MP3},
			"conv: audioconvert\n" +
				"enc: lamemp3enc target=bitrate bitrate=128\nconv -> [audio/x-raw,rate=48000,channels=2] -> enc",
		},
		"layer 2 has few rates": {
			media.Opus, codec.Target{Codec: media.MP2, Bitrate: 100_000},
			"conv: audioconvert\nenc: avenc_mp2 bitrate=96000\nconv -> [audio/x-raw,rate=48000,channels=2] -> enc",
		},
		"layer 2, too little": {
			media.Opus, codec.Target{Codec: media.MP2, Bitrate: 8_000},
			"conv: audioconvert\nenc: avenc_mp2 bitrate=64000\nconv -> [audio/x-raw,rate=48000,channels=2] -> enc",
		},
		"vorbis by quality": {
			media.PCMU, codec.Target{Codec: media.Vorbis},
			"conv: audioconvert\nrate: audioresample\n" +
				"enc: vorbisenc quality=0.4\nconv -> rate\nrate -> [audio/x-raw,channels=1] -> enc",
		},
		"vorbis by rate": {
			media.PCMU, codec.Target{Codec: media.Vorbis, Bitrate: 96_000},
			"conv: audioconvert\nrate: audioresample\n" +
				"enc: vorbisenc bitrate=96000\nconv -> rate\nrate -> [audio/x-raw,channels=1] -> enc",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.target.Kind = media.Audio
			chain, err := codec.Encoder(c.from, c.target, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := sketch(t, chain); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestFirstCaps: the caps of a chain's first element are laid on whatever comes before it.
func TestFirstCaps(t *testing.T) {
	chain, err := codec.Encoder(media.Opus, codec.Target{Kind: media.Audio, Codec: media.PCMU}, nil)
	if err != nil || chain[0].Before != "audio/x-raw,rate=8000,channels=1" {
		t.Errorf("%+v, %v", chain, err)
	}
}

func TestImpossibleSound(t *testing.T) {
	for name, c := range map[string]struct {
		target codec.Target
		want   string
	}{
		"no encoder":     {codec.Target{Codec: "midi"}, "midi cannot be encoded"},
		"G.711 at 16kHz": {codec.Target{Codec: media.PCMU, Rate: 16000}, "pcmu cannot have 16000 Hz"},
		"G.711 stereo":   {codec.Target{Codec: media.PCMU, Channels: 2}, "pcmu cannot have 2 channels"},
	} {
		t.Run(name, func(t *testing.T) {
			c.target.Kind = media.Audio
			if _, err := codec.Encoder("", c.target, nil); err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	if _, err := codec.Encoder("", codec.Target{Kind: media.Video, Codec: media.VP6}, nil); err == nil {
		t.Error("vp6 is encoded")
	}
}
