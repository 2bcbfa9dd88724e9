package codec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
)

// G729Encoder is the factory name of the one encoder that is not GStreamer's, which has none (Debian 12): engine/gst
// registers it where the library libbcg729 is installed. It takes audio/x-raw, 16 bit, 8 kHz, mono, and gives audio/G729
// frames of 10 ms.
const G729Encoder = "sluiceg729enc"

// samples is what an audio decoder gives, or an encoder takes.
type samples struct {
	rates    []int // in Hz, best first; nil if not known, or any
	channels []int
	plain    bool // interleaved 16 bit, which needs no audioconvert between two such
	picky    bool // an encoder's pads promise rates that it then refuses, so the caps before it have to say
}

// decoded is what the decoder of a codec gives. opusdec gives any of its rates and either channel count, whatever the
// stream has, so that G.711 needs no resampler after it (measured: half the cost of a call leg).
func decoded(c media.Codec) samples {
	switch c {
	case media.Opus:
		return samples{rates: opusRates(), channels: []int{2, 1}, plain: true}
	case media.PCMU, media.PCMA:
		return samples{rates: []int{8000}, channels: []int{1}, plain: true}
	case media.G729, media.G726:
		return samples{rates: []int{8000}, channels: []int{1}}
	case media.G722:
		return samples{rates: []int{16000}, channels: []int{1}}
	}
	return samples{}
}

func opusRates() []int { return []int{48000, 24000, 16000, 12000, 8000} }

// sound is the chain that brings raw audio, as it comes from the decoder of a codec ("" if raw or unknown), into the
// target's rate and channels, and then encodes it unless raw audio is wanted. The error says what the codec cannot do.
func sound(from media.Codec, t Target, c element.Chooser) (Chain, error) {
	if t.Codec == "" && t.Plain() {
		return nil, nil
	}
	var enc Chain
	takes := samples{plain: true}
	if t.Codec != "" {
		name, err := pick(c, t.Codec, voices(t.Codec))
		if err != nil {
			return nil, err
		}
		enc, takes = audioEncoder(name, t)
	}
	have := decoded(from)
	rate, err := choose("Hz", t.Codec, t.Rate, have.rates, takes.rates)
	if err != nil {
		return nil, err
	}
	channels, err := choose("channels", t.Codec, t.Channels, have.channels, takes.channels)
	if err != nil {
		return nil, err
	}
	var out Chain
	if !have.plain || !takes.plain || channels > 0 && !slices.Contains(have.channels, channels) {
		out = append(out, Step{Name: "conv", Factory: "audioconvert"})
	}
	if rate == 0 || !slices.Contains(have.rates, rate) {
		out = append(out, Step{Name: "rate", Factory: "audioresample"})
	}
	caps := rawSound(rate, channels, takes)
	if enc == nil {
		return append(out, Step{Name: "fit", Factory: "capsfilter", Props: []element.Prop{element.Set("caps", caps)}}), nil
	}
	enc[0].Before = caps
	return append(out, enc...), nil
}

// choose finds a rate or channel count: the one asked for, else the encoder's best that the decoder gives, else the
// encoder's only one. 0 leaves it to negotiation.
func choose(unit string, c media.Codec, asked int, have, takes []int) (int, error) {
	if asked > 0 {
		if len(takes) > 0 && !slices.Contains(takes, asked) {
			return 0, fmt.Errorf("%s cannot have %d %s", c, asked, unit)
		}
		return asked, nil
	}
	for _, n := range takes {
		if slices.Contains(have, n) {
			return n, nil
		}
	}
	if len(takes) == 1 {
		return takes[0], nil
	}
	return 0, nil
}

// rawSound is caps of raw audio; "" if nothing needs to be said.
func rawSound(rate, channels int, takes samples) string {
	caps := "audio/x-raw"
	switch {
	case rate > 0:
		caps += fmt.Sprintf(",rate=%d", rate)
	case takes.picky:
		caps += ",rate=(int){" + listed(takes.rates) + "}"
	}
	switch {
	case channels > 0:
		caps += fmt.Sprintf(",channels=%d", channels)
	case len(takes.channels) > 1:
		caps += ",channels=(int)[1,2]" // surround sound becomes stereo: few players take more
	}
	return caps
}

func listed(numbers []int) string {
	words := make([]string, 0, len(numbers))
	for _, n := range numbers {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, ",")
}

// voices lists the elements that encode a codec of sound, best first.
func voices(c media.Codec) []string {
	switch c {
	case media.Opus:
		return []string{"opusenc"}
	case media.PCMU:
		return []string{"mulawenc"}
	case media.PCMA:
		return []string{"alawenc"}
	case media.G722:
		return []string{"avenc_g722"}
	case media.G729:
		return []string{G729Encoder}
	case media.G726:
		return []string{"avenc_g726"}
	case media.Speex:
		return []string{"speexenc"}
	case media.AAC:
		return []string{"avenc_aac", "voaacenc"}
	case media.MP3:
		return []string{"lamemp3enc"}
	case media.MP2:
		return []string{"avenc_mp2", "twolamemp2enc"}
	case media.AC3:
		return []string{"avenc_ac3"}
	case media.Vorbis:
		return []string{"vorbisenc"}
	case media.Nellymoser:
		return []string{"avenc_nellymoser"}
	}
	return nil
}

