package mixer

import (
	"context"
	"maps"
	"strings"

	"sluice/engine/fault"
)

// Look is what of the whole picture SetLook changes; nil is left as it is.
type Look struct {
	Layout     *string // as Settings have it
	Background *string // file of a picture behind all; "" is black
	Mark       *Mark   // on the whole picture, in the place of the one that is there
}

// SetLook has the whole picture look otherwise. All of it changes, or none: what cannot be is fault.InvalidParams.
func (m *Mixer) SetLook(ctx context.Context, l Look) error {
	if l.Layout != nil {
		if err := CheckLayout(*l.Layout); err != nil {
			return err
		}
	}
	done, err := m.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := m.pictured(); err != nil {
		return err
	}
	return m.show(ctx, l)
}

func (m *Mixer) pictured() error {
	if m.Settings.Video {
		return nil
	}
	return fault.New(fault.InvalidParams, "", "the mixer %q has no picture", m.Name)
}

// dress gives the picture what it has from the beginning beside its guests.
func (m *Mixer) dress(ctx context.Context) error {
	var l Look
	if m.Settings.Background != "" {
		l.Background = &m.Settings.Background
	}
	if m.Settings.Watermark.File != "" {
		l.Mark = &m.Settings.Watermark
	}
	if !m.Settings.Video || l == (Look{}) {
		return nil
	}
	return m.show(ctx, l)
}

// arrange lays the pictures as they are to lie now.
func (m *Mixer) arrange(ctx context.Context) error {
	if !m.Settings.Video {
		return nil
	}
	return m.show(ctx, Look{})
}

// show gives the picture what is to be seen, with how the pictures lie now that the guests are others. It is one change, so that
// nothing of it is done when some of it cannot be.
func (m *Mixer) show(ctx context.Context, l Look) error {
	fields := map[string]any{}
	if l.Background != nil {
		fields["background"], fields["colour"] = *l.Background, ""
	}
	if l.Mark != nil {
		maps.Copy(fields, l.Mark.whole())
	}
	m.mu.Lock()
	layout := m.layout
	if l.Layout != nil {
		layout = *l.Layout
	}
	shown := m.laid(layout)
	if shown != m.shown {
		fields["layout"] = shown
	}
	m.mu.Unlock()
	if len(fields) > 0 {
		if err := m.instance.Set(ctx, picture, fields); err != nil {
			return over(err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.layout, m.shown = layout, shown
	return nil
}

// laid is how pictures lie of which a layout is said. As in WCS a grid makes room for a screen: when the key of a guest has the word
// "desktop" in it, that one is large.
func (m *Mixer) laid(text string) string {
	layout, _ := layoutOf(text) // it was checked
	if layout == grid || layout == cropped {
		for _, g := range m.guests {
			if strings.Contains(g.key, desktop) {
				return presentation
			}
		}
	}
	return layout
}

// whole are the fields by which the element draws a mark over all.
func (w Mark) whole() map[string]any {
	if w.File == "" {
		return map[string]any{"watermark": ""}
	}
	at := w.fields()
	delete(at, "file")
	return map[string]any{"watermark": w.File, "watermark_at": at}
}

// fields are what the element is told of a mark.
func (w Mark) fields() map[string]any {
	return map[string]any{
		"file": w.File, "x": int64(w.X), "y": int64(w.Y), "width": int64(w.Width), "height": int64(w.Height), "alpha": w.Alpha,
	}
}
