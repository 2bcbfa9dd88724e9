package rtmp

import (
	"testing"
	"time"

	"sluice/api/rtmp/session"
	"sluice/engine/media"
)

// TestTimeAfterWeeks: the time at which data is said goes on when timestamps begin anew, and does not go back for sound that is late.
func TestTimeAfterWeeks(t *testing.T) {
	f := feed{press: &press{}, write: func([]session.Frame) bool { return true }}
	f.begin([]media.Track{media.NewTrack(media.MP3)})
	const round = (1 << 32) * time.Millisecond
	for _, row := range []struct {
		at   time.Duration
		want uint32
	}{{0, 0}, {round / 3, 1 << 32 / 3}, {2 * round / 3, 1 << 33 / 3}, {round - 20*time.Millisecond, 1<<32 - 20},
		{round + 20*time.Millisecond, 20}, {round - 10*time.Millisecond, 20}, {round + time.Second, 1000}} {
		f.push(0, []*media.Unit{{PTS: row.at, DTS: row.at, Key: true, AU: [][]byte{{0xff, 0xfb, 0x90, 0}}}})
		if got := f.now(); got != row.want {
			t.Errorf("at %v it is %d, not %d", row.at, got, row.want)
		}
	}
}