// audioEncoder is the encoder of that name, and what it takes.
func audioEncoder(name string, t Target) (Chain, samples) {
	both := []int{2, 1}
	mono := []int{1}
	aac := []int{48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000}
	layer2Rates := []int{48000, 44100, 32000}
	switch name {
	case "opusenc":
		return opus(t), samples{rates: opusRates(), channels: both, plain: true}
	case "avenc_g722":
		return simple(name), samples{rates: []int{16000}, channels: mono, plain: true}
	case "speexenc":
		return speex(t), samples{rates: []int{16000, 8000, 32000}, channels: mono, plain: true, picky: true}
	case "avenc_aac":
		return compressed(name, t, 64_000, 1), samples{rates: aac, channels: both}
	case "voaacenc":
		// Without a parser behind it mpegtsmux does not agree with it (GStreamer 1.22).
		return append(compressed(name, t, 64_000, 1), Step{Name: "head", Factory: "aacparse"}),
			samples{rates: aac, channels: both, plain: true, picky: true}
	case "lamemp3enc":
		return compressed(name, t, 64_000, 1000), samples{rates: []int{48000, 44100, 32000, 24000, 22050, 16000}, channels: both}
	case "avenc_mp2":
		return layer2(name, t, 1), samples{rates: layer2Rates, channels: both, picky: true}
	case "twolamemp2enc":
		return layer2(name, t, 1000), samples{rates: layer2Rates, channels: both, picky: true}
	case "avenc_ac3":
		return compressed(name, t, 96_000, 1), samples{rates: layer2Rates, channels: both}
	case "vorbisenc":
		return vorbis(t), samples{channels: both}
	case "avenc_nellymoser":
		return compressed(name, t, 44_000, 1), samples{rates: []int{22050, 16000, 11025, 8000}, channels: mono, picky: true}
	}
	return simple(name), samples{rates: []int{8000}, channels: mono, plain: true} // of telephones
}

func simple(factory string) Chain { return Chain{{Name: "enc", Factory: factory}} }

// opus for people who talk to each other. Complexity 5 costs half of 10 and sounds the same at these rates; 20 ms is the
// frame that every browser expects.
func opus(t Target) Chain {
	rate := t.Bitrate
	if rate == 0 {
		rate = 64_000
	}
	return Chain{{Name: "enc", Factory: "opusenc", Props: []element.Prop{
		element.Set("bitrate", rate), element.Set("complexity", int64(5)), element.Set("frame-size", "20"),
	}}}
}

// vorbis by its quality, as its authors advise, unless a rate is asked for.
func vorbis(t Target) Chain {
	s := Step{Name: "enc", Factory: "vorbisenc", Props: []element.Prop{element.Set("quality", 0.4)}}
	if t.Bitrate > 0 {
		s.Props = []element.Prop{element.Set("bitrate", t.Bitrate)}
	}
	return Chain{s}
}

// speex at its middle quality unless a rate is asked for: Flash players set that, too.
func speex(t Target) Chain {
	s := Step{Name: "enc", Factory: "speexenc", Props: []element.Prop{element.Set("quality", 6.0)}}
	if t.Bitrate > 0 {
		s.Props = []element.Prop{element.Set("bitrate", t.Bitrate)}
	}
	return Chain{s}
}

// compressed is an encoder that takes a bit rate, counted in units of so many bits.
func compressed(factory string, t Target, usual, unit int64) Chain {
	rate := t.Bitrate
	if rate == 0 {
		rate = usual
		if t.Channels != 1 {
			rate *= 2
		}
	}
	s := Step{Name: "enc", Factory: factory}
	if factory == "lamemp3enc" {
		// Without target=bitrate lamemp3enc follows its quality and ignores the rate. Not cbr, which takes a few rates only.
		s.Props = []element.Prop{element.Set("target", "bitrate")}
	}
	s.Props = append(s.Props, element.Set("bitrate", rate/unit))
	return Chain{s}
}

// layer2 has few rates, of which not all go with mono and not all with stereo (ISO 11172-3 2.4.2.3): the highest of those that
// go with both and is not above the one asked for, counted in units of so many bits.
func layer2(factory string, t Target, unit int64) Chain {
	best := int64(64)
	for _, r := range []int64{96, 112, 128, 160, 192} {
		if r*1000 <= t.Bitrate || t.Bitrate == 0 && r <= 128 {
			best = r
		}
	}
	return Chain{{Name: "enc", Factory: factory, Props: []element.Prop{element.Set("bitrate", best*1000/unit)}}}
}
