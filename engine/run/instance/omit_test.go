package instance

import (
	"strings"
	"testing"

	"sluice/engine/plan"
)

// TestWhatIsLeftOutIsTold: of each guest once, when he comes.
func TestWhatIsLeftOutIsTold(t *testing.T) {
	var log strings.Builder
	live(t, &sketch{mute: true}, func(_ *testing.T, r *rig) { r.add("ann", "bob") }, logged(&log))
	for _, want := range []string{"node=seat[ann]/in kind=audio", "node=seat[bob]/in kind=audio"} {
		if text := log.String(); strings.Count(text, want) != 1 || !strings.Contains(text, `msg="track left out"`) ||
			!strings.Contains(text, `why="g729 cannot be decoded"`) {
			t.Errorf("the log does not say %q once:\n%s", want, text)
		}
	}
}

// TestLeftOutFromTheStart: an instance whose first plan leaves something out begins, and says so once.
func TestLeftOutFromTheStart(t *testing.T) {
	var log strings.Builder
	there := func(_ *rig, s *Spec, _ *Options) {
		s.Inputs.Keys = map[string][]plan.Key{"seat": {{Name: "ann"}}}
	}
	live(t, &sketch{mute: true}, func(*testing.T, *rig) {}, logged(&log), there)
	if text := log.String(); strings.Count(text, "track left out") != 1 || !strings.Contains(text, "graph=room") {
		t.Errorf("the log says:\n%s", text)
	}
}
