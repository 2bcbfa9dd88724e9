package mixer

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/engine/fault"
)

// apply gives the graph what is said of all guests: how loud they are, whether they are seen, what is written into their pictures, what
// lies over them and in their place. What was said of one who has gone is said no more: the next may have his key.
func (m *Mixer) apply(ctx context.Context) error {
	heard, seen := m.said()
	if m.Settings.Audio {
		if err := m.instance.Set(ctx, sound, heard); err != nil {
			return over(err)
		}
	}
	if m.Settings.Video {
		return over(m.instance.Set(ctx, picture, seen))
	}
	return nil
}

// said is what is said of all guests, as fields of the two nodes.
func (m *Mixer) said() (heard, seen map[string]any) {
	const all = 100
	m.mu.Lock()
	defer m.mu.Unlock()
	volumes, names, avatars, marks := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	muted, still := []any{}, []any{}
	for _, g := range m.guests {
		names[g.key] = g.label
		if g.Level != all {
			volumes[g.key] = float64(g.Level) / all
		}
		if !g.Audio {
			muted = append(muted, g.key)
		}
		if !g.Video || g.VideoMuted {
			still = append(still, g.key)
		}
		if g.avatar != "" {
			avatars[g.key] = g.avatar
		}
		if g.mark.File != "" {
			marks[g.key] = g.mark.fields()
		}
	}
	heard, seen = map[string]any{"volumes": volumes, "muted": muted}, map[string]any{"names": names, "still": still}
	if m.worn { // until then they are what somebody said by the graph's own fields
		seen["avatars"], seen["watermarks"] = avatars, marks
	}
	return heard, seen
}

// Change is what SetAudioVideo changes; nil is left as it is.
type Change struct {
	Level      *int // of the sound, 0 to 100
	VideoMuted *bool
}

// SetAudioVideo makes streams louder or softer, and shows them or not. None of those that are meant being in the mixer is
// fault.StreamNotFound; then nothing is changed.
func (m *Mixer) SetAudioVideo(ctx context.Context, which Which, c Change) error {
	done, err := m.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	undo, err := m.change(which, c)
	if err != nil {
		return err
	}
	if err := m.apply(ctx); err != nil {
		undo()
		return err
	}
	return nil
}

// change notes a change, and gives what takes it back.
func (m *Mixer) change(which Which, c Change) (undo func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	meant, err := which.among(m.guests)
	if err != nil {
		return nil, err
	}
	if len(meant) == 0 {
		return nil, fault.New(fault.StreamNotFound, "", "none of these streams is in the mixer %q", m.Name)
	}
	before := make([]Guest, len(meant))
	for i, g := range meant {
		before[i] = g.Guest
		if c.Level != nil {
			g.Level = *c.Level
		}
		if c.VideoMuted != nil {
			g.VideoMuted = *c.VideoMuted
		}
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		for i, g := range meant {
			g.Guest = before[i]
		}
	}, nil
}

// SetLabel writes something else into the picture of a stream, if the mixer has labels: at most 64 characters; nothing, if it is "".
func (m *Mixer) SetLabel(ctx context.Context, stream, text string) error {
	if err := Label(text); err != nil {
		return err
	}
	return m.ofOne(ctx, stream, func(g *guest) { g.label = text })
}

// Label tells whether a text can be a label.
func Label(text string) error {
	const most = 64
	if n := utf8.RuneCountInString(text); n > most || strings.ContainsFunc(text, unicode.IsControl) {
		return fault.New(fault.InvalidParams, "/streamLabel", "a label has at most %d characters, all of which can be seen", most)
	}
	return nil
}

// SetAvatar sets what is shown of a stream while it has no picture; "" is nothing.
func (m *Mixer) SetAvatar(ctx context.Context, stream, file string) error {
	return m.wear(ctx, stream, func(g *guest) { g.avatar = file })
}

// SetStreamMark puts a mark on the picture of a stream, in the place of the one that is there.
func (m *Mixer) SetStreamMark(ctx context.Context, stream string, w Mark) error {
	return m.wear(ctx, stream, func(g *guest) { g.mark = w })
}

// wear changes what lies over the picture of a stream, or in its place.
func (m *Mixer) wear(ctx context.Context, stream string, change func(*guest)) error {
	if _, err := m.guest(stream); err != nil {
		return err
	}
	if err := m.pictured(); err != nil {
		return err
	}
	return m.ofOne(ctx, stream, func(g *guest) {
		change(g)
		m.worn = true
	})
}

// ofOne changes what is said of a stream. With an error it is as it was.
func (m *Mixer) ofOne(ctx context.Context, stream string, change func(*guest)) error {
	done, err := m.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	g, err := m.guest(stream)
	if err != nil {
		return err
	}
	m.mu.Lock()
	before := *g
	change(g)
	m.mu.Unlock()
	if err := m.apply(ctx); err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		*g = before
		return err
	}
	return nil
}
