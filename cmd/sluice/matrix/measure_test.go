package matrix

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"sluice/engine/enginetest/program"
)

// recorded is what ffprobe says of a recording.
type recorded struct {
	codecs
	because       string // it has nothing else
	width, height int
	red           bool    // what has to be red is
	moving        float64 // share of pictures in which the middle is another than before
	tone          float64 // Hz
	pairs         int     // of flash and tone
	offset        float64 // seconds that the tone is later than the flash, the median; not a number if nobody measured it
}

// judge says what is wrong with it.
func (r recorded) judge() (faults []string) {
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	add(r.width != filmWidth || r.height != filmHeight, "the picture is %dx%d", r.width, r.height)
	add(!r.red, "what is red in the film is not")
	add(r.moving < 0.5, "the picture moves only %.0f %% of the time", 100*r.moving)
	add(math.Abs(r.tone-filmTone) > filmTone/50, "the tone is of %.0f Hz", r.tone)
	add(r.pairs < 3, "only %d flashes have their tone", r.pairs)
	add(r.pairs >= 3 && math.Abs(r.offset) > 0.040, "the sound is %.0f ms late", 1000*r.offset)
	return faults
}

// measure has ffprobe decode a recording.
func measure(t *testing.T, file string) (recorded, error) {
	t.Helper()
	var r recorded
	var about struct {
		Streams []struct {
			Type   string `json:"codec_type"`
			Codec  string `json:"codec_name"`
			Width  int    `json:"width"`
			Height int    `json:"height"`
		} `json:"streams"`
	}
	if err := probe(t, &about, "-show_streams", file); err != nil {
		return r, err
	}
	for _, s := range about.Streams {
		if s.Type == "video" {
			r.video, r.width, r.height = s.Codec, s.Width, s.Height
		} else {
			r.audio = s.Codec
		}
	}
	if r.video == "" || r.audio == "" {
		return r, fmt.Errorf("there are %d streams in the recording: %s", len(about.Streams), r)
	}
	flashes, err := r.look(t, file)
	if err != nil {
		return r, err
	}
	beeps, err := r.listen(t, file)
	if err != nil {
		return r, err
	}
	var apart []float64
	for _, f := range flashes {
		for _, b := range beeps {
			if math.Abs(b-f) < 0.4 {
				apart = append(apart, b-f)
			}
		}
	}
	if r.pairs = len(apart); r.pairs > 0 {
		slices.Sort(apart)
		r.offset = apart[r.pairs/2]
	}
	return r, nil
}

// frame is one of a filter's output, with what the filter says of it.
type frame struct {
	Stream int               `json:"stream_index"`
	PTS    string            `json:"pts_time"`
	Tags   map[string]string `json:"tags"`
}

func (f frame) number(tag string) float64 {
	v, err := strconv.ParseFloat(f.Tags["lavfi."+tag], 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func (f frame) at() float64 {
	v, err := strconv.ParseFloat(f.PTS, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// filter has ffprobe say what a filter finds.
func filter(t *testing.T, graph string) ([]frame, error) {
	t.Helper()
	var out struct {
		Frames []frame `json:"frames"`
	}
	err := probe(t, &out, "-f", "lavfi", "-show_entries", "frame=stream_index,pts_time:frame_tags", "-i", graph)
	return out.Frames, err
}

// look finds the flashes, and whether the rest of the picture is what it should be.
func (r *recorded) look(t *testing.T, file string) (flashes []float64, err error) {
	frames, err := filter(t, "movie="+file+",split=3[a][b][c];[a]crop=200:30:60:10,signalstats[out0];"+
		"[b]crop=40:20:10:150,signalstats[out1];[c]crop=200:80:60:55,signalstats[out2]")
	if err != nil {
		return nil, err
	}
	before, redder, moved, all := math.NaN(), 0, 0, 0
	for _, f := range frames {
		switch y := f.number("signalstats.YAVG"); f.Stream {
		case 0:
			if all++; before < 100 && y > 150 {
				flashes = append(flashes, f.at())
			}
			before = y
		case 1: // red is Y 81, U 90, V 240
			if f.number("signalstats.VAVG") > 200 && f.number("signalstats.UAVG") < 120 && y < 130 {
				redder++
			}
		case 2:
			if f.number("signalstats.YDIF") > 0.1 {
				moved++
			}
		}
	}
	if all == 0 {
		return nil, fmt.Errorf("no picture of %s can be decoded", r)
	}
	r.red, r.moving = redder >= all*9/10, float64(moved)/float64(all)
	return flashes, nil
}

// listen finds where the tone begins, to five milliseconds, and how high it is.
func (r *recorded) listen(t *testing.T, file string) (beeps []float64, err error) {
	const window, loud, silent = 240, -20.0, -35.0
	frames, err := filter(t, fmt.Sprintf("amovie=%s,aresample=48000,asetnsamples=n=%d,"+
		"astats=metadata=1:reset=1:measure_perchannel=Zero_crossings_rate:measure_overall=RMS_level", file, window))
	if err != nil {
		return nil, err
	}
	quiet := 0
	var rates []float64
	for _, f := range frames {
		level := f.number("astats.Overall.RMS_level")
		switch {
		case level > loud:
			if quiet >= 20 {
				beeps = append(beeps, f.at())
			}
			quiet = 0
			rates = append(rates, f.number("astats.1.Zero_crossings_rate"))
		case !(level > silent): // silence is no number
			quiet++
		}
	}
	if len(rates) > 0 { // most windows have nothing but the tone in them
		slices.Sort(rates)
		r.tone = rates[len(rates)/2] * 48000 / 2
	}
	return beeps, nil
}

// probe runs ffprobe.
func probe(t *testing.T, into any, args ...string) error {
	t.Helper()
	return program.JSON(t, into, "ffprobe", append([]string{"-v", "error", "-of", "json"}, args...)...)
}
