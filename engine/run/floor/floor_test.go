package floor_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"sluice/engine/run/floor"
)

// step is how often levels come.
const step = 100 * time.Millisecond

// TestFloor plays stretches of "ann=-20 bob=-70 2s" one after the other and writes down when the floor goes to whom.
func TestFloor(t *testing.T) {
	for name, c := range map[string]struct{ play, want string }{
		"nobody speaks":               {"ann=-70 bob=-60 5s", ""},
		"silence is no number":        {"ann=-inf bob=nan 5s", ""},
		"half a second is enough":     {"ann=-20 3s", "500ms ann"},
		"a cough is not":              {"ann=-20 300ms; ann=-70 1s; ann=-20 300ms; ann=-70 1s", ""},
		"words have pauses":           {"ann=-20 300ms; ann=-70 300ms; ann=-20 300ms", "600ms ann"},
		"the louder of two":           {"ann=-30 bob=-20 1s", "500ms bob"},
		"one after the other":         {"ann=-20 bob=-70 3s; ann=-70 bob=-20 3s", "500ms ann, 3.5s bob"},
		"not before two seconds":      {"ann=-20 bob=-70 1s; ann=-70 bob=-20 3s", "500ms ann, 2.5s bob"},
		"who has it keeps it":         {"ann=-20 bob=-70 3s; ann=-20 bob=-18 5s", "500ms ann"},
		"unless shouted down":         {"ann=-30 bob=-70 3s; ann=-30 bob=-10 1s", "500ms ann, 3.5s bob"},
		"and in silence":              {"ann=-20 bob=-70 1s; ann=-70 bob=-70 9s", "500ms ann"},
		"a short answer is none":      {"ann=-20 bob=-70 3s; ann=-70 bob=-20 300ms; ann=-20 bob=-70 3s", "500ms ann"},
		"one who left gives it up":    {"ann=-20 bob=-70 3s; bob=-20 3s", "500ms ann, 3.5s bob"},
		"talking at once, by turns":   {"ann=-20 bob=-30 2s; ann=-70 bob=-30 2s; ann=-20 bob=-70 3s", "500ms ann, 2.5s bob, 4.5s ann"},
		"who comes again and goes on": {"ann=-20 2s; bob=-70 4s; ann=-20 bob=-70 1s", "500ms ann"},
	} {
		t.Run(name, func(t *testing.T) {
			f := floor.New(floor.Usual())
			begun := time.Unix(1000, 0)
			now := begun
			var got []string
			for stretch := range strings.SplitSeq(c.play, "; ") {
				words := strings.Fields(stretch)
				length, err := time.ParseDuration(words[len(words)-1])
				if err != nil {
					t.Fatal(err)
				}
				levels := map[string]float64{}
				for _, w := range words[:len(words)-1] {
					key, level, _ := strings.Cut(w, "=")
					var db float64
					if _, err := fmt.Sscan(level, &db); err != nil {
						t.Fatal(err)
					}
					levels[key] = db
				}
				for end := now.Add(length); now.Before(end); now = now.Add(step) {
					if f.Hear(now, levels) {
						got = append(got, fmt.Sprint(now.Sub(begun), " ", f.Holder()))
					}
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// TestManyVoices: what is kept is bounded, and who has left is forgotten.
func TestManyVoices(t *testing.T) {
	f := floor.New(floor.Usual())
	now := time.Unix(1000, 0)
	crowd := map[string]float64{}
	for i := range 1000 {
		crowd[fmt.Sprintf("%04d", i)] = -20
	}
	f.Hear(now, crowd)
	f.Hear(now.Add(time.Second), crowd)
	if f.Holder() != "0000" {
		t.Errorf("%q speaks", f.Holder())
	}
	late := map[string]float64{"zoe": -10}
	for i := range 10 {
		now = now.Add(10 * time.Second)
		f.Hear(now, late)
		f.Hear(now.Add(time.Second), late)
		if f.Holder() != "zoe" {
			t.Errorf("round %d: %q speaks", i, f.Holder())
		}
	}
	if f.Hear(now, map[string]float64{"zoe": math.NaN()}) {
		t.Error("it changed")
	}
}
