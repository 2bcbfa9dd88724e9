package job

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"sluice/cmd/sluice/progress"
)

// Text writes what came of the job, for people.
func (r *Result) Text(w io.Writer) error {
	var b strings.Builder
	for _, o := range r.Outputs {
		b.WriteString(r.output(o) + "\n")
	}
	for _, e := range r.Encoders {
		b.WriteString(e.String() + "\n")
	}
	if r.Media > 0 || r.End != Failed {
		b.WriteString(r.pace() + "\n")
	}
	if r.Warning != "" {
		b.WriteString("warning: " + r.Warning + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// output says how much there is of a file, and whether it is whole.
func (r *Result) output(o Output) string {
	switch {
	case !o.Regular:
		return fmt.Sprintf("%s: written to", o.Path)
	case r.End == Failed || r.Cut:
		return fmt.Sprintf("%s: %s so far, kept", o.Path, progress.Size(uint64(o.Bytes)))
	}
	return fmt.Sprintf("%s: %s", o.Path, progress.Size(uint64(o.Bytes)))
}

// String is "venc (vp8enc): 50 frames, 2 key frames, 61.2 kB".
func (e Encoder) String() string {
	if !e.Video {
		return fmt.Sprintf("%s (%s): %s, %s", e.Node, e.Element, plural(e.Frames, "packet"), progress.Size(e.Bytes))
	}
	return fmt.Sprintf("%s (%s): %s, %s, %s",
		e.Node, e.Element, plural(e.Frames, "frame"), plural(e.Keyframes, "key frame"), progress.Size(e.Bytes))
}

func (r *Result) pace() string {
	text := fmt.Sprintf("%.2fs", r.Took.Seconds())
	if r.Media > 0 {
		text = fmt.Sprintf("%.2fs of media in %s", r.Media.Seconds(), text)
		if speed := r.Speed(); speed > 0 {
			text += ", " + progress.Speed(speed)
		}
	}
	switch r.End {
	case Interrupted:
		text += "; interrupted"
		if !r.Cut {
			text += ", and ended properly"
		}
	case Failed:
		text += ", then it failed"
	case Timed, Ended:
	}
	return text
}

// Speed is media time over real time; 0 if not known.
func (r *Result) Speed() float64 {
	if r.Took <= 0 {
		return 0
	}
	return float64(r.Media) / float64(r.Took)
}

func plural(n uint64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Text writes the trouble for people, its remedy last.
func (t *Trouble) Text(w io.Writer) {
	fmt.Fprintf(w, "sluice: %s[%s]: %s\n", t.Place, t.Code, t.Message)
	for _, c := range t.Causes {
		fmt.Fprintf(w, "  because: %s\n", c)
	}
	if t.Hint != "" {
		fmt.Fprintf(w, "  %s\n", t.Hint)
	}
}

// JSON writes all of it for scripts. Times are in seconds.
func (r *Result) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Graph    string    `json:"graph"`
		End      End       `json:"end"`
		Cut      bool      `json:"cut,omitempty"`
		Error    *Trouble  `json:"error,omitempty"`
		Media    float64   `json:"media"`
		Took     float64   `json:"took"`
		Speed    float64   `json:"speed"`
		Outputs  []Output  `json:"outputs"`
		Encoders []Encoder `json:"encoders"`
		Warning  string    `json:"warning,omitempty"`
	}{r.Graph, r.End, r.Cut, r.Trouble(), seconds(r.Media), seconds(r.Took), r.Speed(), append([]Output{}, r.Outputs...),
		append([]Encoder{}, r.Encoders...), r.Warning})
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
